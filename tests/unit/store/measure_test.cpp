// The eight aggregates, the windows, expressions, and what a measure is refused for.
#include <cmath>

#include "store_fixture.h"

namespace keyscore::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class MeasureTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    // Anna's lines: 10 on 1 March, 40 and 25 at the same instant of 2 March (fact ids b, c),
    // 5 on 3 March; Ben's: 7 on 2 March.
    Append("invoice_line",
           {Line("a", "anna", "2024-03-01", 10, "x"), Line("c", "anna", "2024-03-02", 25, "y"),
            Line("b", "anna", "2024-03-02", 40, "x"), Line("d", "anna", "2024-03-03", 5, "z"),
            Line("e", "ben", "2024-03-02", 7, "x")});
  }

  static Fields Line(const std::string& id, const std::string& manager, const std::string& day,
                     double amount, const std::string& product) {
    return {{"fact_id", id},
            {"manager_id", manager},
            {"account_id", std::string(manager == "anna" ? "acme" : "bolt")},
            {"occurred_at", At(day)},
            {"amount", amount},
            {"product", product},
            {"invoice_id", id}};
  }
  static ResolvedMeasure Lines(Aggregate aggregate, std::string value = "",
                               std::string filter = "") {
    return MeasureOf("invoice_line", aggregate, std::move(value), std::move(filter),
                     At("2024-03-01"), At("2024-03-03"));
  }
};

TEST_F(MeasureTest, CountsAndSums) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kCount), Managers()),
              ElementsAre(Pair("anna", 3), Pair("ben", 1)));
  EXPECT_THAT(Numbers(Lines(Aggregate::kSum, "amount"), Managers()),
              ElementsAre(Pair("anna", 75), Pair("ben", 7)));
  EXPECT_THAT(Numbers(Lines(Aggregate::kSum, "amount"), kEverything), ElementsAre(Pair("", 82)));
}

TEST_F(MeasureTest, TakesTheSmallestAndTheGreatest) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kMin, "amount"), Managers({"anna"})),
              ElementsAre(Pair("anna", 10)));
  EXPECT_THAT(Numbers(Lines(Aggregate::kMax, "amount"), Managers({"anna"})),
              ElementsAre(Pair("anna", 40)));
}

TEST_F(MeasureTest, FirstAndLastGoByTimeThenFactId) {
  ResolvedMeasure second = Lines(Aggregate::kFirst, "amount");
  second.from = At("2024-03-02");
  EXPECT_THAT(Numbers(second, Managers({"anna"})), ElementsAre(Pair("anna", 40)));
  EXPECT_THAT(Numbers(Lines(Aggregate::kFirst, "amount"), Managers({"anna"})),
              ElementsAre(Pair("anna", 10)));
  EXPECT_THAT(Numbers(Lines(Aggregate::kLast, "amount"), Managers({"anna"})),
              ElementsAre(Pair("anna", 25)));
}

TEST_F(MeasureTest, CountsDistinctValuesOfAnyType) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kCountDistinct, "product"), kEverything),
              ElementsAre(Pair("", 2)));
  EXPECT_THAT(
      Numbers(Lines(Aggregate::kCountDistinct, "account_id || '/' || product"), kEverything),
      ElementsAre(Pair("", 3)));
}

TEST_F(MeasureTest, ListsByTimeThenFactId) {
  const MeasureTable table = Table({Lines(Aggregate::kList, "amount")}, Managers());
  ASSERT_THAT(table.subject_ids, ElementsAre("anna", "ben"));
  EXPECT_THAT(table.columns[0].lists, ElementsAre(ElementsAre(10, 40, 25), ElementsAre(7)));
}

TEST_F(MeasureTest, WindowsAreHalfOpenAndMayBeOpenEnded) {
  EXPECT_THAT(Numbers(MeasureOf("invoice_line", Aggregate::kCount, "", "", absl::InfinitePast(),
                                At("2024-03-02")),
                      kEverything),
              ElementsAre(Pair("", 1)));
  EXPECT_THAT(
      Numbers(MeasureOf("invoice_line", Aggregate::kCount, "", "", At("2024-03-03")), kEverything),
      ElementsAre(Pair("", 1)));
  EXPECT_THAT(Numbers(MeasureOf("invoice_line", Aggregate::kCount), kEverything),
              ElementsAre(Pair("", 5)));
}

