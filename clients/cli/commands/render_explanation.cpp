// The explanation of one figure, in the order in which it is computed: formula, inputs, value,
// curve, weight; then where it hurts and what to do.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/commands/render.h"
#include "cli/text/format.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

void Heading(const char* text, const Terminal& terminal) {
  *terminal.out << '\n' << Paint(text, Style::kStrong, terminal.colour) << '\n';
}

std::string InputText(const v1::InputValue& input) {
  if (input.has_value()) return FormatNumber(input.value());
  if (input.values_size() == 0) return "–";
  std::vector<std::string> values;
  for (const double value : input.values()) {
    if (values.size() == 5) break;
    values.push_back(FormatNumber(value));
  }
  const bool cut = input.fact_count() > values.size();
  return fmt::format("{}{}", fmt::join(values, ", "), cut ? ", …" : "");
}

void PrintInputs(const v1::KpiExplanation& explanation, const Terminal& terminal) {
  Table table({{"Input", Align::kLeft, 44},
               {"Value", Align::kRight},
               {"", Align::kLeft, 20},
               {"Facts", Align::kRight},
               {"From"},
               {"Window"},
               {"[from, to)"}});
  const std::string& zone = explanation.period().calendar().time_zone();
  for (const v1::InputValue& input : explanation.result().inputs()) {
    table.AddRow({Cell(input.title().empty() ? input.name()
                                             : fmt::format("{} ({})", input.title(), input.name())),
                  Cell(InputText(input)), Cell(input.unit(), Style::kDim),
                  Cell(FormatCount(input.fact_count())),
                  Cell(fmt::format("{} of {}",
                                   EnumWords(v1::Aggregate_Name(input.aggregate()), "AGGREGATE_"),
                                   IdOf(input.dataset()))),
                  Cell(EnumWords(v1::Window_Name(input.window()), "WINDOW_")),
                  Cell(FormatWindow(input.has_start_time() ? &input.start_time() : nullptr,
                                    input.has_end_time() ? &input.end_time() : nullptr, zone),
                       Style::kDim)});
  }
  if (!table.empty()) *terminal.out << table.Render(terminal.colour, 2);
}

void PrintResult(const v1::KpiResult& result, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const Cell value = ValueCell(result);
  out << "  "
      << Paint(value.text, value.style == Style::kPlain ? Style::kStrong : value.style,
               terminal.colour);
  if (result.state() == v1::KpiResult::VALUE) {
    // Some units are scales, such as "0–100" or "−100 to 100".
    const std::string unit = Printable(result.unit());
    const bool scale = unit.starts_with("−") || (!unit.empty() && unit[0] >= '0' && unit[0] <= '9');
    out << (scale ? " on a scale of " : " ") << unit;
    if (result.has_value_low() && result.has_value_high()) {
      out << fmt::format(", 95 % interval {} to {}", FormatNumber(result.value_low()),
                         FormatNumber(result.value_high()));
    }
    out << ", from " << Plural(result.sample_size(), "fact");
    if (result.account_count() > 0) out << " of " << Plural(result.account_count(), "account");
    if (result.stale()) out << ", " << Paint("stale", Style::kFair, terminal.colour);
  } else if (!result.state_reason().empty()) {
    out << ": " << Printable(result.state_reason());
  }
  out << '\n';
}

// Parameters are compared with published ones: six digits, whatever their size.
std::string ParameterText(double value) { return fmt::format("{:.6g}", value); }

// The figures that say how a value came about, or the parameters of the model behind it.
template <class Figures>
void PrintFigures(const char* heading, const Figures& figures, std::string (*text)(double),
                  const Terminal& terminal) {
  Table table({{"", Align::kLeft, 60}, {"", Align::kRight}, {"", Align::kLeft, 20}});
  for (const v1::FigureValue& figure : figures) {
    if (!figure.has_value()) continue;
    table.AddRow({Cell(fmt::format("{} ({})", figure.title(), figure.name())),
                  Cell(text(figure.value())), Cell(figure.unit(), Style::kDim)});
  }
  if (table.empty()) return;
  Heading(heading, terminal);
  *terminal.out << table.Render(terminal.colour, 2);
}

void PrintCurve(const v1::KpiExplanation& explanation, const Terminal& terminal) {
  std::vector<std::string> points;
  for (const v1::CurvePoint& point : explanation.curve()) {
    points.push_back(fmt::format("{} → {:.0f}", FormatNumber(point.value()), point.score()));
  }
  std::ostream& out = *terminal.out;
  const v1::KpiResult& result = explanation.result();
  if (result.has_score()) {
    out << "  " << Paint(FormatScore(result.score()), ScoreStyle(result.score()), terminal.colour)
        << " of 100  "
        << Paint(Bar(result.score() / 100, 20), ScoreStyle(result.score()), terminal.colour)
        << '\n';
  }
  if (result.has_override()) {
    const v1::AppliedOverride& exception = result.override();
    out << fmt::format("  {} by exception {} until {}: {}; computed {}\n",
                       exception.exempt() ? "does not count" : "set", IdOf(exception.name()),
                       exception.expire_date(), Printable(exception.reason()),
                       result.has_computed_score() ? FormatScore(result.computed_score())
                                                   : std::string("no score"));
  }
  if (result.has_assumed_score()) {
    out << fmt::format("  counts as {}, as the profile says for a KPI without figures\n",
                       FormatScore(result.assumed_score()));
  }
  if (!explanation.curve_step().empty()) out << "  " << Printable(explanation.curve_step()) << '\n';
  if (!points.empty()) {
    out << "  "
        << Paint(fmt::format("curve {}", fmt::join(points, ", ")), Style::kDim, terminal.colour)
        << '\n';
  }
}

