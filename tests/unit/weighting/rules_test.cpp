// From histories to the days each revision counts for, and what has to hold over all of them.
#include "weighting/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/weighting/rules_of.h"

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using ::testing::AllOf;
using ::testing::HasSubstr;

const CivilDay kAlways = CivilDay::min();
const CivilDay kNoEnd = CivilDay::max();

// Revisions are made at noon, one a day from 1 January 2026 on.
class HistoryOf {
 public:
  HistoryOf& Step(const std::string& action, ProfileState state,
                  std::optional<CivilDay> effective = std::nullopt) {
    WeightProfile revision = For("north", SelectorKind::kTeam, "north", effective);
    revision.action = action;
    revision.state = state;
    revision.revision = static_cast<int64_t>(revisions_.size()) + 1;
    revision.create_time = absl::FromCivil(CivilDay(2026, 1, 1), absl::UTCTimeZone()) +
                           absl::Hours(24 * revisions_.size() + 12);
    revisions_.push_back(std::move(revision));
    return *this;
  }
  HistoryOf& Draft(CivilDay effective) { return Step("update", ProfileState::kDraft, effective); }
  HistoryOf& Publish(std::optional<CivilDay> effective = std::nullopt) {
    return Step("publish", ProfileState::kPublished, effective);
  }
  HistoryOf& Rollback(CivilDay effective) {
    return Step("rollback", ProfileState::kPublished, effective);
  }

  struct Span {
    int64_t revision;
    CivilDay from;
    CivilDay until;
    bool operator==(const Span&) const = default;
  };
  std::vector<Span> Replayed() const {
    std::vector<Span> spans;
    for (const Version& version : Replay(revisions_, absl::UTCTimeZone())) {
      spans.push_back({version.profile.revision, version.from, version.until});
    }
    return spans;
  }
  std::vector<WeightProfile> revisions_;
};

using Spans = std::vector<HistoryOf::Span>;

TEST(ReplayTest, DraftsCountForNothing) {
  EXPECT_EQ(HistoryOf().Draft(CivilDay(2026, 1, 1)).Replayed(), Spans());
  EXPECT_EQ(HistoryOf().Publish().Draft(CivilDay(2026, 2, 1)).Replayed(),
            (Spans{{1, kAlways, kNoEnd}}));
}

TEST(ReplayTest, APublicationCountsUntilTheNextOnesDate) {
  const CivilDay february(2026, 2, 1);
  const CivilDay june(2026, 6, 1);
  EXPECT_EQ(HistoryOf().Publish().Publish(june).Publish(february).Replayed(),
            (Spans{{1, kAlways, february}, {3, february, june}, {2, june, kNoEnd}}));
}

TEST(ReplayTest, OneForTheSameDateTakesTheEarliersPlace) {
  const CivilDay june(2026, 6, 1);
  EXPECT_EQ(HistoryOf().Publish().Publish(june).Publish(june).Replayed(),
            (Spans{{1, kAlways, june}, {3, june, kNoEnd}}));
  EXPECT_EQ(HistoryOf().Publish().Publish().Replayed(), (Spans{{2, kAlways, kNoEnd}}));
}

TEST(ReplayTest, ARollbackCutsWhatWasPublishedForItsDateOrLater) {
  const CivilDay march(2026, 3, 1);
  const CivilDay june(2026, 6, 1);
  const CivilDay july(2026, 7, 1);
  HistoryOf history;
  history.Publish().Publish(march).Publish(june).Publish(july);
  EXPECT_EQ(HistoryOf(history).Rollback(june).Replayed(),
            (Spans{{1, kAlways, march}, {2, march, june}, {5, june, kNoEnd}}));
  EXPECT_EQ(HistoryOf(history).Rollback(CivilDay(2026, 3, 2)).Replayed(),
            (Spans{{1, kAlways, march},
                   {2, march, CivilDay(2026, 3, 2)},
                   {5, CivilDay(2026, 3, 2), kNoEnd}}));
  // A publication, in contrast, leaves what comes later alone.
  EXPECT_EQ(HistoryOf(history).Publish(CivilDay(2026, 3, 2)).Replayed().size(), 5);
}

TEST(ReplayTest, ADeletionEndsEverythingFromItsDayOn) {
  const CivilDay june(2026, 6, 1);
  HistoryOf history;
  // Deleted on 3 January.
  history.Publish().Publish(june).Step("delete", ProfileState::kDeleted);
  EXPECT_EQ(history.Replayed(), (Spans{{1, kAlways, CivilDay(2026, 1, 3)}}));
  // What is published afterwards for a later day leaves a gap, for an earlier one none.
  EXPECT_EQ(HistoryOf(history).Publish(june).Replayed(),
            (Spans{{1, kAlways, CivilDay(2026, 1, 3)}, {4, june, kNoEnd}}));
  EXPECT_EQ(HistoryOf(history).Publish(CivilDay(2025, 1, 1)).Replayed(),
            (Spans{{1, kAlways, CivilDay(2025, 1, 1)}, {4, CivilDay(2025, 1, 1), kNoEnd}}));
}

