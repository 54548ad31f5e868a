// predicted_lifetime_value a second time: purchase histories by SQL over the raw facts, the models
// in the closed forms of the papers (Fader, Hardie & Lee 2005; Fader & Hardie 2013), the parameters
// from Explain. The plugin fits, sums series and reads lists instead; nothing is shared. That the
// parameters are a maximum is seen from the likelihood around them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "integration/oracle/world.h"
#include "support/matchers.h"

namespace keyscore::testing {
namespace {

using boost::math::lgamma;

struct History {
  double x = 0;    // repeat purchases, on distinct days
  double t_x = 0;  // weeks from the first to the last purchase
  double t = 0;    // weeks from the first purchase to the last day of the period
  double z = 0;    // mean amount of a repeat purchase
};

struct Parameters {
  double r, alpha, a, b, p, q, gamma;
};

// By subject and account.
std::map<std::string, std::map<std::string, History>> Histories(Duck& duck,
                                                                const AskedPeriod& period,
                                                                const std::string& zone) {
  std::map<std::string, std::map<std::string, History>> histories;
  const auto rows = duck.Ask(fmt::format(R"sql(
    WITH line AS (
      SELECT subject, account_id, amount,
             ((occurred_at AT TIME ZONE 'UTC') AT TIME ZONE '{}')::DATE AS day
      FROM s_invoice_line, period
      WHERE occurred_at < e AND amount >= 0 AND account_id IS NOT NULL),
    life AS (
      SELECT subject, account_id, min(day) AS first, max(day) AS last,
             count(DISTINCT day) - 1 AS x
      FROM line GROUP BY subject, account_id),
    repeat AS (
      SELECT subject, account_id, sum(amount) AS total
      FROM line JOIN life USING (subject, account_id) WHERE day > first
      GROUP BY subject, account_id)
    SELECT subject, account_id, x, (last - first) / 7.0,
           greatest((DATE '{}' - 1 - first) / 7.0, (last - first) / 7.0),
           coalesce(total / x, 0)
    FROM life LEFT JOIN repeat USING (subject, account_id))sql",
                                         zone, period.to));
  for (const auto& row : rows) {
    const auto number = [&row](size_t column) {
      return std::strtod(row[column]->c_str(), nullptr);
    };
    histories[*row[0]][*row[1]] = {number(2), number(3), number(4), number(5)};
  }
  return histories;
}

// ln(e^u + e^v).
double LogSum(double u, double v) {
  const double high = std::max(u, v);
  return high + std::log(std::exp(u - high) + std::exp(v - high));
}

// Equation (6) of the 2005 paper: λ and the chance to leave integrated out.
double BgNbdLogLikelihood(const History& h, const Parameters& m) {
  const double counts = lgamma(m.r + h.x) - lgamma(m.r) + m.r * std::log(m.alpha);
  const double log_beta = lgamma(m.a) + lgamma(m.b) - lgamma(m.a + m.b);
  const double alive = lgamma(m.a) + lgamma(m.b + h.x) - lgamma(m.a + m.b + h.x) - log_beta -
                       (m.r + h.x) * std::log(m.alpha + h.t);
  if (h.x == 0) return counts + alive;
  const double left = lgamma(m.a + 1) + lgamma(m.b + h.x - 1) - lgamma(m.a + m.b + h.x) - log_beta -
                      (m.r + h.x) * std::log(m.alpha + h.t_x);
  return counts + LogSum(alive, left);
}

// Equation (1a) of the note.
double GammaGammaLogLikelihood(const History& h, const Parameters& m) {
  const double px = m.p * h.x;
  return lgamma(px + m.q) - lgamma(px) - lgamma(m.q) + m.q * std::log(m.gamma) +
         (px - 1) * std::log(h.z) + px * std::log(h.x) - (px + m.q) * std::log(m.gamma + h.x * h.z);
}

// 2F1 by its defining series; |z| < 1. c may be negative, and with it all terms but the first.
double Hypergeometric(double a, double b, double c, double z) {
  long double sum = 1, term = 1;
  for (int n = 0; n < 1'000'000 && std::fabs(term) > std::fabs(sum) * 1e-19L; ++n) {
    term *= (static_cast<long double>(a) + n) * (b + n) / ((c + n) * (n + 1.0L)) * z;
    sum += term;
  }
  return static_cast<double>(sum);
}

// Equation (10): purchases expected in the next `weeks`.
double ExpectedPurchases(const History& h, const Parameters& m, double weeks) {
  const double power = std::exp((m.r + h.x) * std::log((m.alpha + h.t) / (m.alpha + h.t + weeks)));
  const double series =
      Hypergeometric(m.r + h.x, m.b + h.x, m.a + m.b + h.x - 1, weeks / (m.alpha + h.t + weeks));
  const double left =
      h.x == 0 ? 0
               : m.a / (m.b + h.x - 1) *
                     std::exp((m.r + h.x) * std::log((m.alpha + h.t) / (m.alpha + h.t_x)));
  return (m.a + m.b + h.x - 1) / (m.a - 1) * (1 - power * series) / (1 + left);
}

// A year at 10 %, week by week; absent where the expected amount has no mean.
std::optional<double> Value(const History& h, const Parameters& m) {
  if (m.p * h.x + m.q <= 1) return std::nullopt;
  const double amount = m.p * (m.gamma + h.x * h.z) / (m.p * h.x + m.q - 1);
  double value = 0, before = 0;
  for (int day = 0; day < 365; day += 7) {
    const int end = std::min(day + 7, 365);
    const double until = ExpectedPurchases(h, m, end / 7.0);
    value += (until - before) * amount / std::pow(1.1, (day + end) / 2.0 / 365);
    before = until;
  }
  return value;
}

std::map<std::string, double> ExplainedParameters(World& world, const std::string& expression) {
  v1::ExplainKpiResultRequest request;
  request.set_name("organization/scorecards/" + expression);
  request.set_kpi("kpis/predicted_lifetime_value");
  const auto explained = world.client().ExplainKpiResult(request);
  EXPECT_THAT(explained, IsOk());
  std::map<std::string, double> parameters;
  if (!explained.ok()) return parameters;
  for (const v1::FigureValue& figure : explained->parameters()) {
    EXPECT_TRUE(std::isfinite(figure.value())) << figure.name();
    parameters[figure.name()] = figure.value();
  }
  return parameters;
}

class OracleLifetimeTest : public ::testing::TestWithParam<WorldSettings> {};

TEST_P(OracleLifetimeTest, AgreesWithTheClosedFormsForEverySubject) {
  const auto world = World::Make(GetParam());
  ASSERT_THAT(world, IsOk());
  int with_value = 0, without = 0, fitted = 0, unfitted = 0;
  for (const AskedPeriod& period : (*world)->periods()) {
    const auto cards = (*world)->Cards(period, {"predicted_lifetime_value"});
    ASSERT_THAT(cards, IsOk());
    const auto histories = Histories((*world)->duck(), period, GetParam().time_zone);
    const auto found = ExplainedParameters(**world, period.expression);
    if (found.empty()) {
      ++unfitted;
      for (const v1::Scorecard& card : cards->scorecards()) {
        EXPECT_EQ(card.kpis(0).state(), v1::KpiResult::NO_DATA) << card.name();
      }
      continue;
    }
    ++fitted;
    const Parameters m{found.at("r"), found.at("alpha"), found.at("a"),    found.at("b"),
                       found.at("p"), found.at("q"),     found.at("gamma")};

    // The likelihoods are those of the papers, and nowhere near by are they higher.
    const auto& accounts = histories.at("organization");
    const auto total = [&accounts](const Parameters& at) {
      std::pair<double, double> sums;
      for (const auto& [account, history] : accounts) {
        sums.first += BgNbdLogLikelihood(history, at);
        if (history.x > 0 && history.z > 0) sums.second += GammaGammaLogLikelihood(history, at);
      }
      return sums;
    };
    const auto [purchases, spend] = total(m);
    EXPECT_NEAR(found.at("bg_nbd_log_likelihood") / purchases, 1, 1e-9) << period.expression;
    EXPECT_NEAR(found.at("gamma_gamma_log_likelihood") / spend, 1, 1e-9) << period.expression;
    EXPECT_EQ(found.at("accounts"), static_cast<double>(accounts.size()));
    for (double Parameters::*member :
         {&Parameters::r, &Parameters::alpha, &Parameters::a, &Parameters::b, &Parameters::p,
          &Parameters::q, &Parameters::gamma}) {
      for (const double factor : {0.99, 1.01}) {
        // Beyond the edges of the search there may be a little more to gain.
        if (factor > 1 && m.*member >= 9'999) continue;
        if (factor < 1 && m.*member <= 1.1e-4) continue;
        Parameters near = m;
        near.*member *= factor;
        const auto [near_purchases, near_spend] = total(near);
        EXPECT_LE(near_purchases, purchases + 1e-4) << period.expression;
        EXPECT_LE(near_spend, spend + 1e-4) << period.expression;
      }
    }

    for (const v1::Scorecard& card : cards->scorecards()) {
      const v1::KpiResult& result = card.kpis(0);
      double sum = 0;
      int count = 0;
      if (const auto own = histories.find(card.subject()); own != histories.end()) {
        for (const auto& [account, history] : own->second) {
          if (const auto value = Value(history, m)) {
            sum += *value;
            ++count;
          }
        }
      }
      ASSERT_EQ(result.state(), count > 0 ? v1::KpiResult::VALUE : v1::KpiResult::NO_DATA)
          << card.name() << ": " << result.state_reason();
      ++(count > 0 ? with_value : without);
      if (count > 0) {
        const History& first = histories.at(card.subject()).begin()->second;
        EXPECT_NEAR(result.value(), sum / count, 1e-7 * std::max(1.0, sum / count))
            << card.name() << ", its first account: x " << first.x << ", t_x " << first.t_x
            << ", T " << first.t << ", z " << first.z << "; r " << m.r << ", alpha " << m.alpha
            << ", a " << m.a << ", b " << m.b << ", p " << m.p << ", q " << m.q << ", gamma "
            << m.gamma;
      }
    }
  }
  EXPECT_GE(fitted, 5);
  EXPECT_GE(unfitted, 1);
  EXPECT_GT(with_value, 200);
  EXPECT_GT(without, 10);
}

INSTANTIATE_TEST_SUITE_P(Worlds, OracleLifetimeTest,
                         ::testing::Values(WorldSettings{1, "Europe/Berlin", 1},
                                           WorldSettings{4, "America/New_York", 4}));

}  // namespace
}  // namespace keyscore::testing
