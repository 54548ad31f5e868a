// Medians, ratios and their two printed forms.
#include "bench/support/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyscore::bench {
namespace {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

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

double Compare(const Row& row, bool inverse, double subject, double reference) {
  if (row.comparison == Comparison::kDifference) return subject - reference;
  return inverse ? reference / subject : subject / reference;
}

}  // namespace

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

void Alternate(Row& row, int rounds, bool inverse, const std::function<double()>& reference,
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
    ratios.push_back(Compare(row, inverse, of_subject, of_reference));
  }
  row.rounds = rounds;
  row.subject = Median(subjects);
  row.reference = Median(references);
  row.ratio = Median(ratios);
  row.ratio_low = *std::min_element(ratios.begin(), ratios.end());
  row.ratio_high = *std::max_element(ratios.begin(), ratios.end());
}

std::string Table(const std::vector<Row>& rows) {
  std::string out = fmt::format("{:<14} {:>14} {:>14} {:<8} {:>8} {:>17}  {}\n", "row", "subject",
                                "reference", "unit", "ratio", "spread", "aim");
  for (const Row& row : rows) {
    const std::string aim = row.aim_kind == Aim::kReported
                                ? AimText(row)
                                : AimText(row) + (row.Met() ? " met" : " MISSED");
    const std::string ratio = row.comparison == Comparison::kDifference
                                  ? fmt::format("{:+.3g}", row.ratio)
                                  : fmt::format("{:.3g}", row.ratio);
    out += fmt::format("{:<14} {:>14.1f} {:>14.1f} {:<8} {:>8} {:>17}  {}\n", row.name, row.subject,
                       row.reference, row.unit, ratio,
                       fmt::format("{:.3g}-{:.3g}", row.ratio_low, row.ratio_high), aim);
    out += fmt::format("               {}\n", row.what);
  }
  return out;
}

std::string Json(const std::vector<Row>& rows) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    out.push_back(
        {{"name", row.name},
         {"what", row.what},
         {"subject", row.subject},
         {"reference", row.reference},
         {"unit", row.unit},
         {"comparison", row.comparison == Comparison::kDifference ? "difference" : "ratio"},
         {"ratio", row.ratio},
         {"ratio_low", row.ratio_low},
         {"ratio_high", row.ratio_high},
         {"rounds", row.rounds},
         {"aim", AimText(row)},
         {"met", row.Met()}});
  }
  return out.dump(2);
}

}  // namespace keyscore::bench
