// The fields of a scorecard that lists are filtered and ordered by: subject, display_name, team,
// total, score_low, score_high, coverage, total_state, and kpis.{id}.{value, score, weight,
// sample_size, state, attainment, target_gap}.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "kpis/registry.h"
#include "rpc/filter.h"
#include "rpc/order_by.h"
#include "scoring/scorecard.h"

namespace keyscore::rpc {

// Nothing, a number or a text.
using FieldValue = std::variant<std::monostate, double, std::string>;

class ScorecardField {
 public:
  enum class Kind {
    kSubject,
    kDisplayName,
    kTeam,
    kTotal,
    kLow,
    kHigh,
    kCoverage,
    kTotalState,
    kKpi
  };
  enum class KpiPart { kValue, kScore, kWeight, kSampleSize, kState, kAttainment, kTargetGap };

  // INVALID_ARGUMENT-like message in the status (field not set) for an unknown name; NOT_FOUND for
  // an unknown KPI.
  static absl::StatusOr<ScorecardField> Parse(const std::string& name,
                                              const kpis::RegistrySnapshot& registry);

  FieldValue Of(const scoring::Scorecard& card) const;
  bool is_text() const;
  // The KPI that the field is about, or null.
  const kpis::LoadedKpi* kpi() const { return kpi_; }

 private:
  Kind kind_ = Kind::kTotal;
  KpiPart part_ = KpiPart::kValue;
  const kpis::LoadedKpi* kpi_ = nullptr;
};

// A filter whose fields and types hold.
class ScorecardFilter {
 public:
  static absl::StatusOr<ScorecardFilter> Parse(const std::string& filter,
                                               const kpis::RegistrySnapshot& registry);

  // What is missing equals null only, and is different from every value.
  bool Matches(const scoring::Scorecard& card) const;
  std::vector<const kpis::LoadedKpi*> kpis() const;

 private:
  std::vector<std::pair<ScorecardField, Comparison>> terms_;
};

// An order; "total desc" where none is asked for. Equal cards stand by subject.
class ScorecardOrder {
 public:
  static absl::StatusOr<ScorecardOrder> Parse(const std::string& order_by,
                                              const kpis::RegistrySnapshot& registry);

  // The cards' order; what lacks a figure comes last in either direction. Nothing is moved.
  std::vector<const scoring::Scorecard*> Sorted(std::vector<const scoring::Scorecard*> cards) const;
  std::vector<const kpis::LoadedKpi*> kpis() const;

 private:
  struct Term {
    ScorecardField field;
    bool descending = false;
  };
  std::vector<Term> terms_;
};

}  // namespace keyscore::rpc