TEST_F(MeasureTest, SpansContainTheirStartButNotTheirEnd) {
  Append("goal", {{{"fact_id", std::string("g1")},
                   {"manager_id", std::string("anna")},
                   {"occurred_at", At("2024-01-01")},
                   {"achieved_at", At("2024-02-01")}},
                  {{"fact_id", std::string("g2")},
                   {"manager_id", std::string("anna")},
                   {"occurred_at", At("2024-01-15")}}});
  const auto open_at = [&](const char* day) {
    const auto numbers =
        Numbers(OpenAt("goal", Aggregate::kCount, "", "achieved_at", At(day)), kEverything);
    return numbers.empty() ? 0 : numbers.at("");
  };
  EXPECT_EQ(open_at("2023-12-31"), 0);
  EXPECT_EQ(open_at("2024-01-01"), 1);
  EXPECT_EQ(open_at("2024-01-15"), 2);
  EXPECT_EQ(open_at("2024-02-01"), 1);
}

TEST_F(MeasureTest, LaysMeasuresOfSeveralDatasetsSideBySide) {
  Append("plan_review", {{{"fact_id", std::string("r1")},
                          {"manager_id", std::string("cleo")},
                          {"occurred_at", At("2024-03-01")},
                          {"quality", 50.0}}});
  const MeasureTable table =
      Table({Lines(Aggregate::kSum, "amount"), Lines(Aggregate::kMax, "amount"),
             MeasureOf("plan_review", Aggregate::kList, "quality"), Lines(Aggregate::kCount)},
            Managers());
  ASSERT_THAT(table.subject_ids, ElementsAre("anna", "ben", "cleo"));
  EXPECT_THAT(table.columns[0].numbers, ElementsAre(75, 7, 0));
  EXPECT_THAT(table.columns[0].valid, ElementsAre(1, 1, 1));  // a sum over nothing is 0
  EXPECT_THAT(table.columns[1].valid, ElementsAre(1, 1, 0));  // a maximum over nothing is null
  EXPECT_THAT(table.columns[2].lists, ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(50)));
  EXPECT_THAT(table.columns[3].fact_count, ElementsAre(3, 1, 0));
  EXPECT_EQ(table.columns[3].newest[0], At("2024-03-02"));
  EXPECT_EQ(table.columns[3].newest[2], absl::InfinitePast());
}

TEST_F(MeasureTest, FiltersKeepOnlyWhatIsTrue) {
  Append("interaction",
         {{{"fact_id", std::string("i1")}, {"manager_id", std::string("anna")}, {"quality", 4.0}},
          {{"fact_id", std::string("i2")}, {"manager_id", std::string("anna")}}});
  EXPECT_THAT(Numbers(MeasureOf("interaction", Aggregate::kCount, "", "quality > 3"), kEverything),
              ElementsAre(Pair("", 1)));  // null > 3 is not true
  EXPECT_THAT(
      Numbers(MeasureOf("interaction", Aggregate::kSum, "coalesce(quality, 3) / 5"), kEverything),
      ElementsAre(Pair("", 1.4)));
}

TEST_F(MeasureTest, NullValuesCountAsFactsButDoNotTakePart) {
  Append("interaction", {{{"fact_id", std::string("i1")},
                          {"manager_id", std::string("anna")},
                          {"occurred_at", At("2024-03-01")},
                          {"minutes", 30.0}},
                         {{"fact_id", std::string("i2")},
                          {"manager_id", std::string("anna")},
                          {"occurred_at", At("2024-03-02")}}});
  const MeasureTable table = Table({MeasureOf("interaction", Aggregate::kSum, "minutes"),
                                    MeasureOf("interaction", Aggregate::kCount, "minutes"),
                                    MeasureOf("interaction", Aggregate::kLast, "minutes"),
                                    MeasureOf("interaction", Aggregate::kList, "minutes")},
                                   kEverything);
  EXPECT_THAT(table.columns[0].fact_count, ElementsAre(2));
  EXPECT_THAT(table.columns[1].numbers, ElementsAre(1));
  EXPECT_THAT(table.columns[2].numbers, ElementsAre(30));
  EXPECT_THAT(table.columns[3].lists, ElementsAre(ElementsAre(30)));
}

