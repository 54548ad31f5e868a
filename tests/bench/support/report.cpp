// Medians, ratios and their two printed forms.
#include "bench/support/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace keyscore::bench {
namespace {

std::string AimText(const Row& row) {
  switch (row.aim_kind) {
    case Aim::kAtLeast:
      return fmt::format(">= {:g}", row.aim);
    case Aim::kAtMost:
      return fmt::format("<= {:g}", row.aim);
    case Aim::kReported:
      break;
  }
  return "reported";
}

std::string ComparisonText(Comparison comparison) {
  switch (comparison) {
    case Comparison::kInverse:
      return "inverse";
    case Comparison::kDifference:
      return "difference";
    case Comparison::kRatio:
      break;
  }
  return "ratio";
}

double Compare(Comparison comparison, double subject, double reference) {
  switch (comparison) {
    case Comparison::kInverse:
      return reference / subject;
    case Comparison::kDifference:
      return subject - reference;
    case Comparison::kRatio:
      break;
  }
  return subject / reference;
}

std::string FigureText(const Figure& figure) {
  const double size = std::abs(figure.value);
  const std::string number = size == 0      ? "0"
                             : size >= 1000 ? fmt::format("{:.0f}", figure.value)
                                            : fmt::format("{:.4g}", figure.value);
  return fmt::format("{} {}", number, figure.unit);
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

bool Row::Met() const {
  switch (aim_kind) {
    case Aim::kAtLeast:
      return ratio >= aim;
    case Aim::kAtMost:
      return ratio <= aim;
    case Aim::kReported:
      break;
  }
  return true;
}

Row MakeRow(const std::string& name, const std::string& unit, Comparison comparison, Aim aim_kind,
            double aim, const std::string& what) {
  Row row;
  row.name = name;
  row.what = what;
  row.subject.unit = row.reference.unit = unit;
  row.comparison = comparison;
  row.aim_kind = aim_kind;
  row.aim = aim;
  return row;
}

void Alternate(Row& row, int rounds, const std::function<double()>& reference,
               const std::function<double()>& subject) {
  std::vector<double> subjects, references, ratios;
  reference();
  subject();
  for (int round = 0; round < rounds; ++round) {
    double of_subject = 0;
    double of_reference = 0;
    if (round % 2 == 0) {
      of_reference = reference();
      of_subject = subject();
    } else {
      of_subject = subject();
      of_reference = reference();
    }
    subjects.push_back(of_subject);
    references.push_back(of_reference);
    ratios.push_back(Compare(row.comparison, of_subject, of_reference));
  }
  row.rounds = rounds;
  row.subject.value = Median(subjects);
  row.reference.value = Median(references);
  row.ratio = Median(ratios);
  row.ratio_low = *std::min_element(ratios.begin(), ratios.end());
  row.ratio_high = *std::max_element(ratios.begin(), ratios.end());
}

void Settle(Row& row, double subject, double reference) {
  row.rounds = 1;
  row.subject.value = subject;
  row.reference.value = reference;
  row.ratio = row.ratio_low = row.ratio_high = Compare(row.comparison, subject, reference);
}

std::string Table(const std::vector<Row>& rows, const Conditions& conditions) {
  std::string out;
  if (conditions.facts > 0) out += fmt::format("{:.0f} facts\n", conditions.facts);
  if (conditions.quick) {
    out += "QUICK: smaller data and fewer requests; the aims are for the full run.\n";
  }
  out += fmt::format("{:<20} {:>20} {:>20} {:>9} {:>19}  {}\n", "row", "subject", "reference",
                     "ratio", "spread", "aim");
  for (const Row& row : rows) {
    const std::string aim = row.aim_kind == Aim::kReported
                                ? AimText(row)
                                : AimText(row) + (row.Met() ? " met" : " MISSED");
    const std::string ratio = row.comparison == Comparison::kDifference
                                  ? fmt::format("{:+.3g}", row.ratio)
                                  : fmt::format("{:.3g}", row.ratio);
    out += fmt::format("{:<20} {:>20} {:>20} {:>9} {:>19}  {}\n", row.name, FigureText(row.subject),
                       FigureText(row.reference), ratio,
                       fmt::format("{:.3g} to {:.3g}", row.ratio_low, row.ratio_high), aim);
    out += fmt::format("{:<20}   {}\n", "", row.what);
  }
  return out;
}

std::string MarkdownTable(const std::vector<Row>& rows) {
  std::string out =
      "| row | subject | reference | ratio | spread | aim | |\n"
      "| --- | ---: | ---: | ---: | ---: | --- | --- |\n";
  for (const Row& row : rows) {
    out += fmt::format("| `{}` | {} | {} | {:.3g} | {:.3g} to {:.3g} | {} | {} |\n", row.name,
                       FigureText(row.subject), FigureText(row.reference), row.ratio, row.ratio_low,
                       row.ratio_high, AimText(row),
                       row.aim_kind == Aim::kReported ? ""
                       : row.Met()                    ? "met"
                                                      : "**missed**");
  }
  return out;
}

std::string Json(const std::vector<Row>& rows, const Conditions& conditions) {
  const auto figure = [](const Figure& of) {
    return nlohmann::ordered_json{{"value", of.value}, {"unit", of.unit}};
  };
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    out.push_back({{"name", row.name},
                   {"what", row.what},
                   {"subject", figure(row.subject)},
                   {"reference", figure(row.reference)},
                   {"comparison", ComparisonText(row.comparison)},
                   {"ratio", row.ratio},
                   {"ratio_low", row.ratio_low},
                   {"ratio_high", row.ratio_high},
                   {"rounds", row.rounds},
                   {"aim", AimText(row)},
                   {"met", row.Met()},
                   {"quick", conditions.quick},
                   {"facts", conditions.facts}});
  }
  return out.dump(2);
}

}  // namespace keyscore::bench
