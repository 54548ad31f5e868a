// What a KPI needs: aggregates over a dataset in a window, written as one sentence each:
//
//   Count("won").From("opportunity").Where("outcome = 'won'").By("closed_at").Titled("won deals")
//
// The host computes them for any subject and period and hands them over as columns. Expressions are
// scalar SQL over the dataset's columns, one step along a reference (contact.seniority), and
// period_from and period_to; see sdk/README.md for the functions allowed.
#pragma once

#include <cstdint>
#include <string_view>

#include "keyscore/sdk/terms.h"

namespace keyscore::sdk {

struct Input {
  std::string_view name = {};
  Aggregate aggregate = Aggregate::kCount;
  std::string_view dataset = {};
  std::string_view value = {};
  std::string_view filter = {};
  std::string_view time_column = {};
  std::string_view end_column = {};
  Window window = Window::kPeriod;
  uint32_t window_days = 0;
  bool optional = false;
  std::string_view title = {};
  std::string_view unit = {};

  // The dataset, by id. Every input needs one.
  constexpr Input From(std::string_view dataset_id) const {
    Input copy = *this;
    copy.dataset = dataset_id;
    return copy;
  }
  // The expression that is aggregated. Count needs none.
  constexpr Input Of(std::string_view expression) const {
    Input copy = *this;
    copy.value = expression;
    return copy;
  }
  // Only the rows for which this boolean expression holds.
  constexpr Input Where(std::string_view expression) const {
    Input copy = *this;
    copy.filter = expression;
    return copy;
  }
  // The timestamp column that the window looks at; occurred_at unless said.
  constexpr Input By(std::string_view column) const {
    Input copy = *this;
    copy.time_column = column;
    return copy;
  }
  // The window; the asked period unless said.
  constexpr Input During(Window asked) const {
    Input copy = *this;
    copy.window = asked;
    return copy;
  }
  // The `days` days that end with the asked period, 1 to 3660.
  constexpr Input DuringLastDays(uint32_t days) const {
    Input copy = *this;
    copy.window = Window::kTrailing;
    copy.window_days = days;
    return copy;
  }
  // The `days` days that begin with the end of the asked period, 1 to 3660: what is known to come,
  // such as contracts due.
  constexpr Input DuringNextDays(uint32_t days) const {
    Input copy = *this;
    copy.window = Window::kFollowing;
    copy.window_days = days;
    return copy;
  }
  // Rows whose span [time column, `end`) contains the period's first instant; null = still open.
  constexpr Input AtStart(std::string_view end) const {
    Input copy = *this;
    copy.window = Window::kAtStart;
    copy.end_column = end;
    return copy;
  }
  // Rows whose span [time column, `end`) contains the period's end; null = still open.
  constexpr Input AtEnd(std::string_view end) const {
    Input copy = *this;
    copy.window = Window::kAtEnd;
    copy.end_column = end;
    return copy;
  }
  // The KPI works without it: a dataset that never held a fact counts as no rows. Without this such
  // a dataset makes the KPI NO_DATA.
  constexpr Input Optional() const {
    Input copy = *this;
    copy.optional = true;
    return copy;
  }
  // Plain words for people, shown beside the value. Every input needs them.
  constexpr Input Titled(std::string_view words) const {
    Input copy = *this;
    copy.title = words;
    return copy;
  }
  // The value's unit, e.g. "currency" or "hours"; a plain number unless said.
  constexpr Input In(std::string_view words) const {
    Input copy = *this;
    copy.unit = words;
    return copy;
  }

  // Counts arrive as whole numbers and are never null.
  constexpr bool IsCount() const {
    return aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct;
  }
  constexpr bool IsList() const { return aggregate == Aggregate::kList; }
};

// Names are snake_case and unique within the KPI.

// Rows that pass the filter, and whose `Of` (if given) is not null.
constexpr Input Count(std::string_view name) { return {.name = name}; }

// Distinct non-null values of `Of`, of any type.
constexpr Input CountDistinct(std::string_view name) {
  return {.name = name, .aggregate = Aggregate::kCountDistinct};
}

// Sum of `Of`; 0 over no rows.
constexpr Input Sum(std::string_view name) { return {.name = name, .aggregate = Aggregate::kSum}; }

// Smallest and largest `Of`; null over no rows.
constexpr Input Min(std::string_view name) { return {.name = name, .aggregate = Aggregate::kMin}; }
constexpr Input Max(std::string_view name) { return {.name = name, .aggregate = Aggregate::kMax}; }

// `Of` of the earliest and the latest row by the time column; null over no rows.
constexpr Input First(std::string_view name) {
  return {.name = name, .aggregate = Aggregate::kFirst};
}
constexpr Input Last(std::string_view name) {
  return {.name = name, .aggregate = Aggregate::kLast};
}

// Every non-null `Of` in time order, for medians and models. Read it with row.List(name).
constexpr Input List(std::string_view name) {
  return {.name = name, .aggregate = Aggregate::kList};
}

// A(E): the accounts that the subject looks after when the period ends; owned, started, not
// churned. The host derives the dataset `book` from the directory.
constexpr Input ActiveAccountsAtEnd(std::string_view name = "active_accounts") {
  return CountDistinct(name)
      .Of("account_id")
      .From("book")
      .AtEnd("ended_at")
      .Titled("active accounts at the end of the period");
}

// A(S): the same when the period starts.
constexpr Input ActiveAccountsAtStart(std::string_view name = "active_accounts") {
  return CountDistinct(name)
      .Of("account_id")
      .From("book")
      .AtStart("ended_at")
      .Titled("active accounts at the start of the period");
}

// Managers of the subject who hold their role when the period ends.
constexpr Input ManagersAtEnd(std::string_view name = "managers") {
  return CountDistinct(name)
      .Of("manager_id")
      .From("manager")
      .AtEnd("left_at")
      .Titled("managers at the end of the period");
}

}  // namespace keyscore::sdk