TEST(ReplayTest, TheDayOfADeletionIsTheReportingZones) {
  absl::TimeZone kiritimati;
  ASSERT_TRUE(absl::LoadTimeZone("Pacific/Kiritimati", &kiritimati));
  HistoryOf history;
  history.Publish().Step("delete", ProfileState::kDeleted);
  // Noon of 2 January in UTC is 02:00 of the 3rd there.
  EXPECT_EQ(Replay(history.revisions_, absl::UTCTimeZone())[0].until, CivilDay(2026, 1, 2));
  EXPECT_EQ(Replay(history.revisions_, kiritimati)[0].until, CivilDay(2026, 1, 3));
}

TEST(ReplayTest, ReviewsAndDroppedDraftsPublishNothing) {
  const CivilDay june(2026, 6, 1);
  HistoryOf history;
  history.Publish().Publish(june).Rollback(june).Draft(june);
  history.Step("discard", ProfileState::kPublished).Step("review", ProfileState::kPublished);
  history.revisions_.back().review_time = absl::FromUnixSeconds(99);
  EXPECT_EQ(history.Replayed(), (Spans{{1, kAlways, june}, {3, june, kNoEnd}}));
  // The review is that of what counts.
  EXPECT_EQ(Replay(history.revisions_, absl::UTCTimeZone())[1].profile.review_time,
            absl::FromUnixSeconds(99));
}

TEST(FindClashesTest, TwoIdsForOneSelectorOnOneDayAreAmbiguous) {
  std::vector<Version> versions =
      RulesOf({DefaultProfile(), For("a", SelectorKind::kTeam, "north"),
               For("b", SelectorKind::kTeam, "north", CivilDay(2026, 6, 1)),
               For("c", SelectorKind::kTeam, "south")})
          .versions;
  const std::vector<Clash> clashes = FindClashes(versions);
  ASSERT_EQ(clashes.size(), 1);
  EXPECT_EQ(clashes[0].first->profile.id, "a");
  EXPECT_EQ(clashes[0].second->profile.id, "b");
  // One after the other they are fine.
  versions[1].until = CivilDay(2026, 6, 1);
  EXPECT_TRUE(FindClashes(versions).empty());
  versions[1].until = CivilDay(2026, 6, 2);
  EXPECT_EQ(FindClashes(versions).size(), 1);
}

TEST(FindClashesTest, EveryPairIsNamedOnce) {
  // A long one over two short ones with a gap in between, and each of them twice.
  std::vector<Version> versions =
      RulesOf({DefaultProfile(), For("long", SelectorKind::kTeam, "north"),
               For("a", SelectorKind::kTeam, "north", CivilDay(2026, 1, 1)),
               For("a", SelectorKind::kTeam, "north", CivilDay(2026, 2, 1)),
               For("b", SelectorKind::kTeam, "north", CivilDay(2026, 6, 1))})
          .versions;
  versions[2].until = CivilDay(2026, 2, 1);
  versions[3].until = CivilDay(2026, 3, 1);
  EXPECT_EQ(FindClashes(versions).size(), 2);
}

TEST(FirstDayWithoutProfileTest, ThereMustAlwaysBeAProfileForEveryone) {
  std::vector<Version> versions =
      RulesOf({For("a", SelectorKind::kEveryone), For("b", SelectorKind::kTeam, "north")}).versions;
  EXPECT_EQ(FirstDayWithoutProfile(versions, kAlways), std::nullopt);
  versions[0].until = CivilDay(2026, 6, 1);
  EXPECT_EQ(FirstDayWithoutProfile(versions, CivilDay(2026, 1, 1)), CivilDay(2026, 6, 1));
  EXPECT_EQ(FirstDayWithoutProfile(versions, CivilDay(2026, 9, 1)), CivilDay(2026, 9, 1));
  versions.push_back({.profile = For("c", SelectorKind::kEveryone),
                      .from = CivilDay(2026, 6, 3),
                      .until = kNoEnd});
  EXPECT_EQ(FirstDayWithoutProfile(versions, CivilDay(2026, 1, 1)), CivilDay(2026, 6, 1));
  EXPECT_EQ(FirstDayWithoutProfile(versions, CivilDay(2026, 6, 3)), std::nullopt);
}

TEST(BuiltInRulesTest, AreTheDefaultForEveryDay) {
  const auto rules = BuiltInRules();
  ASSERT_EQ(rules->versions.size(), 1);
  EXPECT_TRUE(rules->versions[0].Holds(CivilDay(1970, 1, 1)));
  EXPECT_EQ(rules->changed_at, absl::InfinitePast());
  EXPECT_EQ(FirstDayWithoutProfile(rules->versions, kAlways), std::nullopt);
}

}  // namespace
}  // namespace keyscore::weighting