TEST_F(MeasureTest, DivisionByZeroIsNull) {
  const MeasureTable table = Table({Lines(Aggregate::kSum, "amount / (amount - 10)"),
                                    Lines(Aggregate::kMax, "amount / (amount - 10)"),
                                    Lines(Aggregate::kList, "amount / (amount - 10)")},
                                   Managers({"anna"}));
  EXPECT_DOUBLE_EQ(table.columns[0].numbers[0], 40.0 / 30 + 25.0 / 15);
  EXPECT_DOUBLE_EQ(table.columns[1].numbers[0], 25.0 / 15);
  EXPECT_EQ(table.columns[2].lists[0].size(), 2U);
}

TEST_F(MeasureTest, HostFunctionsCountInFractions) {
  Append("ticket", {{{"fact_id", std::string("t1")},
                     {"account_id", std::string("acme")},
                     {"occurred_at", At("2024-03-01T00:00:00Z")},
                     {"resolved_at", At("2024-03-02T12:00:00Z")}},
                    {{"fact_id", std::string("t2")}, {"account_id", std::string("acme")}}});
  const auto sum = [&](const char* value) {
    return Numbers(MeasureOf("ticket", Aggregate::kSum, value), kEverything).at("");
  };
  EXPECT_EQ(sum("days_between(occurred_at, resolved_at)"), 1.5);
  EXPECT_EQ(sum("hours_between(occurred_at, resolved_at)"), 36);
  EXPECT_EQ(sum("unix_seconds(resolved_at)"), 1709380800);
}

TEST_F(MeasureTest, PeriodIsThatOfEachMeasure) {
  ResolvedMeasure early = MeasureOf("invoice_line", Aggregate::kCount, "",
                                    "occurred_at >= period_from and occurred_at < period_to");
  early.period_from = At("2024-03-01");
  early.period_to = At("2024-03-02");
  ResolvedMeasure late = early;
  late.period_from = At("2024-03-02");
  late.period_to = At("2024-03-04");
  ResolvedMeasure without = MeasureOf("invoice_line", Aggregate::kCount);
  const MeasureTable table = Table({early, late, without}, kEverything);
  EXPECT_THAT(table.columns[0].numbers, ElementsAre(1));
  EXPECT_THAT(table.columns[1].numbers, ElementsAre(4));
  EXPECT_THAT(table.columns[2].numbers, ElementsAre(5));
}

TEST_F(MeasureTest, NoFactsMeansNoRows) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kCount), Managers({"nobody"})), IsEmpty());
  EXPECT_THAT(Numbers(MeasureOf("wallet", Aggregate::kCount), kEverything), IsEmpty());
}

TEST_F(MeasureTest, SubjectIdsCanNotBreakOut) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kCount), Managers({"x') OR ('1'='1", "ben"})),
              ElementsAre(Pair("ben", 1)));
  EXPECT_EQ(store_->Measure({Lines(Aggregate::kCount)}, Managers({std::string("a\0b", 3)}), 0, {})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(MeasureTest, ATextInAFilterMayHoldQuotesAndComments) {
  EXPECT_THAT(Numbers(Lines(Aggregate::kCount, "", "product <> 'it''s -- not)'"), kEverything),
              ElementsAre(Pair("", 4)));
}

TEST_F(MeasureTest, SumsAreTheSameBitsAtEveryRun) {
  std::vector<Fields> rows;
  for (int i = 0; i < 60'000; ++i) {
    rows.push_back(Line("s" + std::to_string(i), "dora", "2024-03-01",
                        std::sin(i) * std::pow(10, i % 12), "x"));
  }
  Append("invoice_line", rows);
  const double first = Numbers(Lines(Aggregate::kSum, "amount"), Managers({"dora"})).at("dora");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Numbers(Lines(Aggregate::kSum, "amount"), Managers({"dora"})).at("dora"), first);
  }
}

