// keyscore weights …: what counts how much, for whom, and every step of changing it.
#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

// Each adds its command, or commands, to the group `keyscore weights`.
void AddWeightsShowCommands(CLI::App& weights, Context& context);  // show, explain
void AddWeightsListCommands(CLI::App& weights, Context& context);  // list, get, log, compare
void AddWeightsFileCommands(CLI::App& weights, Context& context);  // export, diff, apply, validate
void AddWeightsChangeCommands(CLI::App& weights, Context& context);  // approve, publish, …
void AddWeightsPreviewCommand(CLI::App& weights, Context& context);
void AddWeightsLintCommand(CLI::App& weights, Context& context);
void AddWeightsTargetsCommands(CLI::App& weights, Context& context);
void AddWeightsOverridesCommands(CLI::App& weights, Context& context);

// What every change says about itself.
struct WeightsChange {
  std::string reason;
  std::string etag;
};

// Adds --reason and --etag.
std::shared_ptr<WeightsChange> AddWeightsChangeOptions(CLI::App& command);

// As ParseSubject; an id alone is a manager's.
absl::StatusOr<std::string> ParseWeightsSubject(const std::string& text);

// A day as YYYY-MM-DD, or "today" where `today` allows it, is left to the server to judge; anything
// else is a usage error that names `option`.
absl::Status CheckDay(const std::string& text, const char* option, bool today = false);

// In words: "everyone", "team north".
std::string SelectorWords(const v1::WeightSelector& selector);
// "12 March 2026"; another text is left as it is.
std::string LongDay(const std::string& date);
// "net_promoter_score" of kpis/net_promoter_score and so on, joined by ", ".
std::string JoinIds(const google::protobuf::RepeatedPtrField<std::string>& names);

}  // namespace keyscore::cli
