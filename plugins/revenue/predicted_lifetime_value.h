// What an account is expected to bring in from here on, by the two models of plugins/revenue/
// lifetime: BG/NBD for how often it buys and whether it is still there, Gamma-Gamma for how much.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "keyscore/kpi.h"
#include "plugins/revenue/lifetime/fit.h"
#include "plugins/revenue/lifetime/value.h"

namespace keyscore::catalogue {
using namespace sdk;

struct PredictedLifetimeValue : Kpi<PredictedLifetimeValue> {
  static constexpr Definition kDefinition = {
      .id = "predicted_lifetime_value",
      .title = "Predicted lifetime value",
      .description =
          "What an account is expected to pay within the horizon, a year unless set otherwise, in "
          "today's money. How often it buys and whether it has quietly left is read from the days "
          "on which it bought, how much it pays at a time from what it paid; both are learnt from "
          "all accounts of the organisation.",
      .formula =
          "sum over the weeks of the horizon of (expected purchases in the week × expected value "
          "per purchase / (1 + discount rate)^(days to the middle of the week / 365)); purchases "
          "by BG/NBD, value by Gamma-Gamma, both fitted by maximum likelihood. A purchase is a day "
          "with invoice lines of 0 or more; time is in weeks from an account's first purchase to "
          "the last whole day of the period; the first purchase does not count as a repeat, nor "
          "its amount towards the value per purchase",
      .unit = "currency / account",
      .pillar = Pillar::kRevenue,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kShared,
      .cadence_days = 45,
      .rollup = Rollup::kAccounts,
      .curve = {{0, 0}, {40000, 40}, {100000, 75}, {200000, 100}},
      .target = 100000,
      .target_source =
          "A placeholder for mid-size accounts over a year: there is no industry figure, set your "
          "own.",
      .actions = {"Call the accounts that are worth most and least likely to be still alive.",
                  "Plan the hours of the quarter by what each account is expected to bring in.",
                  "Give an account that buys rarely a reason to buy sooner: a service plan, a "
                  "delivery schedule, a volume step."},
      .settings = {{.name = "horizon_days",
                    .description = "days ahead that are counted",
                    .default_value = 365,
                    .minimum = 30,
                    .maximum = 3650},
                   {.name = "discount_rate",
                    .description = "what money is worth less a year later, in percent a year",
                    .default_value = 10,
                    .minimum = 0,
                    .maximum = 100}}};
  // A line of 0 is a purchase without revenue, as in the published analyses; credits are none.
  static constexpr Input kInputs[] = {List("purchase_days")
                                          .Of("calendar_day(occurred_at)")
                                          .From("invoice_line")
                                          .Where("amount >= 0")
                                          .During(Window::kUntilEnd)
                                          .Titled("days of the purchases")
                                          .In("days since 1970"),
                                      List("purchase_amounts")
                                          .Of("amount")
                                          .From("invoice_line")
                                          .Where("amount >= 0")
                                          .During(Window::kUntilEnd)
                                          .Titled("amounts of the purchases")
                                          .In("currency"),
                                      Max("end_day")
                                          .Of("calendar_day(period_to)")
                                          .From("invoice_line")
                                          .Where("amount >= 0")
                                          .During(Window::kUntilEnd)
                                          .Titled("day after the period")
                                          .In("days since 1970")};
  static constexpr Figure kDetails[] = {
      {.name = "repeat_purchases", .title = "repeat purchases", .unit = "days"},
      {.name = "recency_weeks", .title = "from the first to the last purchase", .unit = "weeks"},
      {.name = "age_weeks", .title = "since the first purchase", .unit = "weeks"},
      {.name = "probability_alive", .title = "probability that it still buys"},
      {.name = "expected_purchases", .title = "purchases expected within the horizon"},
      {.name = "expected_value_per_purchase",
       .title = "expected value of a purchase",
       .unit = "currency"}};
  static constexpr Figure kParameters[] = {
      {.name = "r", .title = "BG/NBD: shape of the purchase rates"},
      {.name = "alpha", .title = "BG/NBD: scale of the purchase rates", .unit = "weeks"},
      {.name = "a", .title = "BG/NBD: first parameter of the chance to leave"},
      {.name = "b", .title = "BG/NBD: second parameter of the chance to leave"},
      {.name = "p", .title = "Gamma-Gamma: shape of an account's spend"},
      {.name = "q", .title = "Gamma-Gamma: shape of the accounts' rates"},
      {.name = "gamma", .title = "Gamma-Gamma: scale of the accounts' rates", .unit = "currency"},
      {.name = "bg_nbd_log_likelihood", .title = "BG/NBD: log-likelihood"},
      {.name = "gamma_gamma_log_likelihood", .title = "Gamma-Gamma: log-likelihood"},
      {.name = "accounts", .title = "accounts with a purchase", .unit = "accounts"},
      {.name = "repeat_accounts",
       .title = "accounts with a paid repeat purchase",
       .unit = "accounts"}};

