// How likely an account is to leave, and which sign says so.
#pragma once

#include <algorithm>
#include <cmath>

#include "plugins/inputs.h"

namespace keyscore::catalogue {

// The bounds of every coefficient: e^20 is half a billion to one.
constexpr Setting Coefficient(std::string_view name, std::string_view description, double value) {
  return {name, description, value, -20, 20};
}

struct CustomerDefectionRisk : Kpi<CustomerDefectionRisk> {
  static constexpr Definition kDefinition = {
      .id = "customer_defection_risk",
      .title = "Customer defection risk",
      .description =
          "How likely an active account is to leave within 180 days, from 0 to 100, by five signs: "
          "silence, detractors, open tickets, falling revenue, and a contract due soon. Accounts "
          "weigh by their revenue of the last year. The explanation shows each sign and its part.",
      .formula =
          "100 / (1 + exp(−(intercept + Σ coefficient × signal))) with the signals contact_gap = "
          "days since the last contact / 30, at most 6; detractor_share = scores 0–6 / nps scores "
          "in 365 days; ticket_backlog = open tickets, at most 5; revenue_decline = 1 − revenue of "
          "the last 182 days / revenue of the 182 days before, within 0 and 1; contract_due_soon = "
          "1 where a pending contract is due within 180 days, else 0",
      .unit = "0–100",
      .pillar = Pillar::kRetention,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 30,
      .rollup = Rollup::kAccounts,
      .curve = {{2, 100}, {5, 75}, {20, 40}, {50, 0}},
      .target = 5,
      .target_source =
          "Placeholder: the default coefficients are judgement, not fitted to anybody's clients. "
          "Fit them to the accounts you lost, then set your own target.",
      .actions =
          {"Open the explanation, and work on the sign with the largest part first.",
           "Visit the account with the largest revenue at risk within two weeks.",
           "Bring service and your lead together on accounts above 50, with one plan for each."},
      .settings = {
          Coefficient("intercept", "log odds of leaving where no sign shows", -4),
          Coefficient("contact_gap", "added to the log odds for each 30 days without contact", 0.5),
          Coefficient("detractor_share",
                      "added where all nps scores are 0 to 6, proportionally less below", 1.5),
          Coefficient("ticket_backlog", "added for each open ticket", 0.3),
          Coefficient("revenue_decline",
                      "added where all revenue is gone, proportionally less below", 2),
          Coefficient("contract_due_soon", "added where a pending contract is due within 180 days",
                      0.7)}};
  static constexpr Input kInputs[] = {
      ActiveAccountsAtEnd(), LastContact(), AccountStart(),
      Count("detractors")
          .From("survey_response")
          .Where("instrument = 'nps' and score <= 6")
          .DuringLastDays(365)
          .Optional()
          .Titled("nps answers 0 to 6"),
      Count("responses")
          .From("survey_response")
          .Where("instrument = 'nps'")
          .DuringLastDays(365)
          .Optional()
          .Titled("nps answers"),
      Count("open_tickets")
          .From("ticket")
          .AtEnd("resolved_at")
          .Optional()
          .Titled("tickets open at the end of the period"),
      Revenue().DuringLastDays(365).Titled("revenue of the last 365 days"),
      Revenue("revenue_recent").DuringLastDays(182).Titled("revenue of the last 182 days"),
      // The 182 days before: T(364) without T(182), whose days are counted in the reporting zone.
      Revenue("revenue_earlier")
          .Where("calendar_day(occurred_at) < calendar_day(period_to) - 182")
          .DuringLastDays(364)
          .Titled("revenue of the 182 days before"),
      Count("contracts_due")
          .From("contract")
          .Where("outcome = 'pending'")
          .DuringNextDays(180)
          .Optional()
          .Titled("pending contracts due within 180 days")};
  static constexpr Figure kDetails[] = {
      {"intercept", "log odds where no sign shows", "log odds"},
      {"contact_gap", "time without contact, at most 6", "30 days"},
      {"contact_gap_part", "part of the time without contact", "log odds"},
      {"detractor_share", "share of detractors", "0 to 1"},
      {"detractor_share_part", "part of the detractors", "log odds"},
      {"ticket_backlog", "open tickets, at most 5", "tickets"},
      {"ticket_backlog_part", "part of the open tickets", "log odds"},
      {"revenue_decline", "share of the revenue that is gone", "0 to 1"},
      {"revenue_decline_part", "part of the falling revenue", "log odds"},
      {"contract_due_soon", "1 where a pending contract is due", "0 or 1"},
      {"contract_due_soon_part", "part of the contract due soon", "log odds"},
      {"log_odds", "sum of the intercept and all parts", "log odds"}};

  explicit CustomerDefectionRisk(const Settings& settings) : settings(settings) {}

  Result Evaluate(const Row& row, Details& details) const {
    if (!(row["active_accounts"] > 0)) return Result::NoData();
    const Number gap = ContactGap(row);
    if (gap.IsNull()) return Result::NoData();
    const double detractors = (row["detractors"] / row["responses"]).value();
    const double backlog = std::min(row["open_tickets"].value(), 5.0);
    const double due = row["contracts_due"] > 0 ? 1 : 0;

    const double intercept = settings["intercept"];
    const double gap_part = settings["contact_gap"] * gap.value();
    const double detractor_part = settings["detractor_share"] * detractors;
    const double backlog_part = settings["ticket_backlog"] * backlog;
    const double decline = RevenueDecline(row);
    const double decline_part = settings["revenue_decline"] * decline;
    const double due_part = settings["contract_due_soon"] * due;
    const double log_odds =
        intercept + gap_part + detractor_part + backlog_part + decline_part + due_part;

    details["intercept"] = intercept;
    details["contact_gap"] = gap.value();
    details["contact_gap_part"] = gap_part;
    details["detractor_share"] = detractors;
    details["detractor_share_part"] = detractor_part;
    details["ticket_backlog"] = backlog;
    details["ticket_backlog_part"] = backlog_part;
    details["revenue_decline"] = decline;
    details["revenue_decline_part"] = decline_part;
    details["contract_due_soon"] = due;
    details["contract_due_soon_part"] = due_part;
    details["log_odds"] = log_odds;
    return Result::Value(100 / (1 + std::exp(-log_odds)))
        .WithWeight(std::max(row["revenue"].value(), 0.0))
        .WithSample(1);
  }

 private:
  // In units of 30 days, at most 6; an account never contacted counts from the day it started.
  static Number ContactGap(const Row& row) {
    const Number last = row["last_contact"];
    const Number since = last.IsNull() ? row["started"] : last;
    const Number gap = (row.period_to_seconds() - since) / kSecondsPerDay / 30;
    return gap > 6 ? Number(6) : gap;
  }

  // The share of the earlier revenue that is gone; 0 where there was none to lose.
  static double RevenueDecline(const Row& row) {
    const Number earlier = row["revenue_earlier"];
    if (!(earlier > 0)) return 0;
    return std::clamp(1 - (row["revenue_recent"] / earlier).value(), 0.0, 1.0);
  }

  Settings settings;
};

}  // namespace keyscore::catalogue
