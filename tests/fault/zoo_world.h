// Two managers for plugins to stumble over: zoe, whose minutes on the telephone set the zoo's
// plugins off, and yann, whose don't. Nothing of theirs is anybody else's in the small world.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "keyscore/client/client.h"

namespace keyscore::testing {

inline constexpr char kTriggeringCard[] = "managers/zoe/scorecards/2024-Q1";
inline constexpr char kHarmlessCard[] = "managers/yann/scorecards/2024-Q1";
// Minutes that set a zoo plugin off; see plugins/zoo.h.
inline constexpr int kTrigger = 31337;
inline constexpr int kHarmless = 12;

// Configuration in which every card calls its plugins, though nothing has changed.
inline constexpr char kNothingIsKept[] = "limits:\n  answer_cache: 0\n";

absl::Status SendZooWorld(client::Client& client);

// One telephone call in February 2024.
absl::Status SendCall(client::Client& client, const std::string& fact_id,
                      const std::string& account, const std::string& manager, int minutes);

// A new version of zoe's only call.
absl::Status SetZoesMinutes(client::Client& client, int minutes);

}  // namespace keyscore::testing