  explicit PredictedLifetimeValue(const Settings& settings)
      : horizon_days(settings["horizon_days"]), discount_rate(settings["discount_rate"] / 100) {}

  void Fit(const Batch& population, Parameters& parameters) const {
    std::vector<lifetime::PurchaseHistory> histories;
    histories.reserve(population.size());
    for (std::size_t i = 0; i < population.size(); ++i) {
      if (const auto history = HistoryOf(population[i])) histories.push_back(*history);
    }
    const lifetime::LifetimeModel model =
        lifetime::Fit(histories, [&population] { return population.Cancelled(); });
    if (model.state == lifetime::FitState::kStopped) throw Failure(Code::kCancelled, "cancelled");
    if (model.state != lifetime::FitState::kFitted) {
      throw Failure(Code::kFailedPrecondition, std::string(lifetime::Explain(model.state)));
    }
    parameters["r"] = model.purchases.r;
    parameters["alpha"] = model.purchases.alpha;
    parameters["a"] = model.purchases.a;
    parameters["b"] = model.purchases.b;
    parameters["p"] = model.spend.p;
    parameters["q"] = model.spend.q;
    parameters["gamma"] = model.spend.gamma;
    parameters["bg_nbd_log_likelihood"] = model.purchases_log_likelihood;
    parameters["gamma_gamma_log_likelihood"] = model.spend_log_likelihood;
    parameters["accounts"] = model.accounts;
    parameters["repeat_accounts"] = model.repeaters;
  }

  Result Evaluate(const Row& row, Details& details) const {
    const std::optional<lifetime::PurchaseHistory> history = HistoryOf(row);
    if (!history) return Result::NoData();
    const lifetime::BgNbd purchases = {row.Parameter("r"), row.Parameter("alpha"),
                                       row.Parameter("a"), row.Parameter("b")};
    const double value = lifetime::ExpectedSpend(
        {row.Parameter("p"), row.Parameter("q"), row.Parameter("gamma")}, *history);
    const lifetime::ExpectedOverHorizon expected =
        lifetime::ExpectOverHorizon(purchases, *history, horizon_days, discount_rate);
    details["repeat_purchases"] = history->repeats;
    details["recency_weeks"] = history->recency;
    details["age_weeks"] = history->age;
    details["probability_alive"] = lifetime::ProbabilityAlive(purchases, *history);
    details["expected_purchases"] = expected.purchases;
    if (!std::isfinite(value)) return Result::NoData();  // too few purchases for q <= 1
    details["expected_value_per_purchase"] = value;
    return Result::Value(expected.discounted_purchases * value)
        .WithSample(static_cast<double>(row.List("purchase_days").size()));
  }

  double horizon_days;
  double discount_rate;  // 0.1 for 10 % a year

 private:
  static std::optional<lifetime::PurchaseHistory> HistoryOf(const Row& row) {
    const Number end = row["end_day"];
    if (end.IsNull()) return std::nullopt;
    return lifetime::Summarize(row.List("purchase_days"), row.List("purchase_amounts"),
                               end.value());
  }
};

}  // namespace keyscore::catalogue