TEST_F(MeasureTest, AnOverflowNamesTheMeasure) {
  const auto result = store_->Measure(
      {Lines(Aggregate::kCount), Lines(Aggregate::kSum, "cast(amount * 1e18 as bigint)")},
      kEverything, 0, {});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOfResult(result), HasSubstr("measure sum(cast(amount * 1e18 as bigint))"));
}

TEST_F(MeasureTest, AFailingValueDoesNoHarmWhereTheFilterLeavesItOut) {
  EXPECT_THAT(
      Numbers(Lines(Aggregate::kSum, "cast(product as double)", "product = '1'"), kEverything),
      IsEmpty());
}

TEST_F(MeasureTest, StopsWhenAsked) {
  int polls = 0;
  const auto result = store_->Measure({Lines(Aggregate::kList, "amount")}, Managers(), 0,
                                      [&polls] { return ++polls > 0; });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(Numbers(Lines(Aggregate::kCount), kEverything), ElementsAre(Pair("", 4)));
}

TEST_F(MeasureTest, AWatermarkThatIsNotThereIsRefused) {
  EXPECT_EQ(store_->Measure({Lines(Aggregate::kCount)}, kEverything, 99, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

class CheckMeasureTest : public MeasureTest {
 protected:
  std::string Fault(const ResolvedMeasure& measure) {
    const absl::Status status = store_->CheckMeasure(measure);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  }
};

TEST_F(CheckMeasureTest, AcceptsWhatTheDatasetHas) {
  EXPECT_EQ(store_->CheckMeasure(Lines(Aggregate::kSum, "amount - coalesce(cost, 0)",
                                       "sale_kind in ('upsell') and account.segment = 'smb' and "
                                       "occurred_at > period_from")),
            absl::OkStatus());
  EXPECT_EQ(store_->CheckMeasure(Lines(Aggregate::kCountDistinct, "product")), absl::OkStatus());
  EXPECT_EQ(
      store_->CheckMeasure(OpenAt("book", Aggregate::kCount, "", "ended_at", absl::UnixEpoch())),
      absl::OkStatus());
}

TEST_F(CheckMeasureTest, NamesUnknownColumns) {
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "amout")),
              HasSubstr("dataset 'invoice_line' has no column 'amout'; it has fact_id"));
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "Amount")), HasSubstr("no column 'Amount'"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "current_user = 'x'")), HasSubstr("current_user"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "rowid = 1")), HasSubstr("rowid"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "_seq = 1")), HasSubstr("_seq"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "account.colour = 'x'")),
              HasSubstr("dataset 'account' has no column 'colour'"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "contact.seniority = 'vp'")),
              HasSubstr("no column contact_id"));
}

TEST_F(CheckMeasureTest, NamesUnknownDatasetsAndTimeColumns) {
  ResolvedMeasure measure = Lines(Aggregate::kCount);
  measure.time_column = "amount";
  EXPECT_THAT(Fault(measure), HasSubstr("must be TIMESTAMP"));
  measure.time_column = "paid_at";
  EXPECT_THAT(Fault(measure), HasSubstr("'paid_at' is no column"));
  measure.dataset = "invoices";
  EXPECT_EQ(store_->CheckMeasure(measure).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Fault(OpenAt("goal", Aggregate::kCount, "", "progress", absl::UnixEpoch())),
              HasSubstr("end column 'progress'"));
}

TEST_F(CheckMeasureTest, ChecksTypes) {
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "product")), HasSubstr("must be a number"));
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "amount > 1")), HasSubstr("must be a number"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "amount")), HasSubstr("must be true or false"));
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "amount + product")), HasSubstr("amount + product"));
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "days_between(amount, occurred_at)")),
              HasSubstr("days_between"));
  EXPECT_THAT(Fault(Lines(Aggregate::kSum)), HasSubstr("only count works without a value"));
}

