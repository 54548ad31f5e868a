// keyscore weights approve | publish | rollback | discard | review | delete: the life of a profile.
#include <fmt/format.h>

#include "cli/commands/printing.h"
#include "cli/commands/render_weights.h"
#include "cli/commands/weights.h"
#include "cli/names.h"

namespace keyscore::cli {
namespace {

struct Asked {
  std::string id;
  std::string effective;
  int64_t revision = 0;  // of a rollback; 0 = what counted before
  std::shared_ptr<WeightsChange> change;
};

template <typename Request>
Request About(const Asked& asked) {
  Request request;
  request.set_name(InCollection(asked.id, "weightProfiles"));
  request.set_reason(asked.change->reason);
  request.set_etag(asked.change->etag);
  return request;
}

using ChangeFn = absl::StatusOr<v1::WeightProfile> (*)(client::Client&, const Asked&);

template <typename Request,
          absl::StatusOr<v1::WeightProfile> (client::Client::*method)(const Request&)>
absl::StatusOr<v1::WeightProfile> Call(client::Client& client, const Asked& asked) {
  return (client.*method)(About<Request>(asked));
}

absl::StatusOr<v1::WeightProfile> Publish(client::Client& client, const Asked& asked) {
  if (absl::Status day = CheckDay(asked.effective, "--effective", true); !day.ok()) return day;
  auto request = About<v1::PublishWeightProfileRequest>(asked);
  request.set_effective_date(asked.effective);
  return client.PublishWeightProfile(request);
}

absl::StatusOr<v1::WeightProfile> Rollback(client::Client& client, const Asked& asked) {
  if (absl::Status day = CheckDay(asked.effective, "--effective", true); !day.ok()) return day;
  auto request = About<v1::RollbackWeightProfileRequest>(asked);
  request.set_revision(asked.revision);
  if (asked.effective != "today") request.set_effective_date(asked.effective);
  return client.RollbackWeightProfile(request);
}

// Adds a command that changes one profile.
CLI::App* Add(CLI::App& weights, Context& context, const char* name, const char* help,
              const std::shared_ptr<Asked>& asked, ChangeFn change) {
  CLI::App* command = weights.add_subcommand(name, help);
  command->add_option("profile", asked->id, "Its id, e.g. default")
      ->required()
      ->type_name("PROFILE");
  asked->change = AddWeightsChangeOptions(*command);
  command->callback([&context, asked, change] {
    context.action = [&context, asked, change]() -> absl::Status {
      const absl::StatusOr<client::Client*> client = context.Connection();
      if (!client.ok()) return client.status();
      return Print(
          context, change(**client, *asked),
          [](const v1::WeightProfile& profile, std::ostream& out) {
            PrintProfilesCsv({profile}, out);
          },
          PrintProfileChanged);
    };
  });
  return command;
}

}  // namespace

void AddWeightsChangeCommands(CLI::App& weights, Context& context) {
  const auto add = [&weights, &context](const char* name, const char* help, ChangeFn change) {
    return Add(weights, context, name, help, std::make_shared<Asked>(), change);
  };
  add("approve", "Find a draft in order, so that it may be published",
      Call<v1::ApproveWeightProfileRequest, &client::Client::ApproveWeightProfile>)
      ->footer(
          "Where four eyes are asked for (weighting.four_eyes), by somebody who wrote none of it.");

  auto published = std::make_shared<Asked>();
  CLI::App* publish = Add(weights, context, "publish", "Put a draft in force", published, Publish);
  publish
      ->add_option("--effective", published->effective,
                   "From this day on, past or future, or today; else as the draft says")
      ->type_name("DATE");

  auto rolled = std::make_shared<Asked>();
  CLI::App* rollback =
      Add(weights, context, "rollback", "Put what counted before back in force", rolled, Rollback);
  rollback
      ->add_option("--revision", rolled->revision,
                   "What this revision published, as `weights log` numbers them; else what counted "
                   "before")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  rollback->add_option("--effective", rolled->effective, "From this day on; else today")
      ->type_name("DATE");
  rollback->footer(
      "Example: keyscore weights rollback default --reason 'agreed for next year only'");

  add("discard", "Drop a draft; what is published stays",
      Call<v1::DiscardWeightDraftRequest, &client::Client::DiscardWeightDraft>);
  add("review", "Note that somebody has looked at a profile and found it still right",
      Call<v1::ReviewWeightProfileRequest, &client::Client::ReviewWeightProfile>);
  add("delete", "From today on let a profile count for nobody; earlier days keep it",
      Call<v1::DeleteWeightProfileRequest, &client::Client::DeleteWeightProfile>);
}

}  // namespace keyscore::cli
