// Fills cards from descriptions, in the words of the field.
#include "kpis/conformance/card.h"

#include <array>

#include "absl/strings/str_join.h"
#include "fmt/format.h"

namespace keyscore::kpis::conformance {
namespace {

std::string Days(int days) { return fmt::format("{} day{}", days, days == 1 ? "" : "s"); }

std::string AggregateWords(store::Aggregate aggregate) {
  constexpr std::array kWords = {"count",          "sum", "min", "max", "first", "last",
                                 "count distinct", "list"};
  return kWords.at(static_cast<size_t>(aggregate));
}

std::string WindowWords(const measures::MeasureSpec& input) {
  using measures::Window;
  switch (input.window) {
    case Window::kPeriod:
      return "period";
    case Window::kPreviousPeriod:
      return "previous period";
    case Window::kSamePeriodLastYear:
      return "same period last year";
    case Window::kTrailing:
      return "last " + Days(input.window_days);
    case Window::kUntilStart:
      return "until the start";
    case Window::kUntilEnd:
      return "until the end";
    case Window::kAtStart:
      return "at the start";
    case Window::kAtEnd:
      return "at the end";
    case Window::kFollowing:
      return "next " + Days(input.window_days);
  }
  return "";
}

// Which instant of a fact the window looks at, where it isn't occurred_at.
std::string ByWords(const measures::MeasureSpec& input) {
  if (!input.end_column.empty()) {
    return fmt::format(", {} to {}", input.time_column, input.end_column);
  }
  return input.time_column == "occurred_at" ? "" : ", by " + input.time_column;
}

CardTable Inputs(const KpiDefinition& definition) {
  CardTable table{"Inputs", {"input", "what", "aggregate", "where", "window"}, {}};
  for (const measures::MeasureSpec& input : definition.inputs) {
    table.rows.push_back(
        {input.name, input.title + (input.unit.empty() ? "" : fmt::format(" ({})", input.unit)),
         fmt::format("{} of {}{}{}", AggregateWords(input.aggregate), input.dataset,
                     input.value.empty() ? "" : ": " + input.value,
                     input.optional ? " (optional)" : ""),
         input.filter, WindowWords(input) + ByWords(input)});
  }
  return table;
}

CardTable Settings(const KpiDefinition& definition) {
  CardTable table{"Settings", {"setting", "default", "from", "to", "what"}, {}};
  for (const KpiSetting& setting : definition.settings) {
    table.rows.push_back({setting.name, fmt::format("{}", setting.default_value),
                          fmt::format("{}", setting.minimum), fmt::format("{}", setting.maximum),
                          setting.description});
  }
  return table;
}

CardTable Figures(const char* title, const std::vector<KpiFigure>& figures) {
  CardTable table{title, {"name", "what", "unit"}, {}};
  for (const KpiFigure& figure : figures) {
    table.rows.push_back({figure.name, figure.title, figure.unit});
  }
  return table;
}

void AddFilled(CardTable table, Card& card) {
  if (!table.rows.empty()) card.tables.push_back(std::move(table));
}

std::string Curve(const KpiDefinition& definition) {
  return absl::StrJoin(definition.curve, ", ", [](std::string* out, const CurvePoint& point) {
    out->append(fmt::format("{} → {}", point.value, point.score));
  });
}

std::string Target(const KpiDefinition& definition) {
  if (!definition.default_target) return "none";
  return fmt::format("{} {}{}", *definition.default_target, definition.unit,
                     definition.target_source.empty() ? "" : ". " + definition.target_source);
}

std::string ColumnRange(const facts::ColumnSchema& column) {
  if (!column.allowed_values.empty()) return absl::StrJoin(column.allowed_values, ", ");
  if (!column.references.empty()) return "a " + column.references;
  if (!column.minimum && !column.maximum) return "";
  return fmt::format("{} to {}", column.minimum ? fmt::format("{}", *column.minimum) : "…",
                     column.maximum ? fmt::format("{}", *column.maximum) : "…");
}

}  // namespace

std::string PillarTitle(Pillar pillar) {
  switch (pillar) {
    case Pillar::kRelationships:
      return "Relationships";
    case Pillar::kRevenue:
      return "Revenue";
    case Pillar::kRetention:
      return "Retention";
    case Pillar::kLearning:
      return "Learning & development";
  }
  return "";
}

std::string Arrow(Direction direction) {
  return direction == Direction::kHigherIsBetter  ? "↑"
         : direction == Direction::kLowerIsBetter ? "↓"
                                                  : "↔";
}

Card MakeCard(const KpiDefinition& definition) {
  constexpr std::array kDirections = {"higher is better", "lower is better", "a range is best"};
  constexpr std::array kControl = {"high", "shared with others", "low"};
  Card card{definition.id, definition.title, definition.description, {}, {}, definition.actions};
  card.facts = {
      {"Formula", definition.formula},
      {"Unit", definition.unit},
      {"Pillar", PillarTitle(definition.pillar)},
      {"Direction", kDirections.at(static_cast<size_t>(definition.direction) - 1)},
      {"Timing", definition.timing == Timing::kLeading ? "leading" : "lagging"},
      {"Manager's control", kControl.at(static_cast<size_t>(definition.controllability) - 1)},
      {"Roll-up", definition.rollup == Rollup::kPooled ? "pooled: over all facts of the subject"
                                                       : "per account, then the weighted mean"},
      {"Cadence", definition.cadence_days == 0 ? "never stale"
                                               : "stale after " + Days(definition.cadence_days)},
      {"Default weight",
       definition.default_weight > 0
           ? fmt::format("{}, relative to the others of the pillar", definition.default_weight)
           : "none: scored where a profile gives it weight"},
      {"Target", Target(definition)},
      {"Curve", Curve(definition)},
      {"Library", fmt::format("{} {}", definition.plugin_id, definition.version)},
  };
  AddFilled(Inputs(definition), card);
  AddFilled(Settings(definition), card);
  AddFilled(Figures("Details", definition.details), card);
  AddFilled(Figures("Model parameters", definition.parameters), card);
  return card;
}

Card MakeCard(const facts::DatasetSchema& schema) {
  Card card{schema.id, schema.title, schema.description, {}, {}, {}};
  if (!schema.occurred_at_meaning.empty()) {
    card.facts.emplace_back("occurred_at is", schema.occurred_at_meaning);
  }
  CardTable columns{"Columns", {"column", "type", "values", "what"}, {}};
  const size_t keys = facts::KeyColumns().size();  // every dataset has them
  for (size_t i = keys; i < schema.columns.size(); ++i) {
    const facts::ColumnSchema& column = schema.columns[i];
    columns.rows.push_back({column.name,
                            fmt::format("{}{}", std::string(facts::ColumnTypeName(column.type)),
                                        column.nullable ? ", nullable" : ""),
                            ColumnRange(column), column.description});
  }
  AddFilled(std::move(columns), card);
  return card;
}

}  // namespace keyscore::kpis::conformance
