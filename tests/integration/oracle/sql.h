// The shapes that most formulas of the catalogue have, as SQL over the tables of raw_facts.h.
#pragma once

#include <limits>
#include <string>

namespace keyscore::testing::sql {

// What a 95 % interval is worked out from, and so the columns of `Answer::figures` after the
// subject.
enum class Interval {
  kNone,        // not said here
  kWilson,      // yes, of: a proportion in %
  kComplement,  // the same of the complement: 100 - yes / of
  kMean,        // mean, standard deviation, of
  kPromoters,   // promoters, detractors, of
  kAccounts,    // by `Answer::by_account`
};

// The least and the most that a value can be; an interval doesn't reach beyond.
struct Scale {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};
inline constexpr Scale kOneToFive = {1, 5};
inline constexpr Scale kHundred = {0, 100};
inline constexpr Scale kNotNegative = {0};

struct Answer {
  // (subject, value); null or no row = NO_DATA.
  std::string sql;
  Interval interval = Interval::kNone;
  std::string figures;
  // Of a KPI that is rolled up over accounts: (subject, account_id, value, weight), from which
  // `sql` takes the weighted mean. Empty = pooled.
  std::string by_account;
  Scale scale;
};

// Conditions on `occurred_at`; the instants are columns of the one-row table `period`.
inline constexpr char kInPeriod[] = "occurred_at >= s AND occurred_at < e";
inline constexpr char kInPrevious[] = "occurred_at >= s0 AND occurred_at < s";
inline constexpr char kLastYear[] = "occurred_at >= s1 AND occurred_at < e1";

std::string And(const std::string& a, const std::string& b);
// "column >= from AND column < to", for other columns and T(n): Between("due_at", "s", "e").
std::string Between(const std::string& column, const std::string& from, const std::string& to);
// T(n), n one of the days that `period` has a column for.
std::string Trailing(int days);

// aggregate / n, times a factor such as "* 30 / days". A subject without rows has the aggregate 0;
// a denominator that is 0 or not there gives null.
Answer PerActiveAccount(const std::string& aggregate, const std::string& from,
                        const std::string& where, const std::string& factor = "");
Answer PerManager(const std::string& aggregate, const std::string& from, const std::string& where);
// % of the active accounts that have such a row.
Answer ShareOfAccounts(const std::string& from, const std::string& where);
// A plain count: 0 for who has no rows.
Answer Number(const std::string& from, const std::string& where);
Answer Mean(const std::string& value, const std::string& from, const std::string& where,
            const Scale& scale = {});
// % of the rows for which the condition holds.
Answer Share(const std::string& yes, const std::string& from, const std::string& where);
// 100 * part / whole, two sums over the same rows.
Answer Percent(const std::string& part, const std::string& whole, const std::string& from,
               const std::string& where);
// % of scores 9 and 10 minus % of scores 0 to 6.
Answer NetPromoter(const std::string& from, const std::string& where);
// The mean of (subject, account_id, value, weight) by weight.
Answer RolledUp(const std::string& by_account);
// From (subject, yes, of), `yes` null = 0.
Answer Proportion(const std::string& figures);

// Time between two timestamps; `unit_seconds` 86400 = in days.
std::string Elapsed(const std::string& from, const std::string& to, int unit_seconds);

}  // namespace keyscore::testing::sql
