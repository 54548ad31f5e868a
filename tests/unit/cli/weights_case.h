// keyscore weights … against a server inside the test: the fixture that its tests share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/exit_code.h"
#include "unit/cli/cli_harness.h"
#include "unit/client/fake_weight_server.h"

namespace keyscore::cli {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

inline constexpr int64_t kNewYear = 1767225600;  // 2026-01-01T00:00:00Z

inline constexpr char kFile[] = R"(version: 1
profiles:
  - id: default
    for: everyone
    without_tenure: {revenue: 1}
)";

class WeightsTest : public ::testing::Test {
 protected:
  CliRun Weights(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "weights");
    arguments.insert(arguments.end(), {"--server", server_.address()});
    return RunCli(arguments);
  }

  keyscore::testing::FakeWeightServer server_;
  TempFolder folder_;
};

}  // namespace keyscore::cli
