// Replaying a receipt: the file, and the comparison.
#include "cli/commands/replay.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "cli/text/format.h"

namespace keyscore::cli {
namespace {

// What differs is named, but not all of it.
constexpr size_t kNamed = 5;

std::string ReadAll(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

// Of one KPI or pillar in both cards; those that only one of them lists are left out.
std::vector<std::string> Differing(const v1::Scorecard& kept, const v1::Scorecard& made) {
  std::vector<std::string> names;
  v1::Scorecard kept_head = kept;
  v1::Scorecard made_head = made;
  for (v1::Scorecard* head : {&kept_head, &made_head}) {
    head->clear_kpis();
    head->clear_pillars();
    head->clear_receipt();
    head->clear_rank();
  }
  if (!Same(kept_head, made_head)) names.emplace_back("the total");
  for (const v1::PillarScore& before : kept.pillars()) {
    for (const v1::PillarScore& after : made.pillars()) {
      if (before.pillar() == after.pillar() && !Same(before, after)) {
        names.push_back(PillarTitle(before.pillar()));
      }
    }
  }
  for (const v1::KpiResult& before : kept.kpis()) {
    for (const v1::KpiResult& after : made.kpis()) {
      if (before.kpi() == after.kpi() && !Same(before, after)) names.push_back(IdOf(before.kpi()));
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<Replay> ReadReplay(const std::string& path) {
  std::string json;
  if (path == "-") {
    json = ReadAll(std::cin);
  } else {
    std::ifstream file(path, std::ios::binary);
    json = ReadAll(file);
    if (!file) {
      return UsageError(fmt::format(
          "{} can't be read; `keyscore scorecard … --output json >FILE` writes such a file", path));
    }
  }
  Replay replay;
  const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const bool whole = parsed.is_object() && parsed.contains("receipt");
  v1::Scorecard card;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer server; the comparison shows the rest
  const auto read = google::protobuf::util::JsonStringToMessage(
      json,
      whole ? static_cast<google::protobuf::Message*>(&card)
            : static_cast<google::protobuf::Message*>(&replay.receipt),
      options);
  if (!read.ok() || !parsed.is_object()) {
    return UsageError(fmt::format("{} is no JSON of a scorecard or a receipt", path));
  }
  if (whole) {
    replay.receipt = card.receipt();
    replay.card = std::move(card);
  }
  if (!replay.receipt.has_calendar()) {
    return UsageError(fmt::format(
        "{} has no receipt; keep what `keyscore scorecard … --output json` prints", path));
  }
  return replay;
}

absl::Status CompareReplay(const v1::Scorecard& kept, const v1::Scorecard& made,
                           const std::string& path, Context& context) {
  std::vector<std::string> names = Differing(kept, made);
  context.out().flush();
  if (names.empty()) {
    context.err() << fmt::format("The same as {}, to the last bit\n", path);
    return absl::OkStatus();
  }
  const size_t all = names.size();
  if (all > kNamed) names.resize(kNamed);
  return Finding(fmt::format("it differs from {} in {}{}", path, fmt::join(names, ", "),
                             all > kNamed ? fmt::format(" and {} more", all - kNamed) : ""));
}

}  // namespace keyscore::cli
