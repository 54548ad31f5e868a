// What is said of a receipt that can't be made good, and which quarters were the last ones.
#include "rpc/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rpc/fault.h"
#include "rpc/weight_drafts.h"

namespace keyscore::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::Receipt Sample() {
  v1::Receipt receipt;
  receipt.set_fact_watermark(12);
  for (const char* plugin : {"plugins/revenue", "plugins/acme"}) {
    auto& version = *receipt.add_plugins();
    version.set_plugin(plugin);
    version.set_version("1.0.0");
    version.set_sha256("ab");
  }
  receipt.set_weight_profile("weightProfiles/default");
  receipt.set_weight_profile_revision(3);
  receipt.mutable_calendar()->set_time_zone("UTC");
  receipt.mutable_period_start_time()->set_seconds(100);
  receipt.mutable_period_end_time()->set_seconds(200);
  receipt.set_server_version("1.2.0");
  auto& setting = *receipt.add_settings();
  setting.set_kpi("kpis/churn_rate");
  setting.set_name("days");
  setting.set_value(30);
  receipt.mutable_weighting_time()->set_seconds(50);
  receipt.set_as_of_date("2024-05-01");
  receipt.set_weights_of(v1::WEIGHTS_OF_PERIOD);
  return receipt;
}

TEST(ReplayTest, TheSameReceiptIsReproduced) {
  EXPECT_TRUE(CheckReproduced(Sample(), Sample()).ok());
  v1::Receipt unspecified = Sample();
  unspecified.clear_weights_of();  // means the same
  EXPECT_TRUE(CheckReproduced(unspecified, Sample()).ok());
}

TEST(ReplayTest, EveryDifferenceIsNamedAtOnce) {
  v1::Receipt made = Sample();
  made.set_fact_watermark(9);
  made.mutable_plugins(1)->set_sha256("cd");
  made.mutable_plugins(0)->set_plugin("plugins/learning");
  made.set_weight_profile_revision(4);
  made.mutable_calendar()->set_time_zone("Europe/Berlin");
  made.mutable_period_start_time()->set_seconds(101);
  made.mutable_period_end_time()->set_seconds(201);
  made.set_server_version("1.3.0");
  made.clear_settings();
  made.clear_weighting_time();
  made.set_as_of_date("2024-05-02");
  made.set_weights_of(v1::WEIGHTS_OF_TODAY);
  const absl::Status status = CheckReproduced(Sample(), made);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FaultOf(status).reason, "RECEIPT_NOT_REPRODUCIBLE");
  for (const char* part :
       {"the server's version was 1.2.0, is 1.3.0", "plugins/acme was 1.0.0 (SHA-256 ab)",
        "plugins/revenue was 1.0.0 (SHA-256 ab), is not there", "plugins/learning was not there",
        "setting days of kpis/churn_rate was 30, is at its default", "Europe/Berlin",
        "the log of facts was batch 12, is batch 9", "was 2024-05-01, is 2024-05-02",
        "the newest change of weightings was 1970-01-01T00:00:50Z, is none",
        "was the period's last, is today", "revision 3, is weightProfiles/default revision 4",
        "the period's start was 1970-01-01T00:01:40Z", "the period's end was"}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
  EXPECT_EQ(Differences(Sample(), made).size(), 13u);
}

std::vector<std::string> Quarters(absl::CivilDay today, int count, int fiscal_month) {
  std::vector<std::string> expressions;
  measures::Calendar calendar;
  calendar.fiscal_year_start_month = fiscal_month;
  for (const measures::Period& period : QuartersBefore(today, count, calendar)) {
    expressions.push_back(period.expression);
    const auto parsed = measures::ParsePeriod(period.expression, calendar, absl::UnixEpoch());
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    if (!parsed.ok()) continue;
    EXPECT_EQ(parsed->from_day, period.from_day) << period.expression;
    EXPECT_EQ(parsed->to_day, period.to_day) << period.expression;
    EXPECT_EQ(parsed->from, period.from);
    EXPECT_EQ(parsed->to, period.to);
  }
  return expressions;
}

TEST(QuartersBeforeTest, OnlyWholeQuartersCountOldestFirst) {
  EXPECT_THAT(Quarters(absl::CivilDay(2024, 5, 17), 4, 1),
              ElementsAre("2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"));
  EXPECT_THAT(Quarters(absl::CivilDay(2024, 4, 1), 1, 1), ElementsAre("2024-Q1"));
  EXPECT_THAT(Quarters(absl::CivilDay(2024, 3, 31), 1, 1), ElementsAre("2023-Q4"));
}

TEST(QuartersBeforeTest, FiscalQuartersBelongToTheYearInWhichTheirYearStarts) {
  // From April: January to March 2024 is the fourth quarter of 2023.
  EXPECT_THAT(Quarters(absl::CivilDay(2024, 5, 17), 2, 4), ElementsAre("2023-Q3", "2023-Q4"));
  // From November: November 2023 to January 2024 is the first of 2023.
  EXPECT_THAT(Quarters(absl::CivilDay(2024, 3, 1), 2, 11), ElementsAre("2022-Q4", "2023-Q1"));
}

}  // namespace
}  // namespace keyscore::rpc
