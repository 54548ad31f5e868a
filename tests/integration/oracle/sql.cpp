// Text with holes.
#include "integration/oracle/sql.h"

#include "fmt/format.h"

namespace keyscore::testing::sql {
namespace {

constexpr char kAccounts[] = "SELECT subject, n::DOUBLE AS n FROM accounts_e";
constexpr char kManagers[] = "SELECT subject, managers::DOUBLE AS n FROM managers_e";

// (subject, x, n): the aggregate of every subject and its denominator.
std::string Per(const std::string& aggregate, const std::string& from, const std::string& where,
                const std::string& denominator) {
  return fmt::format(R"sql(
    SELECT subject, coalesce(x, 0) AS x, n
    FROM subject
    LEFT JOIN (SELECT subject, {} AS x FROM {}, period WHERE {} GROUP BY subject) USING (subject)
    LEFT JOIN ({}) USING (subject))sql",
                     aggregate, from, where, denominator);
}

Answer Quotient(const std::string& per, const std::string& factor) {
  return {fmt::format("SELECT subject, x / nullif(n, 0) {} FROM ({}), period", factor, per)};
}

}  // namespace

std::string And(const std::string& a, const std::string& b) { return a + " AND " + b; }

std::string Between(const std::string& column, const std::string& from, const std::string& to) {
  return fmt::format("{0} >= {1} AND {0} < {2}", column, from, to);
}

std::string Trailing(int days) { return Between("occurred_at", fmt::format("t{}", days), "e"); }

Answer PerActiveAccount(const std::string& aggregate, const std::string& from,
                        const std::string& where, const std::string& factor) {
  return Quotient(Per(aggregate, from, where, kAccounts), factor);
}

Answer PerManager(const std::string& aggregate, const std::string& from, const std::string& where) {
  return Quotient(Per(aggregate, from, where, kManagers), "");
}

Answer ShareOfAccounts(const std::string& from, const std::string& where) {
  return Proportion(Per("count(DISTINCT account_id)", from, where, kAccounts));
}

Answer Number(const std::string& from, const std::string& where) {
  return {"SELECT subject, x FROM (" + Per("count(*)", from, where, kAccounts) + ")"};
}

Answer Mean(const std::string& value, const std::string& from, const std::string& where,
            const Scale& scale) {
  const auto select = [&](const std::string& columns) {
    return fmt::format("SELECT subject, {} FROM {}, period WHERE {} GROUP BY subject", columns,
                       from, where);
  };
  return {.sql = select(fmt::format("avg({})", value)),
          .interval = Interval::kMean,
          .figures = select(fmt::format("avg({0}), stddev_samp({0}), count({0})", value)),
          .scale = scale};
}

Answer Share(const std::string& yes, const std::string& from, const std::string& where) {
  return Proportion(
      fmt::format("SELECT subject, count(*) FILTER ({}), count(*) FROM {}, period WHERE {} "
                  "GROUP BY subject",
                  yes, from, where));
}

Answer Percent(const std::string& part, const std::string& whole, const std::string& from,
               const std::string& where) {
  return {
      fmt::format("SELECT subject, 100 * coalesce({}, 0) / nullif({}, 0) FROM {}, period WHERE {} "
                  "GROUP BY subject",
                  part, whole, from, where)};
}

Answer NetPromoter(const std::string& from, const std::string& where) {
  const std::string figures = fmt::format(
      "SELECT subject, count(*) FILTER (score >= 9) AS promoters, "
      "count(*) FILTER (score <= 6) AS detractors, count(*) AS n FROM {}, period WHERE {} "
      "GROUP BY subject",
      from, where);
  return {fmt::format("SELECT subject, 100.0 * (promoters - detractors) / n FROM ({})", figures),
          Interval::kPromoters, figures};
}

Answer RolledUp(const std::string& by_account) {
  return {.sql = fmt::format("SELECT subject, sum(value * weight) / nullif(sum(weight), 0) "
                             "FROM ({}) GROUP BY subject",
                             by_account),
          .interval = Interval::kAccounts,
          .by_account = by_account};
}

Answer Proportion(const std::string& figures) {
  return {fmt::format("SELECT subject, 100.0 * coalesce(x, 0) / nullif(n, 0) "
                      "FROM ({}) AS figures (subject, x, n)",
                      figures),
          Interval::kWilson, figures};
}

std::string Elapsed(const std::string& from, const std::string& to, int unit_seconds) {
  return fmt::format("(epoch_us({}) - epoch_us({})) / {}e6", to, from, unit_seconds);
}

}  // namespace keyscore::testing::sql
