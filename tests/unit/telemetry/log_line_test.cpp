// Lines of the log: one event, one line, whatever the message holds.
#include "telemetry/log_line.h"

#include <gtest/gtest.h>

namespace keyscore::telemetry {
namespace {

const absl::Time kTime = absl::FromUnixMicros(1'500'000);

TEST(LogLineTest, TextEscapesLineBreaksAndTerminalCodes) {
  EXPECT_EQ(TextLine(kTime, "info", "", "a\nb\x1b[0m"),
            "1970-01-01T00:00:01.500000Z info a\\nb\\x1b[0m");
}

TEST(LogLineTest, JsonEscapesQuotesAndControls) {
  EXPECT_EQ(JsonLine(kTime, "error", "", "say \"hi\"\n"),
            "{\"time\":\"1970-01-01T00:00:01.500000Z\",\"level\":\"error\","
            "\"message\":\"say \\\"hi\\\"\\u000a\"}");
}

TEST(LogLineTest, JsonKeepsUtf8AndReplacesBrokenBytes) {
  const std::string line = JsonLine(kTime, "info", "", "é\xff\xc3");
  EXPECT_NE(line.find("é\\ufffd\\ufffd"), std::string::npos) << line;
}

TEST(LogLineTest, LinesOfAPluginNameIt) {
  EXPECT_EQ(TextLine(kTime, "info", "acme\n", "hello"),
            "1970-01-01T00:00:01.500000Z info plugin acme\\n: hello");
  EXPECT_EQ(JsonLine(kTime, "info", "ac\"me", "hello"),
            "{\"time\":\"1970-01-01T00:00:01.500000Z\",\"level\":\"info\","
            "\"plugin\":\"ac\\\"me\",\"message\":\"hello\"}");
}

TEST(LogLineTest, OnlyLoggersOfPluginsNameOne) {
  EXPECT_EQ(PluginOfLogger("plugin/acme"), "acme");
  EXPECT_EQ(PluginOfLogger("keyscored"), "");
  EXPECT_EQ(PluginOfLogger("plugin"), "");
}

}  // namespace
}  // namespace keyscore::telemetry
