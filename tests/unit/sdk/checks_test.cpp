// What the compiler refuses in a definition, tried at run time since a refusal would not compile.
#include "keyscore/sdk/checks.h"

#include <gtest/gtest.h>

#include <limits>

namespace keyscore::sdk::internal {
namespace {

TEST(ChecksTest, IdsAreSnakeCaseWithAtMostOneDot) {
  EXPECT_TRUE(IsId("churn_rate"));
  EXPECT_TRUE(IsId("acme_health.churn2"));
  for (const char* bad : {"", "Churn", "churn-rate", "_churn", "churn_", "a__b", "2churn", "a.b.c",
                          ".a", "a.", "chürn"}) {
    EXPECT_FALSE(IsId(bad)) << bad;
  }
}

TEST(ChecksTest, IdsBelongToTheirLibraryOrToNone) {
  EXPECT_TRUE(BelongsTo("acme.churn", "acme"));
  EXPECT_TRUE(BelongsTo("churn", "retention"));
  EXPECT_FALSE(BelongsTo("acme.churn", "acm"));
}

TEST(ChecksTest, VersionsAreSemVer) {
  for (const char* good : {"0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0+build"}) {
    EXPECT_TRUE(IsSemVer(good)) << good;
  }
  for (const char* bad : {"", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1..0", "1.0.0-"}) {
    EXPECT_FALSE(IsSemVer(bad)) << bad;
  }
}

TEST(ChecksTest, CurvesAscendWithinTheScoreRange) {
  EXPECT_TRUE(CurveAscends({{0, 0}, {10, 100}}));
  EXPECT_FALSE(CurveAscends({{0, 0}}));
  EXPECT_FALSE(CurveAscends({{0, 0}, {0, 100}}));
  EXPECT_FALSE(CurveAscends({{10, 0}, {0, 100}}));
  EXPECT_FALSE(CurveAscends({{0, 0}, {10, 101}}));
  EXPECT_FALSE(CurveAscends({{0, 0}, {std::numeric_limits<double>::infinity(), 100}}));
}

TEST(ChecksTest, CurvesFollowTheDirection) {
  const Curve up = {{0, 0}, {10, 50}, {20, 100}};
  const Curve down = {{0, 100}, {10, 0}};
  const Curve hill = {{0, 0}, {10, 100}, {20, 100}, {30, 0}};
  const Curve valley = {{0, 100}, {10, 0}, {20, 100}};
  EXPECT_TRUE(CurveFollows(up, Direction::kHigherIsBetter));
  EXPECT_FALSE(CurveFollows(up, Direction::kLowerIsBetter));
  EXPECT_TRUE(CurveFollows(down, Direction::kLowerIsBetter));
  EXPECT_FALSE(CurveFollows(hill, Direction::kHigherIsBetter));
  EXPECT_TRUE(CurveFollows(hill, Direction::kRangeIsBest));
  EXPECT_FALSE(CurveFollows(valley, Direction::kRangeIsBest));
}

TEST(ChecksTest, InputsNeedWhatTheirAggregateAndWindowNeed) {
  const auto complete = [](const Input& input) {
    const Input inputs[] = {input};
    return InputsAreComplete(inputs);
  };
  EXPECT_TRUE(complete(Count("n").From("ticket")));
  EXPECT_FALSE(complete(Count("n")));
  EXPECT_FALSE(complete(Sum("n").From("ticket")));
  EXPECT_TRUE(complete(Sum("n").Of("amount").From("ticket")));
  EXPECT_FALSE(complete(Count("n").From("ticket").DuringLastDays(0)));
  EXPECT_FALSE(complete(Count("n").From("ticket").DuringLastDays(3661)));
  EXPECT_FALSE(complete(Count("n").From("ticket").During(Window::kAtEnd)));
  EXPECT_TRUE(complete(ActiveAccountsAtEnd()));
}

TEST(ChecksTest, InputNamesAreUniqueAndTitled) {
  const Input twice[] = {Count("n").Titled("n"), Count("n").Titled("again")};
  const Input untitled[] = {Count("n")};
  const Input good[] = {Count("n").Titled("n"), Count("m").Titled("m")};
  EXPECT_FALSE(InputsAreNamed(twice));
  EXPECT_FALSE(InputsAreNamed(untitled));
  EXPECT_TRUE(InputsAreNamed(good));
}

TEST(ChecksTest, SettingsKeepTheirDefaultWithinBounds) {
  const Setting good = {"a", "text", 1, 0, 2};
  EXPECT_TRUE(SettingsAreSound({good}));
  EXPECT_FALSE(SettingsAreSound({good, good}));
  EXPECT_FALSE(SettingsAreSound({Setting{"a", "text", 3, 0, 2}}));
  EXPECT_FALSE(SettingsAreSound({Setting{"a", "", 1, 0, 2}}));
}

TEST(ChecksTest, ColumnsAreNeitherBuiltInNorOfMixedKind) {
  const auto sound = [](const Column& column) {
    const Column columns[] = {column};
    return ColumnsAreSound(columns);
  };
  EXPECT_TRUE(sound(Real("minutes", "length").Between(0, 10)));
  EXPECT_FALSE(sound(Text("minutes", "length").Between(0, 10)));
  EXPECT_FALSE(sound(Real("minutes", "length").Between(10, 0)));
  EXPECT_FALSE(sound(Real("kind", "kind").OneOf({"a"})));
  EXPECT_FALSE(sound(Text("account_id", "account")));
}

}  // namespace
}  // namespace keyscore::sdk::internal
