// A server with the small world on it, whose weightings are changed by several people.
#pragma once

#include <google/protobuf/text_format.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "support/server_fixture.h"

namespace keyscore::testing {

// A message from its text form; a mistake there is a failure of the test.
template <class Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// Relationships, revenue and retention.
inline std::string Pillars(const std::string& field, double relationships, double revenue,
                           double retention) {
  std::string text;
  for (const auto& [pillar, weight] :
       {std::pair("PILLAR_RELATIONSHIPS", relationships), std::pair("PILLAR_REVENUE", revenue),
        std::pair("PILLAR_RETENTION", retention)}) {
    text += field + " { pillar: " + pillar + " weight: " + std::to_string(weight) + " } ";
  }
  return text;
}

// A profile of these pillar weights for everybody that `selector` (text form, "" = everyone) names.
inline v1::WeightProfile FlatProfile(const std::string& id, const std::string& selector,
                                     double relationships, double revenue, double retention) {
  auto profile =
      Parsed<v1::WeightProfile>(Pillars("untenured_pillars", relationships, revenue, retention) +
                                (selector.empty() ? "" : "selector { " + selector + " }"));
  profile.set_name("weightProfiles/" + id);
  profile.set_display_name(id);
  profile.set_minimum_coverage(0.01);
  return profile;
}

inline std::string ReasonOf(const absl::Status& status) { return client::DetailsOf(status).reason; }
template <class T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

class WeightingCase : public SmallWorldTest {
 protected:
  void StartAgain(const ServerOptions& options) {
    people_.clear();
    StartServer(options);
  }

  // The client of somebody with a name.
  client::Client& As(const std::string& user) {
    std::unique_ptr<client::Client>& client = people_[user];
    if (client == nullptr) {
      client::ConnectOptions options;
      options.timeout = absl::Minutes(2);
      options.user = user;
      auto connected = client::Connect(server_->address(), options);
      EXPECT_THAT(connected, IsOk());
      client = *std::move(connected);
    }
    return *client;
  }

  absl::StatusOr<v1::WeightProfile> Create(const v1::WeightProfile& profile,
                                           const std::string& user = "ada") {
    v1::CreateWeightProfileRequest request;
    request.set_weight_profile_id(profile.name().substr(sizeof("weightProfiles/") - 1));
    *request.mutable_weight_profile() = profile;
    request.set_reason("as agreed");
    return As(user).CreateWeightProfile(request);
  }

  absl::StatusOr<v1::WeightProfile> Update(const v1::WeightProfile& profile,
                                           const std::string& user = "ada") {
    v1::UpdateWeightProfileRequest request;
    *request.mutable_weight_profile() = profile;
    request.mutable_update_mask()->add_paths("*");
    request.set_reason("as agreed");
    return As(user).UpdateWeightProfile(request);
  }

  absl::StatusOr<v1::WeightProfile> Approve(const std::string& id, const std::string& user) {
    v1::ApproveWeightProfileRequest request;
    request.set_name("weightProfiles/" + id);
    request.set_reason("looked at");
    return As(user).ApproveWeightProfile(request);
  }

  absl::StatusOr<v1::WeightProfile> Publish(const std::string& id, const std::string& date,
                                            const std::string& user = "ada") {
    v1::PublishWeightProfileRequest request;
    request.set_name("weightProfiles/" + id);
    request.set_reason("from then on");
    request.set_effective_date(date);
    return As(user).PublishWeightProfile(request);
  }

  // Puts the profile in force, a new one or in place of what there is.
  absl::StatusOr<v1::WeightProfile> PutInForce(const v1::WeightProfile& profile,
                                               const std::string& date = "") {
    auto drafted = Create(profile);
    if (drafted.status().code() == absl::StatusCode::kAlreadyExists) drafted = Update(profile);
    if (!drafted.ok()) return drafted;
    return Publish(profile.name().substr(sizeof("weightProfiles/") - 1), date);
  }