TEST_F(CheckMeasureTest, KnowsDatasetsThatAreAboutToBeDefined) {
  facts::DatasetSchema visit = Builtin("interaction");
  visit.id = "acme.visit";
  ResolvedMeasure measure = Lines(Aggregate::kSum, "minutes", "contact.seniority = 'vp'");
  measure.dataset = "acme.visit";
  EXPECT_EQ(store_->CheckMeasure(measure).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->CheckMeasure(measure, {visit}), absl::OkStatus());
  measure.value = "channel";
  EXPECT_THAT(std::string(store_->CheckMeasure(measure, {visit}).message()),
              HasSubstr("must be a number"));
  // It is not defined by that.
  EXPECT_EQ(store_->CheckMeasure(measure).code(), absl::StatusCode::kNotFound);
}

TEST_F(CheckMeasureTest, TakesADeclaredSchemaForTheStoresOwn) {
  facts::DatasetSchema lines = Builtin("invoice_line");
  for (facts::ColumnSchema& column : lines.columns) {
    if (column.name == "amount") column.name = "total";
  }
  EXPECT_EQ(store_->CheckMeasure(Lines(Aggregate::kSum, "total"), {lines}), absl::OkStatus());
  EXPECT_THAT(
      std::string(store_->CheckMeasure(Lines(Aggregate::kSum, "amount"), {lines}).message()),
      HasSubstr("no column 'amount'"));
  EXPECT_EQ(store_->CheckMeasure(Lines(Aggregate::kSum, "amount")), absl::OkStatus());
}

TEST_F(CheckMeasureTest, RefusesWhatTheCheckerRefuses) {
  EXPECT_THAT(Fault(Lines(Aggregate::kSum, "(select 1)")), HasSubstr("a sub-query"));
  EXPECT_THAT(Fault(Lines(Aggregate::kCount, "", "true) or (true")), HasSubstr("filter"));
}

// 22:30 UTC of 30 March is 23:30 in Berlin, still that day; two hours later it is the 31st, whose
// clocks go forward; 22:30 UTC of the 31st is 0:30 of 1 April, by summer time.
TEST_F(MeasureTest, CalendarDayIsTheDayInTheReportingZone) {
  Open(":memory:", "Europe/Berlin");
  Append("ticket",
         {{{"fact_id", "t1"}, {"account_id", "a"}, {"occurred_at", At("2024-03-30T22:30:00Z")}},
          {{"fact_id", "t2"}, {"account_id", "b"}, {"occurred_at", At("2024-03-31T00:30:00Z")}},
          {{"fact_id", "t3"}, {"account_id", "c"}, {"occurred_at", At("2024-03-31T22:30:00Z")}},
          {{"fact_id", "t4"}, {"account_id", "d"}, {"occurred_at", At("1969-12-31T12:00:00Z")}}});
  // 30 March 2024 is day 19,812.
  EXPECT_THAT(
      Numbers(MeasureOf("ticket", Aggregate::kMax, "calendar_day(occurred_at)"), Accounts()),
      UnorderedElementsAre(Pair("a", 19812), Pair("b", 19813), Pair("c", 19814), Pair("d", -1)));
}

TEST_F(MeasureTest, CalendarDayOfNothingIsNull) {
  Append("ticket", {{{"fact_id", "t1"}, {"account_id", "a"}, {"occurred_at", At("2024-03-30")}}});
  EXPECT_THAT(
      Numbers(MeasureOf("ticket", Aggregate::kMax, "calendar_day(resolved_at)"), Accounts()),
      IsEmpty());
}

TEST_F(MeasureTest, AnUnknownTimeZoneIsRefused) {
  const auto store = OpenDuckDbStore({.path = ":memory:", .time_zone = "Mars/Olympus"});
  EXPECT_THAT(MessageOfResult(store), HasSubstr("Mars/Olympus"));
}

}  // namespace
}  // namespace keyscore::store
