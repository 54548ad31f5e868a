// A server that is killed while weightings are put in force has put in force all of a set or none,
// nothing that was acknowledged is lost, and its audit log is sound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "integration/weighting_case.h"

namespace keyscore::testing {
namespace {

constexpr int kKills = 6;
constexpr int kProfiles = 5;

class WeightingCrashTest : public WeightingCase {
 protected:
  void SetUp() override { StartServer({.data = folder_ / "data"}); }

  // The set of a version: every profile, and a target, says its number.
  static v1::WeightSet SetOf(int version) {
    v1::WeightSet set;
    for (int i = 0; i < kProfiles; ++i) {
      *set.add_profiles() = FlatProfile(absl::StrCat("segment-", i),
                                        absl::StrCat("segment: 's", i, "'"), 0.5, 0.25, 0.25);
      set.mutable_profiles(i)->set_minimum_coverage(version / 1e6);
    }
    *set.add_target_series() =
        Parsed<v1::TargetSeries>(absl::StrCat("name: 'targetSeries/plan' kpi: 'kpis/churn_rate' "
                                              "points { start_date: '2024-01-01' value: ",
                                              version, " }"));
    return set;
  }

  // The version of everything that is in force; fails where they differ. 0 = there is nothing.
  int VersionInForce() {
    const auto set = client().ExportWeights({});
    EXPECT_THAT(set, IsOk());
    if (!set.ok()) return -1;
    std::map<int, int> seen;
    for (const v1::WeightProfile& profile : set->profiles()) {
      if (profile.name() == "weightProfiles/default") continue;
      ++seen[static_cast<int>(std::lround(profile.minimum_coverage() * 1e6))];
    }
    for (const v1::TargetSeries& series : set->target_series()) {
      ++seen[static_cast<int>(series.points(0).value())];
    }
    if (seen.empty()) return 0;
    EXPECT_EQ(seen.size(), 1u) << set->DebugString();
    EXPECT_EQ(seen.begin()->second, kProfiles + 1);
    return seen.begin()->first;
  }

  const TempDir folder_;
};

TEST_F(WeightingCrashTest, ASetIsInForceAsAWholeOrNotAtAll) {
  std::mt19937 random(20240501);
  int version = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    std::atomic<int> acknowledged = VersionInForce();
    ASSERT_GE(acknowledged, 0);
    version = acknowledged;
    std::thread admin([&] {
      for (;;) {
        v1::ApplyWeightsRequest apply;
        *apply.mutable_set() = SetOf(++version);
        apply.set_reason(absl::StrCat("version ", version));
        if (!client().ApplyWeights(apply).ok()) return;
        acknowledged = version;
      }
    });
    absl::SleepFor(absl::Milliseconds(20 + static_cast<int>(random() % 400)));
    server_->Kill();
    admin.join();
    StartAgain({.data = folder_ / "data"});
    const int in_force = VersionInForce();
    EXPECT_GE(in_force, acknowledged);  // nothing acknowledged is lost,
    EXPECT_LE(in_force, version);       // and what was on its way may have arrived
    const v1::VerifyAuditLogResponse verified = Verify();
    EXPECT_TRUE(verified.sound()) << verified.DebugString();
    EXPECT_EQ(verified.entries(), in_force);
  }
  EXPECT_GT(version, kKills);
}

TEST_F(WeightingCrashTest, APublicationIsThereWithItsAuditEntryOrNotAtAll) {
  ASSERT_THAT(Create(SetOf(1).profiles(0)), IsOk());
  std::mt19937 random(20240502);
  for (int kill = 0; kill < 3; ++kill) {
    std::atomic<int64_t> acknowledged = Get("segment-0")->revision();
    std::thread admin([&] {
      for (int i = 2;; ++i) {
        const auto drafted = Update(SetOf(i).profiles(0));
        if (!drafted.ok()) return;
        acknowledged = drafted->revision();
        const auto published = Publish("segment-0", "");
        if (!published.ok()) return;
        acknowledged = published->revision();
      }
    });
    absl::SleepFor(absl::Milliseconds(50 + static_cast<int>(random() % 300)));
    server_->Kill();
    admin.join();
    StartAgain({.data = folder_ / "data"});
    const auto newest = Get("segment-0");
    ASSERT_THAT(newest, IsOk());
    EXPECT_GE(newest->revision(), acknowledged);
    EXPECT_LE(newest->revision(), acknowledged + 1);
    const v1::VerifyAuditLogResponse verified = Verify();
    EXPECT_TRUE(verified.sound()) << verified.DebugString();
    EXPECT_EQ(verified.entries(), newest->revision());  // one a revision
    EXPECT_EQ(verified.documents(), newest->revision());
  }
}

}  // namespace
}  // namespace keyscore::testing