  absl::StatusOr<v1::WeightProfile> Get(const std::string& id) {
    v1::GetWeightProfileRequest request;
    request.set_name("weightProfiles/" + id);
    return client().GetWeightProfile(request);
  }

  // All revisions, oldest first.
  std::vector<v1::WeightProfile> History(const std::string& id) {
    v1::ListWeightProfileRevisionsRequest request;
    request.set_parent("weightProfiles/" + id);
    request.set_page_size(1000);
    const auto listed = client().ListWeightProfileRevisions(request);
    EXPECT_THAT(listed, IsOk());
    if (!listed.ok()) return {};
    EXPECT_EQ(listed->next_page_token(), "");
    return {listed->revisions().rbegin(), listed->revisions().rend()};
  }

  v1::WeightResolution Resolve(const std::string& subject, const std::string& date) {
    v1::ResolveWeightsRequest request;
    request.set_subject(subject);
    request.set_date(date);
    const auto resolution = client().ResolveWeights(request);
    EXPECT_THAT(resolution, IsOk());
    return resolution.ok() ? *resolution : v1::WeightResolution();
  }

  // The card with other weights than the period's, or as known earlier.
  v1::Scorecard CardOf(const v1::GetScorecardRequest& request) {
    const auto card = client().GetScorecard(request);
    EXPECT_THAT(card, IsOk()) << request.ShortDebugString();
    return card.ok() ? *card : v1::Scorecard();
  }
  v1::Scorecard CardOf(const std::string& name) {
    v1::GetScorecardRequest request;
    request.set_name(name);
    return CardOf(request);
  }

  // Creates an exception that lasts from 20 days ago to 30 days ahead; the rest in text form.
  void CreateException(const std::string& id, const std::string& text) {
    const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
    v1::CreateScoreOverrideRequest request;
    request.set_score_override_id(id);
    v1::ScoreOverride& exception = *request.mutable_score_override();
    exception = Parsed<v1::ScoreOverride>(text);
    exception.set_start_date(absl::FormatCivilTime(today - 20));
    exception.set_reason("the flood");
    EXPECT_THAT(As("ada").CreateScoreOverride(request),
                RefusedField(absl::StatusCode::kInvalidArgument, "score_override.expire_date"));
    exception.set_expire_date(absl::FormatCivilTime(today + 30));
    const auto created = As("ada").CreateScoreOverride(request);
    ASSERT_THAT(created, IsOk());
    EXPECT_EQ(created->state(), v1::ScoreOverride::STATE_PENDING);
  }

  void ApproveException(const std::string& id) {
    v1::ApproveScoreOverrideRequest request;
    request.set_name("scoreOverrides/" + id);
    request.set_reason("so it was");
    ASSERT_THAT(As("bob").ApproveScoreOverride(request), IsOk());
  }

  v1::VerifyAuditLogResponse Verify() {
    const auto verified = client().VerifyAuditLog({});
    EXPECT_THAT(verified, IsOk());
    return verified.ok() ? *verified : v1::VerifyAuditLogResponse();
  }

 private:
  std::map<std::string, std::unique_ptr<client::Client>> people_;
};

// Nominal weight of a pillar on a card; 0 where it isn't there.
inline double WeightOf(const v1::Scorecard& card, v1::Pillar pillar) {
  for (const v1::PillarScore& score : card.pillars()) {
    if (score.pillar() == pillar) return score.nominal_weight();
  }
  return 0;
}
inline double WeightOf(const v1::WeightResolution& resolution, v1::Pillar pillar) {
  for (const v1::PillarWeight& weight : resolution.pillars()) {
    if (weight.pillar() == pillar) return weight.weight();
  }
  return 0;
}

// The message without a field, for comparisons.
inline std::string WithoutReceipt(v1::Scorecard card) {
  card.clear_receipt();
  return card.DebugString();
}

}  // namespace keyscore::testing
