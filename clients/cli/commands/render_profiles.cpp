// Profiles, their revisions, and what differs between two of them.
#include <fmt/format.h>

#include "absl/strings/str_split.h"
#include "cli/commands/render_plugin.h"
#include "cli/commands/render_weights.h"
#include "cli/commands/weights.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/width.h"
#include "cli/weights/file.h"

namespace keyscore::cli {
namespace {

using Profile = v1::WeightProfile;

Cell StateCell(const Profile& profile) {
  const Style style = profile.state() == Profile::STATE_PUBLISHED  ? Style::kGood
                      : profile.state() == Profile::STATE_APPROVED ? Style::kFair
                      : profile.state() == Profile::STATE_DELETED  ? Style::kDim
                                                                   : Style::kFair;
  return {EnumWords(Profile::State_Name(profile.state()), "STATE_"), style};
}

// The id of weightProfiles/{id} and of weightProfiles/{id}/revisions/{n}.
std::string ProfileId(const Profile& profile) {
  const std::vector<std::string> parts = absl::StrSplit(profile.name(), '/');
  return parts.size() > 1 ? parts[1] : profile.name();
}

Cell FromCell(const Profile& profile) {
  return profile.effective_date().empty() ? Cell("always", Style::kDim)
                                          : Cell(profile.effective_date());
}

Cell CountsCell(const Profile& profile) {
  if (profile.published_revision() == 0) return {"nothing yet", Style::kDim};
  return {fmt::format("revision {}", profile.published_revision())};
}

}  // namespace

void PrintProfiles(const std::vector<Profile>& profiles, const Terminal& terminal) {
  Table table({{"Profile"},
               {"For"},
               {"Counts today"},
               {"Newest", Align::kRight},
               {"State"},
               {"From"},
               {"Changed (UTC)"},
               {"By"},
               {"Reviewed"},
               {"Name", Align::kLeft, 40}});
  for (const Profile& profile : profiles) {
    table.AddRow(
        {Cell(ProfileId(profile), Style::kStrong), Cell(SelectorWords(profile.selector())),
         CountsCell(profile), Cell(std::to_string(profile.revision())), StateCell(profile),
         FromCell(profile), Cell(Moment(profile.create_time())), Cell(profile.author()),
         Cell(profile.has_review_time() ? Moment(profile.review_time()).substr(0, 10) : ""),
         Cell(profile.display_name(), Style::kDim)});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintProfile(const Profile& profile, const Terminal& terminal) {
  Table table({{""}, {""}});
  const auto fact = [&table](const char* name, Cell value) {
    if (!value.text.empty()) table.AddRow({Cell(name, Style::kDim), std::move(value)});
  };
  fact("Profile", Cell(ProfileId(profile), Style::kStrong));
  fact("Revision",
       Cell(fmt::format("{}: {} by {}", profile.revision(), profile.action(), profile.author())));
  fact("State", StateCell(profile));
  fact("When",
       Cell(Moment(profile.create_time()).empty() ? "" : Moment(profile.create_time()) + " UTC"));
  fact("Reason", Cell(profile.reason()));
  fact("Written by", Cell(fmt::format("{}", fmt::join(profile.draft_authors(), ", "))));
  fact("Approved by", Cell(profile.approver()));
  fact("Reviewed", Cell(profile.has_review_time() ? Moment(profile.review_time()) : ""));
  fact("Counts today", CountsCell(profile));
  fact("Etag", Cell(profile.etag(), Style::kDim));
  std::ostream& out = *terminal.out;
  out << table.Render(terminal.colour) << '\n';
  v1::WeightSet set;
  *set.add_profiles() = profile;
  set.mutable_profiles(0)->set_name("weightProfiles/" + ProfileId(profile));
  // The content as a file has it, without the file's head.
  const std::string file = WriteWeightsFile(set);
  const size_t begin = file.find("profiles:\n");
  out << (begin == std::string::npos ? file : file.substr(begin + sizeof("profiles:\n") - 1));
}

void PrintRevisions(const std::vector<Profile>& revisions, const Terminal& terminal) {
  Table table({{"Revision", Align::kRight},
               {"When (UTC)"},
               {"Who"},
               {"What"},
               {"State"},
               {"From"},
               {"Approved by"},
               {"Reason", Align::kLeft, 80}});
  for (const Profile& revision : revisions) {
    table.AddRow({Cell(std::to_string(revision.revision())), Cell(Moment(revision.create_time())),
                  Cell(revision.author()), Cell(revision.action()), StateCell(revision),
                  FromCell(revision), Cell(revision.approver()), Cell(revision.reason())});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintProfilesCsv(const std::vector<Profile>& profiles, std::ostream& out) {
  WriteCsvRecord(out, {"profile", "revision", "state", "for", "effective_date", "action", "author",
                       "approver", "time", "review_time", "published_revision", "minimum_coverage",
                       "display_name", "reason", "etag"});
  for (const Profile& profile : profiles) {
    WriteCsvRecord(
        out, {"weightProfiles/" + ProfileId(profile), std::to_string(profile.revision()),
              EnumWords(Profile::State_Name(profile.state()), "STATE_"),
              SelectorWords(profile.selector()), profile.effective_date(), profile.action(),
              profile.author(), profile.approver(), Rfc3339(profile.create_time()),
              profile.has_review_time() ? Rfc3339(profile.review_time()) : "",
              std::to_string(profile.published_revision()), CsvNumber(profile.minimum_coverage()),
              profile.display_name(), profile.reason(), profile.etag()});
  }
}

void PrintProfileChanged(const Profile& profile, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const std::string id = Printable(ProfileId(profile));
  const Cell state = StateCell(profile);
  out << fmt::format("{}: revision {}, {}", id, profile.revision(),
                     Paint(state.text, state.style, terminal.colour));
  if (profile.state() == Profile::STATE_PUBLISHED) {
    out << (profile.effective_date().empty() ? ", counts for every day"
                                             : ", counts from " + profile.effective_date() + " on");
  }
  out << '\n';
  if (profile.state() == Profile::STATE_APPROVED) {
    out << fmt::format("Next: keyscore weights publish {}\n", id);
  }
}

void PrintFieldChanges(const google::protobuf::RepeatedPtrField<v1::FieldChange>& changes,
                       const Terminal& terminal, size_t indent) {
  Table table({{""}, {"", Align::kRight, 60}, {""}, {"", Align::kLeft, 60}});
  for (const v1::FieldChange& change : changes) {
    table.AddRow({Cell(change.field()),
                  change.before().empty() ? Cell("none", Style::kDim) : Cell(change.before()),
                  Cell("→", Style::kDim),
                  change.after().empty() ? Cell("none", Style::kDim)
                                         : Cell(change.after(), Style::kStrong)});
  }
  if (!table.empty()) *terminal.out << table.Render(terminal.colour, indent);
}

}  // namespace keyscore::cli
