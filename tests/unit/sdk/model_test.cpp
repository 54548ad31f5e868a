// Details, fitted parameters and intervals: what an author writes and what a host sees of it.
#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>

#include "keyscore/kpi.h"
#include "keyscore/testing/fake_host.h"

namespace {

using namespace keyscore::sdk;
using keyscore::testing::FakeHost;

constexpr Definition Described(std::string_view id) {
  return {.id = id,
          .title = "t",
          .description = "d",
          .formula = "f",
          .unit = "u",
          .pillar = Pillar::kRetention,
          .direction = Direction::kHigherIsBetter,
          .timing = Timing::kLeading,
          .curve = {{0, 0}, {1, 100}}};
}

// Amount against the mean amount of the population.
struct AgainstMean : Kpi<AgainstMean> {
  static constexpr Definition kDefinition = Described("sample.against_mean");
  static constexpr Input kInputs[] = {Sum("amount").Of("amount").From("invoice_line").Titled("a")};
  static constexpr Figure kDetails[] = {{.name = "gap", .title = "gap to the mean", .unit = "EUR"},
                                        {.name = "half", .title = "half of it"}};
  static constexpr Figure kParameters[] = {{.name = "mean", .title = "mean amount"}};

  void Fit(const Batch& population, Parameters& parameters) const {
    if (population.size() < 2) throw Failure(Code::kFailedPrecondition, "too few accounts");
    double sum = 0;
    for (std::size_t i = 0; i < population.size(); ++i) sum += population[i]["amount"].value();
    parameters["mean"] = sum / static_cast<double>(population.size());
  }
  Result Evaluate(const Row& row, Details& details) const {
    const double gap = row["amount"].value() - row.Parameter("mean");
    details["gap"] = gap;
    if (gap > 0) details["half"] = gap / 2;
    return Result::Value(gap);
  }
};

struct DueSoon : Kpi<DueSoon> {
  static constexpr Definition kDefinition = Described("sample.due_soon");
  static constexpr Input kInputs[] = {
      Count("due").From("contract").DuringNextDays(90).Titled("contracts due")};
  Result Evaluate(const Row& row) const { return Result::Value(row["due"]); }
};

struct Plain : Kpi<Plain> {
  static constexpr Definition kDefinition = Described("sample.plain");
  static constexpr Input kInputs[] = {
      Sum("sum").Of("score").From("feedback").Titled("sum"),
      Sum("squares").Of("score * score").From("feedback").Titled("s"),
      Count("n").From("feedback").Titled("n")};
  Result Evaluate(const Row& row) const { return Mean(row["sum"], row["squares"], row["n"]); }
};

KEYSCORE_LIBRARY_FUNCTION(Modelled, "sample", "1.0.0", "Keyscore", "Tests", AgainstMean, DueSoon,
                          Plain);
KEYSCORE_LIBRARY_FUNCTION(Unmodelled, "sample", "1.0.0", "Keyscore", "Tests", Plain);
KEYSCORE_LIBRARY_FUNCTION(Following, "sample", "1.0.0", "Keyscore", "Tests", DueSoon);

TEST(ModelTest, ParametersGoFromFitToEveryRow) {
  FakeHost host(Modelled);
  const auto fitted = host.Kpi("sample.against_mean").Set("amount", {10, 20, 60}).Fit();
  ASSERT_EQ(fitted.code, 0);
  EXPECT_EQ(fitted.parameters.at("mean"), 30);
  const auto rows = host.Kpi("sample.against_mean")
                        .Parameters(fitted.parameters)
                        .Set("amount", {10, 60})
                        .Evaluate();
  EXPECT_EQ(rows[0].value, -20);
  EXPECT_EQ(rows[1].value, 30);
}

TEST(ModelTest, DetailsThatAreNotSetAreAbsent) {
  FakeHost host(Modelled);
  const auto rows =
      host.Kpi("sample.against_mean").Parameters({{"mean", 30}}).Set("amount", {10, 60}).Evaluate();
  EXPECT_EQ(rows[0].details, (std::map<std::string, double>{{"gap", -20}}));
  EXPECT_EQ(rows[1].details, (std::map<std::string, double>{{"gap", 30}, {"half", 15}}));
}

TEST(ModelTest, DetailsThatAreNotFiniteAreAbsent) {
  FakeHost host(Modelled);
  const auto rows = host.Kpi("sample.against_mean")
                        .Parameters({{"mean", 30}})
                        .Set("amount", {std::numeric_limits<double>::infinity()})
                        .Evaluate();
  EXPECT_TRUE(rows[0].details.empty());
}

TEST(ModelTest, TooLittleToFitIsAFailedPrecondition) {
  FakeHost host(Modelled);
  const auto fitted = host.Kpi("sample.against_mean").Set("amount", {10}).Fit();
  EXPECT_EQ(fitted.code, static_cast<int32_t>(Code::kFailedPrecondition));
  EXPECT_EQ(fitted.message, "too few accounts");
}

TEST(ModelTest, ALibraryAsksForTheMinorThatItNeeds) {
  EXPECT_EQ(FakeHost(Unmodelled).library().abi_minor, 0u);
  EXPECT_EQ(FakeHost(Following).library().abi_minor, 1u);
  EXPECT_EQ(FakeHost(Modelled).library().abi_minor, 1u);
  EXPECT_TRUE(FakeHost(Unmodelled, 1, 0).admitted());
  EXPECT_FALSE(FakeHost(Modelled, 1, 0).admitted());
}

// 3, 4, 5, 5, 3: mean 4, variance 1; 4 ± 2.776445 · √(1/5).
TEST(MeanTest, CarriesATInterval) {
  FakeHost host(Modelled);
  const auto rows =
      host.Kpi("sample.plain").Set("sum", {20}).Set("squares", {84}).Set("n", {5}).Evaluate();
  EXPECT_EQ(rows[0].value, 4);
  EXPECT_EQ(rows[0].sample_size, 5);
  EXPECT_NEAR(rows[0].low, 4 - 1.241664, 1e-6);
  EXPECT_NEAR(rows[0].high, 4 + 1.241664, 1e-6);
}

TEST(WithinTest, CutsTheIntervalAndKeepsTheValueInside) {
  const Result mean = Result::Value(4.5).WithInterval(-2, 11);
  EXPECT_EQ(mean.Within(1, 5).low, 1);
  EXPECT_EQ(mean.Within(1, 5).high, 5);
  EXPECT_EQ(mean.Within(0, kUnbounded).high, 11);
  EXPECT_EQ(Result::Value(6).WithInterval(5.5, 6.5).Within(1, 5).high, 6);
  EXPECT_TRUE(std::isnan(Result::Value(3).Within(1, 5).low));
}

TEST(MeanTest, OneValueHasNoInterval) {
  FakeHost host(Modelled);
  const auto rows =
      host.Kpi("sample.plain").Set("sum", {4}).Set("squares", {16}).Set("n", {1}).Evaluate();
  EXPECT_EQ(rows[0].value, 4);
  EXPECT_TRUE(std::isnan(rows[0].low));
}

TEST(MeanTest, RoundingCannotMakeTheVarianceNegative) {
  FakeHost host(Modelled);
  const auto rows = host.Kpi("sample.plain")
                        .Set("sum", {0.3 * 3})
                        .Set("squares", {0.3 * 0.3 * 3 - 1e-16})
                        .Set("n", {3})
                        .Evaluate();
  EXPECT_EQ(rows[0].low, rows[0].value);
  EXPECT_EQ(rows[0].high, rows[0].value);
}

TEST(StudentTest, AgreesWithBoost) {
  for (const double degrees : {1., 2., 5., 29., 30., 31., 45., 100., 1000., 1e6}) {
    const boost::math::students_t distribution(degrees);
    const double exact = boost::math::quantile(distribution, 0.975);
    EXPECT_NEAR(StudentT95(degrees) / exact, 1, 2e-8) << degrees;
  }
}

}  // namespace
