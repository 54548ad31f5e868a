// Which measures are kept in memory, in which groups, and where a question finds its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "measures/measure.h"
#include "measures/memory/events.h"

namespace keyscore::measures {

// What a group holds: the events of a dataset by one time column.
struct GroupPlan {
  std::string dataset;
  std::string time_column;
  std::string end_column;    // of spans; else ""
  bool of_accounts = false;  // the book as accounts' own cards see it
  GroupShape shape;
  // Directory datasets that expressions look into ("contact.seniority"), by the name of both the
  // dataset and the reference.
  std::vector<std::string> looks_into;

  bool HasSameEvents(const GroupPlan& other) const;  // and the same measures
  // "interaction by occurred_at".
  std::string Describe() const;
};

// Immutable.
class Routes {
 public:
  struct Route {
    size_t group = 0;
    size_t measure = 0;  // of the group's shape
  };

  // Of every input whose expressions can be computed fact by fact once and for all.
  explicit Routes(const std::vector<MeasureSpec>& inputs);

  const std::vector<GroupPlan>& groups() const { return groups_; }
  // Of the inputs that are the engine's: their datasets, and whether one looks into the directory.
  const absl::flat_hash_set<std::string>& engine_datasets() const { return engine_datasets_; }
  bool engine_looks_into_directory() const { return engine_looks_into_directory_; }
  // `of_accounts` picks among the groups of the book. None: it is the engine's to answer.
  std::optional<Route> Find(const store::ResolvedMeasure& measure, bool of_accounts) const;

 private:
  // dataset, aggregate, value, filter, time column, end column, of_accounts
  using Key = std::tuple<std::string_view, store::Aggregate, std::string_view, std::string_view,
                         std::string_view, std::string_view, bool>;

  void Add(const MeasureSpec& input, bool of_accounts);
  size_t GroupOf(const MeasureSpec& input, const std::string& end_column, bool of_accounts);
  size_t MeasureOf(const MeasureSpec& input, GroupPlan& group);

  std::vector<MeasureSpec> inputs_;  // what the keys point into
  std::vector<GroupPlan> groups_;
  absl::flat_hash_set<std::string> engine_datasets_;
  bool engine_looks_into_directory_ = false;
  absl::flat_hash_map<Key, Route> routes_;
};

}  // namespace keyscore::measures
