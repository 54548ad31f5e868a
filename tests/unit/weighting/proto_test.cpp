// Profiles, target series and exceptions as messages and as stored, and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "weighting/profile_proto.h"

namespace keyscore::weighting {
namespace {

using absl::CivilDay;
using kpis::Pillar;
using ::testing::AllOf;
using ::testing::HasSubstr;

WeightProfile North() {
  WeightProfile profile = DefaultProfile();
  profile.id = "north-2018";
  ProfileContent& content = profile.content;
  content.display_name = "North, with learning";
  content.selector = {SelectorKind::kTeam, "north"};
  content.untenured_pillars = {{Pillar::kRevenue, 0.75}, {Pillar::kLearning, 0.25}};
  content.kpis = {{.kpi_id = "net_promoter_score",
                   .weight = 0.7,
                   .curve = {{-100, 0}, {20, 60}, {100, 100}},
                   .target = 45.5,
                   .missing = MissingPolicy::kBlock,
                   .basis = CurveBasis::kAttainment},
                  {.kpi_id = "churn_rate", .weight = 0},
                  {.kpi_id = "revenue_growth", .missing = MissingPolicy::kNeutral}};
  content.minimum_coverage = 0.25;
  content.band_policy = BandPolicy::kAtPeriodEnd;
  content.effective_date = CivilDay(2018, 1, 1);
  profile.revision = 3;
  profile.state = ProfileState::kApproved;
  profile.action = "approve";
  profile.reason = "Coaching year";
  profile.author = "lead@example.com";
  profile.create_time = absl::FromUnixSeconds(1'512'000'000);
  profile.draft_authors = {"ada", "bob"};
  profile.approver = "lead@example.com";
  profile.review_time = absl::FromUnixSeconds(1'400'000'000) + absl::Nanoseconds(7);
  return profile;
}

TEST(ProfileProtoTest, WritesResourceNamesEtagAndState) {
  const v1::WeightProfile message = ToProto(North());
  EXPECT_EQ(message.name(), "weightProfiles/north-2018");
  EXPECT_EQ(message.selector().team(), "teams/north");
  EXPECT_EQ(message.kpis(0).kpi(), "kpis/net_promoter_score");
  EXPECT_EQ(message.kpis(0).target(), 45.5);
  EXPECT_EQ(message.kpis(0).missing_data(), v1::MISSING_DATA_POLICY_BLOCK);
  EXPECT_EQ(message.kpis(0).curve_basis(), v1::CURVE_BASIS_ATTAINMENT);
  EXPECT_TRUE(message.kpis(1).has_weight());
  EXPECT_FALSE(message.kpis(1).has_target());
  EXPECT_FALSE(message.kpis(2).has_weight());
  EXPECT_EQ(message.tenure_bands(0).to_months(), 18);
  EXPECT_FALSE(message.tenure_bands(2).has_to_months());
  EXPECT_EQ(message.tenure_bands(0).pillars(0).pillar(), v1::PILLAR_RELATIONSHIPS);
  EXPECT_EQ(message.effective_date(), "2018-01-01");
  EXPECT_FALSE(message.has_effective_time());
  EXPECT_EQ(message.band_policy(), v1::BAND_POLICY_AT_PERIOD_END);
  EXPECT_EQ(message.state(), v1::WeightProfile::STATE_APPROVED);
  EXPECT_EQ(message.etag(), "r3");
  EXPECT_EQ(message.review_time().nanos(), 7);
}

TEST(ProfileProtoTest, AlwaysInEffectIsNoDate) {
  EXPECT_EQ(ToProto(DefaultProfile()).effective_date(), "");
  EXPECT_EQ(ContentFromProto(ToProto(DefaultProfile()))->effective_date, std::nullopt);
  EXPECT_FALSE(ToProto(DefaultProfile()).has_review_time());
}

TEST(ProfileProtoTest, NothingIsLostOnTheWayThereAndBack) {
  for (const SelectorKind kind :
       {SelectorKind::kEveryone, SelectorKind::kSegment, SelectorKind::kTeam,
        SelectorKind::kManager, SelectorKind::kAccount}) {
    WeightProfile profile = North();
    profile.content.selector = {kind, kind == SelectorKind::kEveryone ? "" : "some-id"};
    const auto content = ContentFromProto(ToProto(profile));
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_EQ(*content, profile.content);
    const auto back = ProfileFromPayload(profile.id, ToPayload(profile));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->content, profile.content);
    EXPECT_EQ(back->state, profile.state);
    EXPECT_EQ(back->draft_authors, profile.draft_authors);
    EXPECT_EQ(ToPayload(*back), ToPayload(profile));
  }
}

TEST(ProfileProtoTest, NamesEveryFieldThatCannotBeReadAtOnce) {
  v1::WeightProfile message = ToProto(North());
  message.mutable_selector()->set_team("managers/anna");
  message.mutable_tenure_bands(0)->set_to_months(4'000'000'000);
  message.mutable_tenure_bands(1)->mutable_pillars(0)->set_pillar(v1::PILLAR_UNSPECIFIED);
  message.mutable_untenured_pillars(0)->set_pillar(static_cast<v1::Pillar>(9));
  message.mutable_kpis(1)->set_kpi("churn_rate");
  message.mutable_kpis(0)->set_missing_data(static_cast<v1::MissingDataPolicy>(6));
  message.mutable_kpis(2)->set_curve_basis(static_cast<v1::CurveBasis>(-1));
  message.set_effective_date("2018-1-1");
  message.set_band_policy(static_cast<v1::BandPolicy>(3));
  const absl::Status status = ContentFromProto(message).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  for (const Fault& fault : FaultsOf(status)) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre(
                          "selector.team", "tenure_bands[0]", "tenure_bands[1].pillars[0].pillar",
                          "untenured_pillars[0].pillar", "kpis[1].kpi", "kpis[0].missing_data",
                          "kpis[2].curve_basis", "effective_date", "band_policy"));
}

TEST(ProfileProtoTest, ADayIsWholeAndExists) {
  for (const char* text : {"2018-02-30", "2018-1-1", "2018-01", "today", "2018-01-01T00:00:00",
                           " 2018-01-1", "20180101"}) {
    v1::WeightProfile message = ToProto(North());
    message.set_effective_date(text);
    EXPECT_FALSE(ContentFromProto(message).ok()) << text;
  }
}

// As the release before wrote them: an instant in place of a date, relative weights, no state.
TEST(ProfileProtoTest, APayloadOfAnEarlierReleaseIsReadAsPublished) {
  v1::WeightProfile message = ToProto(North());
  message.clear_state();
  message.clear_action();
  message.clear_effective_date();
  message.clear_review_time();
  message.mutable_effective_time()->set_seconds(1'514'764'800 + 3600);  // 2018-01-01T01:00Z
  message.mutable_kpis(0)->set_weight(2.5);
  message.mutable_kpis(1)->clear_weight();
  const auto profile = ProfileFromPayload("north-2018", message.SerializeAsString());
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->state, ProfileState::kPublished);
  EXPECT_EQ(profile->content.effective_date, CivilDay(2018, 1, 1));
  EXPECT_EQ(profile->content.kpis[0].weight, 2.5);
  EXPECT_EQ(profile->content.kpis[1].weight, 0);
  EXPECT_TRUE(CheckProfile(*profile).empty());
}

TEST(ProfileProtoTest, WhatCannotBeReadIsDataLossAndNamed) {
  v1::WeightProfile message = ToProto(North());
  message.mutable_create_time()->set_nanos(-1);
  for (const std::string& payload :
       {std::string("\xff\xff no message"), message.SerializeAsString()}) {
    const absl::Status status = ProfileFromPayload("north", payload).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("weightProfiles/north as stored"));
  }
}

TargetSeries Growth() {
  TargetSeries series;
  series.id = "growth-north";
  series.content.kpi_id = "revenue_growth";
  series.content.selector = {SelectorKind::kSegment, "retail"};
  series.content.pacing = Pacing::kSeasonal;
  series.content.points = {{CivilDay(2026, 1, 1), std::nullopt, 0.1},
                           {CivilDay(2026, 4, 1), CivilDay(2026, 7, 1), -1e-9}};
  series.content.display_name = "Growth";
  series.revision = 4;
  series.state = TargetState::kPending;
  series.reason = "plan";
  series.author = "ada";
  series.approver = "bob";
  series.create_time = absl::FromUnixSeconds(1'512'000'000);
  return series;
}

TEST(TargetProtoTest, NothingIsLostOnTheWayThereAndBack) {
  const v1::TargetSeries message = ToProto(Growth());
  EXPECT_EQ(message.name(), "targetSeries/growth-north");
  EXPECT_EQ(message.points(1).end_date(), "2026-07-01");
  EXPECT_EQ(*ContentFromProto(message), Growth().content);
  const auto back = TargetFromPayload("growth-north", ToPayload(Growth()));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->content, Growth().content);
  EXPECT_EQ(ToPayload(*back), ToPayload(Growth()));
}

TEST(TargetProtoTest, NamesEveryFieldThatCannotBeReadAtOnce) {
  v1::TargetSeries message = ToProto(Growth());
  message.set_kpi("revenue_growth");
  message.set_pacing(static_cast<v1::TargetSeries::Pacing>(7));
  message.mutable_points(0)->clear_start_date();
  message.mutable_points(1)->set_end_date("soon");
  EXPECT_THAT(std::string(ContentFromProto(message).status().message()),
              AllOf(HasSubstr("kpi: "), HasSubstr("pacing: "),
                    HasSubstr("points[0].start_date: is missing"),
                    HasSubstr("points[1].end_date: \"soon\"")));
}

ScoreOverride Leave() {
  ScoreOverride exception;
  exception.id = "leave";
  exception.subject_kind = store::SubjectKind::kTeam;
  exception.subject_id = "north";
  exception.kpi_id = "churn_rate";
  exception.score = 62.5;
  exception.start_date = CivilDay(2026, 4, 1);
  exception.expire_date = CivilDay(2026, 10, 1);
  exception.reason = "parental leave";
  exception.author = "ada";
  exception.approver = "bob";
  exception.state = OverrideState::kRevoked;
  exception.revoke_date = CivilDay(2026, 8, 1);
  exception.revoke_reason = "back early";
  exception.revision = 3;
  exception.create_time = absl::FromUnixSeconds(1'512'000'000);
  return exception;
}

TEST(OverrideProtoTest, NothingIsLostOnTheWayThereAndBack) {
  for (const auto& [kind, name] : {std::pair(store::SubjectKind::kManager, "managers/north"),
                                   std::pair(store::SubjectKind::kAccount, "accounts/north"),
                                   std::pair(store::SubjectKind::kTeam, "teams/north"),
                                   std::pair(store::SubjectKind::kOrganization, "organization")}) {
    for (const std::optional<double> score : {std::optional(62.5), std::optional<double>()}) {
      ScoreOverride exception = Leave();
      exception.subject_kind = kind;
      if (kind == store::SubjectKind::kOrganization) exception.subject_id.clear();
      exception.score = score;
      EXPECT_EQ(ToProto(exception).subject(), name);
      EXPECT_EQ(ToProto(exception).exempt(), !score.has_value());
      const auto back = OverrideFromPayload("leave", ToPayload(exception));
      ASSERT_TRUE(back.ok()) << back.status();
      EXPECT_EQ(back->subject_kind, kind);
      EXPECT_EQ(back->score, score);
      EXPECT_EQ(ToPayload(*back), ToPayload(exception));
    }
  }
}

TEST(OverrideProtoTest, StartsTodayWhereNothingIsSaid) {
  v1::ScoreOverride message = ToProto(Leave());
  message.clear_start_date();
  EXPECT_EQ(ContentFromProto(message, CivilDay(2026, 5, 5))->start_date, CivilDay(2026, 5, 5));
}

TEST(OverrideProtoTest, NamesEveryFieldThatCannotBeReadAtOnce) {
  v1::ScoreOverride message;
  message.set_subject("people/anna");
  message.set_expire_date("never");
  const absl::Status status = ContentFromProto(message, CivilDay(2026, 5, 5)).status();
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("subject: "), HasSubstr("kpi: "), HasSubstr("score: is missing"),
                    HasSubstr("expire_date: ")));
  message.set_exempt(false);
  EXPECT_THAT(std::string(ContentFromProto(message, CivilDay(2026, 5, 5)).status().message()),
              HasSubstr("exempt: must be true"));
}

TEST(ScoreOverrideTest, CountsOnItsDaysUntilItIsRevoked) {
  ScoreOverride exception = Leave();
  EXPECT_FALSE(exception.InForceOn(CivilDay(2026, 3, 31)));
  EXPECT_TRUE(exception.InForceOn(CivilDay(2026, 4, 1)));
  EXPECT_TRUE(exception.InForceOn(CivilDay(2026, 7, 31)));
  EXPECT_FALSE(exception.InForceOn(CivilDay(2026, 8, 1)));
  exception.state = OverrideState::kActive;
  exception.revoke_date.reset();
  EXPECT_TRUE(exception.InForceOn(CivilDay(2026, 9, 30)));
  EXPECT_FALSE(exception.InForceOn(CivilDay(2026, 10, 1)));
  exception.state = OverrideState::kPending;
  EXPECT_FALSE(exception.InForceOn(CivilDay(2026, 4, 1)));
}

TEST(ScoreOverrideTest, NamesEveryFaultAtOnce) {
  ScoreOverride exception = Leave();
  EXPECT_TRUE(CheckScoreOverride(exception).empty());
  exception.id = "-";
  exception.subject_id.clear();
  exception.kpi_id.clear();
  exception.score = 100.5;
  exception.expire_date = exception.start_date + 367;
  exception.reason.clear();
  std::vector<std::string> fields;
  for (const Fault& fault : CheckScoreOverride(exception)) fields.push_back(fault.field);
  EXPECT_EQ(fields,
            (std::vector<std::string>{"name", "subject", "kpi", "score", "expire_date", "reason"}));
  exception = Leave();
  exception.expire_date = exception.start_date + 366;
  EXPECT_TRUE(CheckScoreOverride(exception).empty());
  exception.expire_date.reset();
  EXPECT_EQ(CheckScoreOverride(exception).at(0).phrase,
            "is missing; say when it ends, at most 366 days after its start");
}

}  // namespace
}  // namespace keyscore::weighting
