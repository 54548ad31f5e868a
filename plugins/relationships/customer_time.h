// How much time is spent with the client, and how much of it to teach.
#pragma once

#include "plugins/relationships/inputs.h"

namespace keyscore::catalogue {

struct CustomerTime : Kpi<CustomerTime> {
  static constexpr Definition kDefinition = {
      .id = "customer_time",
      .title = "Customer time",
      .description =
          "Hours spent with each active account per 30 days. An interaction without a noted length "
          "counts as no time.",
      .formula =
          "minutes of the interactions in the period / 60, per active account at its end, per 30 "
          "days",
      .unit = "hours / account / 30 d",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 30,
      .curve = {{0, 0}, {1, 40}, {3, 75}, {6, 100}},
      .target = 3,
      .target_source =
          "Placeholder for mid-size accounts, three hours a month with each: there is no industry "
          "figure, set your own.",
      .actions = {
          "Move reports and internal meetings out of the two days a week that belong to clients.",
          "Visit the accounts with the least time this month in person.",
          "Note the minutes of every interaction: what is not noted does not count."}};
  static constexpr Input kInputs[] = {
      Sum("minutes").Of("minutes").From("interaction").Titled("minutes together").In("minutes"),
      Count("interactions")
          .Of("minutes")
          .From("interaction")
          .Titled("interactions with a noted length"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return PerAccountPer30Days(row["minutes"] / 60, row["active_accounts"], row.period_days())
        .WithSample(row["interactions"]);
  }
};

struct CustomerEducation : Kpi<CustomerEducation> {
  static constexpr Definition kDefinition = {
      .id = "customer_education",
      .title = "Customer education",
      .description =
          "Hours of training and explaining given to each active account per 30 days: the "
          "interactions whose topic is education.",
      .formula =
          "minutes of the interactions about education in the period / 60, per active account at "
          "its end, per 30 days",
      .unit = "hours / account / 30 d",
      .pillar = Pillar::kRelationships,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kHigh,
      .cadence_days = 92,
      .curve = {{0, 0}, {0.25, 40}, {0.5, 75}, {1.5, 100}},
      .target = 0.5,
      .target_source =
          "Placeholder, half an hour a month with each account: there is no industry figure, set "
          "your own.",
      .actions = {
          "Offer the three accounts that use the least of what they bought a short training.",
          "Hold one session for several accounts with the same question.",
          "Turn the question that comes back most often into a half-hour lesson."}};
  static constexpr Input kInputs[] = {
      Sum("minutes")
          .Of("minutes")
          .From("interaction")
          .Where("topic = 'education'")
          .Titled("minutes of education")
          .In("minutes"),
      Count("sessions")
          .Of("minutes")
          .From("interaction")
          .Where("topic = 'education'")
          .Titled("interactions about education with a noted length"),
      ActiveAccountsAtEnd()};

  Result Evaluate(const Row& row) const {
    return PerAccountPer30Days(row["minutes"] / 60, row["active_accounts"], row.period_days())
        .WithSample(row["sessions"]);
  }
};

}  // namespace keyscore::catalogue
