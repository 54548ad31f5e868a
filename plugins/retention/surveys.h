// What clients say when they are asked.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct NetPromoterScore : Kpi<NetPromoterScore> {
  static constexpr Definition kDefinition = {
      .id = "net_promoter_score",
      .title = "Net promoter score",
      .description =
          "Whether clients would recommend us, from 0 to 10: the share of promoters (9 "
          "or 10) minus the share of detractors (6 or less).",
      .formula = "% of answers 9–10 minus % of answers 0–6, of the answers in the period",
      .unit = "−100 to 100",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .default_weight = 1,
      .curve = {{-100, 0}, {0, 40}, {20, 60}, {50, 85}, {80, 100}},
      .target = 40,
      .target_source =
          "Rule of thumb: above 0 is fair, about 40 usual among business clients, "
          "above 50 excellent.",
      .actions = {"Call every detractor within two working days and ask what went wrong.",
                  "Ask promoters for a reference or an introduction while they are pleased.",
                  "Tell all who answered what you changed because of it."}};
  static constexpr Input kInputs[] = {
      Count("promoters")
          .From("survey_response")
          .Where("instrument = 'nps' and score >= 9")
          .Titled("answers 9 or 10"),
      Count("detractors")
          .From("survey_response")
          .Where("instrument = 'nps' and score <= 6")
          .Titled("answers 0 to 6"),
      Count("responses").From("survey_response").Where("instrument = 'nps'").Titled("answers")};

  Result Evaluate(const Row& row) const {
    return NetPromoter(row["promoters"], row["detractors"], row["responses"]);
  }
};

struct CustomerSatisfaction : Kpi<CustomerSatisfaction> {
  static constexpr Definition kDefinition = {
      .id = "customer_satisfaction",
      .title = "Customer satisfaction",
      .description = "Share of the satisfaction answers of 4 or 5 out of 5.",
      .formula = "answers of 4 or more / satisfaction answers in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kShared,
      .cadence_days = 182,
      .curve = {{40, 0}, {60, 40}, {80, 75}, {95, 100}},
      .target = 80,
      .target_source = "Rule of thumb: 75 to 85 % satisfied is usual, above 90 % excellent.",
      .actions = {"Read the comments of those who gave 3 or less and answer each of them.",
                  "Agree with service on the one cause that is named most often."}};
  static constexpr Input kInputs[] = {
      Count("satisfied")
          .From("survey_response")
          .Where("instrument = 'csat' and score >= 4")
          .Titled("satisfied answers"),
      Count("responses").From("survey_response").Where("instrument = 'csat'").Titled("answers")};

  Result Evaluate(const Row& row) const { return Percentage(row["satisfied"], row["responses"]); }
};

struct RepFeedback : Kpi<RepFeedback> {
  static constexpr Definition kDefinition = {
      .id = "rep_feedback",
      .title = "Feedback on the manager",
      .description = "How clients rate the manager who looks after them, from 1 to 5.",
      .formula = "mean score of the answers about the manager in the period",
      .unit = "1–5",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kHigh,
      .cadence_days = 182,
      .curve = {{2, 0}, {3, 40}, {4.2, 75}, {4.8, 100}},
      .target = 4.2,
      .target_source = "Rule of thumb: people one knows are rated kindly, 4 to 4.5 of 5 is usual.",
      .actions = {
          "Ask the client who rated lowest what one thing you should do differently.",
          "Answer every client within a working day, if only to say when the answer comes.",
          "Let your lead visit one account a quarter without you and bring back what they heard."}};
  static constexpr Input kInputs[] = {Sum("score")
                                          .Of("score")
                                          .From("survey_response")
                                          .Where("instrument = 'rep_feedback'")
                                          .Titled("scores added up (1 to 5 each)"),
                                      Sum("score_squares")
                                          .Of("score * score")
                                          .From("survey_response")
                                          .Where("instrument = 'rep_feedback'")
                                          .Titled("squares of the scores added up"),
                                      Count("responses")
                                          .Of("score")
                                          .From("survey_response")
                                          .Where("instrument = 'rep_feedback'")
                                          .Titled("answers")};

  Result Evaluate(const Row& row) const {
    return Mean(row["score"], row["score_squares"], row["responses"]).Within(1, 5);
  }
};

}  // namespace keyscore::catalogue
