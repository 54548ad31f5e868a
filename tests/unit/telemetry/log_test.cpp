// What reaches standard error, and in whose name.
#include "telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

namespace keyscore::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Written(Format format) {
  testing::internal::CaptureStderr();
  InitLog(Level::kInfo, format);
  LogInfo("of the server");
  spdlog::default_logger()->clone("plugin/acme_health")->warn("of a plugin\n2nd");
  spdlog::default_logger()->clone("plugin/acme_health")->debug("too quiet");
  return testing::internal::GetCapturedStderr();
}

TEST(LogTest, AClonedLoggerWritesInThePluginsName) {
  const std::string text = Written(Format::kText);
  EXPECT_THAT(text, HasSubstr("info of the server\n"));
  EXPECT_THAT(text, HasSubstr("warning plugin acme_health: of a plugin\\n2nd\n"));
  EXPECT_THAT(text, Not(HasSubstr("too quiet")));
}

TEST(LogTest, JsonHasAFieldForThePlugin) {
  const std::string json = Written(Format::kJson);
  EXPECT_THAT(json, HasSubstr("\"level\":\"info\",\"message\":\"of the server\"}\n"));
  EXPECT_THAT(json, HasSubstr("\"level\":\"warning\",\"plugin\":\"acme_health\","
                              "\"message\":\"of a plugin\\u000a2nd\"}\n"));
}

}  // namespace
}  // namespace keyscore::telemetry