// What was to be reached, and how much of it was.
void PrintTarget(const v1::KpiResult& result, const Terminal& terminal) {
  if (!result.has_target() && result.target_note().empty()) return;
  std::ostream& out = *terminal.out;
  Heading("Target", terminal);
  if (result.has_target()) {
    out << "  " << FormatNumber(result.target());
    if (result.has_full_target() &&
        FormatNumber(result.full_target()) != FormatNumber(result.target())) {
      out << fmt::format(" of {} for the whole period", FormatNumber(result.full_target()));
    }
    if (result.has_attainment()) {
      out << fmt::format(", {:.0f} % reached", result.attainment() * 100);
    }
    if (result.has_target_gap()) {
      out << fmt::format(", {} {}", FormatNumber(std::fabs(result.target_gap())),
                         result.target_gap() < 0 ? "short of it" : "better");
    }
    out << "  " << Paint(result.target_source(), Style::kDim, terminal.colour) << '\n';
  }
  if (!result.target_note().empty()) out << "  " << Printable(result.target_note()) << '\n';
}

// Whether a detail is the same in all accounts, such as a coefficient: it tells nothing apart.
bool IsTheSameInAll(const v1::KpiExplanation& explanation, int detail) {
  const auto& parts = explanation.worst_accounts();
  return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
           return part.details(detail).value() == parts[0].details(detail).value();
         });
}

// What the account's value is made of, in the KPI's own terms; without any, its inputs.
std::string MadeOf(const v1::KpiExplanation& explanation,
                   const v1::KpiExplanation::AccountPart& part) {
  std::vector<std::string> figures;
  for (int i = 0; i < part.details_size(); ++i) {
    const v1::FigureValue& detail = part.details(i);
    // A signal of 0 has no part in it.
    if (!detail.has_value() || detail.value() == 0 || IsTheSameInAll(explanation, i)) continue;
    figures.push_back(fmt::format("{} {}", detail.name(), FormatNumber(detail.value())));
  }
  for (const v1::InputValue& input : part.inputs()) {
    if (part.details_size() > 0) break;
    figures.push_back(fmt::format("{} {}", input.name(), InputText(input)));
  }
  return fmt::format("{}", fmt::join(figures, ", "));
}

void PrintWorstAccounts(const v1::KpiExplanation& explanation, const Terminal& terminal) {
  Table table({{"Account", Align::kLeft, 36},
               {"Value", Align::kRight},
               {"Share", Align::kRight},
               {"From", Align::kLeft, 100}});
  for (const auto& part : explanation.worst_accounts()) {
    table.AddRow({Cell(part.display_name().empty() ? IdOf(part.account()) : part.display_name()),
                  part.has_value() ? Cell(FormatNumber(part.value())) : StateCell(part.state()),
                  Cell(part.weight() > 0 ? FormatShare(part.weight()) : ""),
                  Cell(MadeOf(explanation, part), Style::kDim)});
  }
  if (table.empty()) return;
  Heading("Accounts that pull it down", terminal);
  *terminal.out << table.Render(terminal.colour, 2);
}

}  // namespace

void PrintExplanation(const v1::KpiExplanation& explanation, const Terminal& terminal) {
  std::ostream& out = *terminal.out;
  const v1::Kpi& kpi = explanation.kpi();
  out << Paint(Printable(kpi.title()), Style::kStrong, terminal.colour) << " of "
      << Paint(Printable(explanation.subject_display_name().empty()
                             ? explanation.subject()
                             : explanation.subject_display_name()),
               Style::kStrong, terminal.colour)
      << ", " << FormatSpan(explanation.period()) << "  "
      << Paint(fmt::format("{}, {}", IdOf(kpi.name()), explanation.period().expression()),
               Style::kDim, terminal.colour)
      << '\n';
  if (!kpi.description().empty()) out << Printable(kpi.description()) << '\n';

  Heading("Formula", terminal);
  out << "  " << Printable(kpi.formula()) << '\n';
  if (kpi.rollup() == v1::Kpi::ROLLUP_ACCOUNTS) {
    out << "  per account, then the weighted mean\n";
  }
  if (explanation.result().inputs_size() > 0) {
    Heading("Inputs", terminal);
    PrintInputs(explanation, terminal);
  }
  Heading("Value", terminal);
  PrintResult(explanation.result(), terminal);
  PrintFigures("How it came about", explanation.details(), FormatNumber, terminal);
  PrintFigures("Model, fitted over all accounts", explanation.parameters(), ParameterText,
               terminal);
  PrintTarget(explanation.result(), terminal);
  Heading("Score", terminal);
  PrintCurve(explanation, terminal);
  Heading("Weight", terminal);
  out << "  " << FormatShare(explanation.result().weight()) << " of the total\n";
  if (!explanation.weight_step().empty()) {
    out << "  " << Printable(explanation.weight_step()) << '\n';
  }
  for (const std::string& reason : explanation.weights().reasons()) {
    out << "  " << Paint(Printable(reason), Style::kDim, terminal.colour) << '\n';
  }
  PrintWorstAccounts(explanation, terminal);
  if (explanation.actions_size() > 0) {
    Heading("What to do", terminal);
    for (const std::string& action : explanation.actions()) {
      out << "  • " << Printable(action) << '\n';
    }
  }
}

}  // namespace keyscore::cli
