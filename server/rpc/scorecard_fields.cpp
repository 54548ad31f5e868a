// Reading, comparing and sorting by fields.
#include "rpc/scorecard_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/nearest.h"
#include "rpc/backend.h"
#include "rpc/convert.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

using Kind = ScorecardField::Kind;
using KpiPart = ScorecardField::KpiPart;

constexpr std::pair<const char*, Kind> kFields[] = {
    {"subject", Kind::kSubject},   {"display_name", Kind::kDisplayName},
    {"team", Kind::kTeam},         {"total", Kind::kTotal},
    {"score_low", Kind::kLow},     {"score_high", Kind::kHigh},
    {"coverage", Kind::kCoverage}, {"total_state", Kind::kTotalState}};
constexpr std::pair<const char*, KpiPart> kParts[] = {
    {"value", KpiPart::kValue},         {"score", KpiPart::kScore},
    {"weight", KpiPart::kWeight},       {"sample_size", KpiPart::kSampleSize},
    {"state", KpiPart::kState},         {"attainment", KpiPart::kAttainment},
    {"target_gap", KpiPart::kTargetGap}};
constexpr std::string_view kKpiPrefix = "kpis.";

FieldValue Number(std::optional<double> value) {
  return value.has_value() ? FieldValue(*value) : FieldValue();
}

FieldValue Text(std::string text) {
  return text.empty() ? FieldValue() : FieldValue(std::move(text));
}

std::string StateName(scoring::TotalState state) {
  switch (state) {
    case scoring::TotalState::kScored:
      return "SCORED";
    case scoring::TotalState::kNotScored:
      return "NOT_SCORED";
    case scoring::TotalState::kScoredWithErrors:
      return "SCORED_WITH_ERRORS";
  }
  return "";
}

FieldValue KpiValue(const scoring::KpiLine& line, KpiPart part) {
  switch (part) {
    case KpiPart::kValue:
      return line.outcome.state == kpis::State::kValue ? FieldValue(line.outcome.value)
                                                       : FieldValue();
    case KpiPart::kScore:
      return Number(line.score);
    case KpiPart::kWeight:
      return line.weight;
    case KpiPart::kSampleSize:
      return static_cast<double>(line.outcome.sample_size);
    case KpiPart::kState:
      return v1::KpiResult::State_Name(ToProto(line.outcome.state));
    case KpiPart::kAttainment:
      return Number(line.attainment);
    case KpiPart::kTargetGap:
      return Number(line.target_gap);
  }
  return {};
}

bool Holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEq:
      return order == 0;
    case CompareOp::kNe:
      return order != 0;
    case CompareOp::kLt:
      return order < 0;
    case CompareOp::kLe:
      return order <= 0;
    case CompareOp::kGt:
      return order > 0;
    case CompareOp::kGe:
      return order >= 0;
  }
  return false;
}

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// Of values of one type.
int Order(const FieldValue& a, const FieldValue& b) {
  if (const auto* number = std::get_if<double>(&a)) return Order(*number, std::get<double>(b));
  return Order(std::get<std::string>(a), std::get<std::string>(b));
}

bool Missing(const FieldValue& value) { return std::holds_alternative<std::monostate>(value); }

}  // namespace

absl::StatusOr<ScorecardField> ScorecardField::Parse(const std::string& name,
                                                     const kpis::RegistrySnapshot& registry) {
  ScorecardField field;
  std::vector<std::string> known;
  for (const auto& [word, kind] : kFields) {
    known.emplace_back(word);
    field.kind_ = kind;
    if (name == word) return field;
  }
  if (!name.starts_with(kKpiPrefix)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no field of scorecards; there are {} and kpis.ID.value (or score, "
                    "weight, sample_size, state, attainment, target_gap).{}",
                    name, fmt::join(known, ", "), config::DidYouMean(name, known)));
  }
  const size_t dot = name.rfind('.');
  const std::string id =
      dot < kKpiPrefix.size() ? "" : name.substr(kKpiPrefix.size(), dot - kKpiPrefix.size());
  const auto part = std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& candidate) {
    return name.substr(dot + 1) == candidate.first;
  });
  if (part == std::end(kParts) || id.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "'{}' is not of the form kpis.ID.value; instead of value there may stand score, "
        "weight, sample_size, state, attainment or target_gap",
        name));
  }
  const auto kpi = FindKpi("kpis", MakeName("kpis", id), registry);
  if (!kpi.ok()) return kpi.status();
  field.kind_ = Kind::kKpi;
  field.part_ = part->second;
  field.kpi_ = *kpi;
  return field;
}

bool ScorecardField::is_text() const {
  return kind_ == Kind::kSubject || kind_ == Kind::kDisplayName || kind_ == Kind::kTeam ||
         kind_ == Kind::kTotalState || (kind_ == Kind::kKpi && part_ == KpiPart::kState);
}

