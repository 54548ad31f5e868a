// keyscore weights list | get | log | compare: the profiles, and every revision of them.
#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_weights.h"
#include "cli/commands/weights.h"
#include "cli/names.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"

namespace keyscore::cli {
namespace {

template <typename Items>
std::vector<v1::WeightProfile> AsVector(const Items& items) {
  return {items.begin(), items.end()};
}

absl::Status RunList(Context& context) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  return Print(
      context,
      ListAll(*client, &client::Client::ListWeightProfiles, v1::ListWeightProfilesRequest(),
              [](v1::ListWeightProfilesResponse& page, v1::ListWeightProfilesResponse& all) {
                all.mutable_weight_profiles()->MergeFrom(page.weight_profiles());
              }),
      [](const v1::ListWeightProfilesResponse& all, std::ostream& out) {
        PrintProfilesCsv(AsVector(all.weight_profiles()), out);
      },
      [](const v1::ListWeightProfilesResponse& all, const Terminal& terminal) {
        PrintProfiles(AsVector(all.weight_profiles()), terminal);
      });
}

absl::Status RunGet(Context& context, const std::string& id, int64_t revision) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::GetWeightProfileRequest request;
  request.set_name(InCollection(id, "weightProfiles"));
  if (revision > 0) request.set_name(fmt::format("{}/revisions/{}", request.name(), revision));
  return Print(
      context, (*client)->GetWeightProfile(request),
      [](const v1::WeightProfile& profile, std::ostream& out) { PrintProfilesCsv({profile}, out); },
      PrintProfile);
}

absl::Status RunLog(Context& context, const std::string& id) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::ListWeightProfileRevisionsRequest request;
  request.set_parent(InCollection(id, "weightProfiles"));
  return Print(
      context,
      ListAll(*client, &client::Client::ListWeightProfileRevisions, request,
              [](v1::ListWeightProfileRevisionsResponse& page,
                 v1::ListWeightProfileRevisionsResponse& all) {
                all.mutable_revisions()->MergeFrom(page.revisions());
              }),
      [](const v1::ListWeightProfileRevisionsResponse& all, std::ostream& out) {
        PrintProfilesCsv(AsVector(all.revisions()), out);
      },
      [](const v1::ListWeightProfileRevisionsResponse& all, const Terminal& terminal) {
        PrintRevisions(AsVector(all.revisions()), terminal);
      });
}

absl::Status RunCompare(Context& context, const std::string& id,
                        const std::vector<int64_t>& revisions) {
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  v1::CompareWeightProfileRevisionsRequest request;
  request.set_name(InCollection(id, "weightProfiles"));
  if (!revisions.empty()) request.set_revision(revisions[0]);
  if (revisions.size() > 1) request.set_with_revision(revisions[1]);
  return Print(
      context, (*client)->CompareWeightProfileRevisions(request),
      [](const v1::CompareWeightProfileRevisionsResponse& reply, std::ostream& out) {
        WriteCsvRecord(out, {"field", "before", "after"});
        for (const v1::FieldChange& change : reply.changes()) {
          WriteCsvRecord(out, {change.field(), change.before(), change.after()});
        }
      },
      [](const v1::CompareWeightProfileRevisionsResponse& reply, const Terminal& terminal) {
        *terminal.out << fmt::format("Revision {} → {}{}\n", reply.revision(),
                                     reply.with_revision(),
                                     reply.changes_size() == 0 ? ": the same" : "");
        PrintFieldChanges(reply.changes(), terminal, 2);
      });
}

}  // namespace

void AddWeightsListCommands(CLI::App& weights, Context& context) {
  weights.add_subcommand("list", "List the profiles")->callback([&context] {
    context.action = [&context] { return RunList(context); };
  });

  auto id = std::make_shared<std::string>();
  auto revision = std::make_shared<int64_t>(0);
  const auto with_id = [](CLI::App* command, const std::shared_ptr<std::string>& into) {
    command->add_option("profile", *into, "Its id, e.g. default")->required()->type_name("PROFILE");
    return command;
  };
  CLI::App* get =
      with_id(weights.add_subcommand("get", "Show a profile as it stands in a file"), id);
  get->add_option("--revision", *revision,
                  "This one, as `weights log` numbers them; else the newest")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  get->callback([&context, id, revision] {
    context.action = [&context, id, revision] { return RunGet(context, *id, *revision); };
  });

  auto logged = std::make_shared<std::string>();
  with_id(weights.add_subcommand("log", "Who changed a profile, when and why"), logged)
      ->callback([&context, logged] {
        context.action = [&context, logged] { return RunLog(context, *logged); };
      });

  auto compared = std::make_shared<std::string>();
  auto revisions = std::make_shared<std::vector<int64_t>>();
  CLI::App* compare = with_id(
      weights.add_subcommand("compare", "Show what differs between two revisions"), compared);
  compare
      ->add_option("revisions", *revisions,
                   "From this one to that one; else from the one that counts today to the newest")
      ->expected(0, 2)
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  compare->callback([&context, compared, revisions] {
    context.action = [&context, compared, revisions] {
      return RunCompare(context, *compared, *revisions);
    };
  });
}

}  // namespace keyscore::cli
