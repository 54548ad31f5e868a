// Whether tickets are resolved as promised: in time, and at the first contact.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

struct SlaAttainment : Kpi<SlaAttainment> {
  static constexpr Definition kDefinition = {
      .id = "sla_attainment",
      .title = "SLA attainment",
      .description =
          "Share of the resolved tickets with an agreed date that were resolved by that day.",
      .formula =
          "tickets resolved by the end of their SLA day / tickets that have one, resolved in the "
          "period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 90,
      .curve = {{70, 0}, {85, 40}, {95, 75}, {99, 100}},
      .target = 95,
      .target_source = "Rule of thumb: service agreements are commonly written for 90 to 95 %.",
      .actions = {
          "Look every morning at the tickets of your accounts that are due this week.",
          "Go through the last ten misses with service, and agree on the most frequent cause.",
          "Call the client before the date is missed, not after."}};
  static constexpr Input kInputs[] = {
      Count("resolved_in_time")
          .From("ticket")
          .Where("calendar_day(resolved_at) <= calendar_day(sla_due_at)")
          .By("resolved_at")
          .Titled("of these, resolved by their SLA day"),
      Count("resolved")
          .Of("sla_due_at")
          .From("ticket")
          .By("resolved_at")
          .Titled("tickets resolved that have an SLA day")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["resolved_in_time"], row["resolved"]);
  }
};

struct FirstContactResolution : Kpi<FirstContactResolution> {
  static constexpr Definition kDefinition = {
      .id = "first_contact_resolution",
      .title = "First contact resolution",
      .description =
          "Share of the resolved tickets that took a single contact. Tickets whose contacts were "
          "not counted are left out.",
      .formula =
          "tickets resolved with one contact / tickets with a known number of contacts, resolved "
          "in the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLagging,
      .control = Control::kLow,
      .cadence_days = 90,
      .curve = {{30, 0}, {55, 40}, {70, 75}, {85, 100}},
      .target = 70,
      .target_source = "Rule of thumb of contact centres: about 70 % is usual, 80 % very good.",
      .actions = {
          "Give first-line support the page on each key account that it keeps asking you for.",
          "Find the question that most often takes a second contact, and write down its answer."}};
  static constexpr Input kInputs[] = {Count("first_contact")
                                          .From("ticket")
                                          .Where("contacts_to_resolve = 1")
                                          .By("resolved_at")
                                          .Titled("tickets resolved with one contact"),
                                      Count("resolved")
                                          .Of("contacts_to_resolve")
                                          .From("ticket")
                                          .By("resolved_at")
                                          .Titled("tickets resolved whose contacts were counted")};

  Result Evaluate(const Row& row) const {
    return Percentage(row["first_contact"], row["resolved"]);
  }
};

}  // namespace keyscore::catalogue