FieldValue ScorecardField::Of(const scoring::Scorecard& card) const {
  switch (kind_) {
    case Kind::kSubject:
      return Text(NameOf(card.subject));
    case Kind::kDisplayName:
      return Text(card.display_name);
    case Kind::kTeam:
      return Text(MakeOptionalName("teams", card.subject.team_id));
    case Kind::kTotal:
      return Number(card.total.total);
    case Kind::kLow:
      return card.total.low;
    case Kind::kHigh:
      return card.total.high;
    case Kind::kCoverage:
      return card.total.coverage;
    case Kind::kTotalState:
      return Text(StateName(card.total.state));
    case Kind::kKpi:
      break;
  }
  for (size_t i = 0; i < card.lines.size(); ++i) {
    if (card.lines.kpi(i) == kpi_) return KpiValue(card.lines[i], part_);
  }
  return {};
}

absl::StatusOr<ScorecardFilter> ScorecardFilter::Parse(const std::string& filter,
                                                       const kpis::RegistrySnapshot& registry) {
  absl::StatusOr<std::vector<Comparison>> comparisons = ParseFilter(filter);
  if (!comparisons.ok()) return comparisons.status();
  ScorecardFilter parsed;
  for (Comparison& comparison : *comparisons) {
    const auto field = ScorecardField::Parse(comparison.field, registry);
    if (absl::IsNotFound(field.status())) return field.status();
    if (!field.ok()) return FilterFault(comparison, std::string(field.status().message()));
    const bool null = std::holds_alternative<Null>(comparison.literal);
    if (field->is_text() && !null && !std::holds_alternative<std::string>(comparison.literal)) {
      return FilterFault(comparison, "is text; compare it with text in quotes");
    }
    if (!field->is_text() && !null && !std::holds_alternative<double>(comparison.literal)) {
      return FilterFault(comparison, "is a number; compare it with one, without quotes");
    }
    parsed.terms_.emplace_back(*field, std::move(comparison));
  }
  return parsed;
}

bool ScorecardFilter::Matches(const scoring::Scorecard& card) const {
  return std::all_of(terms_.begin(), terms_.end(), [&card](const auto& term) {
    const auto& [field, comparison] = term;
    const FieldValue value = field.Of(card);
    const bool null = std::holds_alternative<Null>(comparison.literal);
    if (null || Missing(value)) {
      const bool equal = null && Missing(value);
      return comparison.op == CompareOp::kEq ? equal : comparison.op == CompareOp::kNe && !equal;
    }
    const auto* number = std::get_if<double>(&comparison.literal);
    return Holds(comparison.op, number != nullptr
                                    ? Order(std::get<double>(value), *number)
                                    : Order(std::get<std::string>(value),
                                            std::get<std::string>(comparison.literal)));
  });
}

std::vector<const kpis::LoadedKpi*> ScorecardFilter::kpis() const {
  std::vector<const kpis::LoadedKpi*> kpis;
  for (const auto& term : terms_) {
    if (term.first.kpi() != nullptr) kpis.push_back(term.first.kpi());
  }
  return kpis;
}

absl::StatusOr<ScorecardOrder> ScorecardOrder::Parse(const std::string& order_by,
                                                     const kpis::RegistrySnapshot& registry) {
  absl::StatusOr<std::vector<OrderTerm>> terms = ParseOrderBy(order_by);
  if (!terms.ok()) return terms.status();
  if (terms->empty()) terms->push_back({"total", /*descending=*/true});
  ScorecardOrder order;
  for (const OrderTerm& term : *terms) {
    const auto field = ScorecardField::Parse(term.field, registry);
    if (absl::IsNotFound(field.status())) return field.status();
    if (!field.ok()) return OrderFault(std::string(field.status().message()));
    order.terms_.push_back({*field, term.descending});
  }
  return order;
}

std::vector<const scoring::Scorecard*> ScorecardOrder::Sorted(
    std::vector<const scoring::Scorecard*> cards) const {
  struct Keyed {
    const scoring::Scorecard* card;
    std::vector<FieldValue> keys;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(cards.size());
  for (const scoring::Scorecard* card : cards) {
    Keyed& entry = keyed.emplace_back(Keyed{card, {}});
    for (const Term& term : terms_) entry.keys.push_back(term.field.Of(*card));
  }
  std::sort(keyed.begin(), keyed.end(), [this](const Keyed& a, const Keyed& b) {
    for (size_t i = 0; i < terms_.size(); ++i) {
      if (Missing(a.keys[i]) != Missing(b.keys[i])) return Missing(b.keys[i]);
      if (Missing(a.keys[i])) continue;
      const int order = Order(a.keys[i], b.keys[i]);
      if (order != 0) return terms_[i].descending ? order > 0 : order < 0;
    }
    return a.card->subject.id < b.card->subject.id;
  });
  std::transform(keyed.begin(), keyed.end(), cards.begin(),
                 [](const Keyed& entry) { return entry.card; });
  return cards;
}

std::vector<const kpis::LoadedKpi*> ScorecardOrder::kpis() const {
  std::vector<const kpis::LoadedKpi*> kpis;
  for (const Term& term : terms_) {
    if (term.field.kpi() != nullptr) kpis.push_back(term.field.kpi());
  }
  return kpis;
}

}  // namespace keyscore::rpc
