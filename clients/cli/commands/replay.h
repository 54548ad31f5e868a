// A scorecard that was kept, made again: what to ask for, and whether it came out the same.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::cli {

struct Replay {
  v1::Receipt receipt;
  std::optional<v1::Scorecard> card;  // where the file had all of it
};

// Reads the JSON of a scorecard or of a receipt; "-" is standard input.
absl::StatusOr<Replay> ReadReplay(const std::string& path);

// Says whether every figure of the card that was kept came again, to the last bit; a finding that
// names the first ones that did not.
absl::Status CompareReplay(const v1::Scorecard& kept, const v1::Scorecard& made,
                           const std::string& path, Context& context);

}  // namespace keyscore::cli
