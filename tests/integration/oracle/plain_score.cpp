// The arithmetic of a total, in the words of the design.
#include "integration/oracle/plain_score.h"

namespace keyscore::testing {

double PlainCurveScore(const v1::Kpi& kpi, double value) {
  const auto& points = kpi.curve();
  if (value <= points[0].value()) return points[0].score();
  for (int i = 1; i < points.size(); ++i) {
    if (value > points[i].value()) continue;
    const double part =
        (value - points[i - 1].value()) / (points[i].value() - points[i - 1].value());
    return points[i - 1].score() + part * (points[i].score() - points[i - 1].score());
  }
  return points[points.size() - 1].score();
}

PlainTotal PlainScore(const v1::Scorecard& card, const std::map<std::string, v1::Kpi>& catalogue,
                      const std::map<v1::Pillar, double>& shares) {
  // Nominal weights: a pillar's share, divided among its KPIs by their weight.
  std::map<v1::Pillar, double> weight_in_pillar;
  for (const v1::KpiResult& result : card.kpis()) {
    if (result.state() == v1::KpiResult::NOT_APPLICABLE) continue;
    weight_in_pillar[result.pillar()] += catalogue.at(result.kpi()).default_weight();
  }
  double shared_out = 0;
  for (const auto& [pillar, weight] : weight_in_pillar) {
    if (weight > 0) shared_out += shares.at(pillar);
  }

  PlainTotal plain;
  std::map<v1::Pillar, double> points;  // Σ nominal weight × score
  std::map<v1::Pillar, double> covered;
  for (const v1::KpiResult& result : card.kpis()) {
    const double in_pillar = catalogue.at(result.kpi()).default_weight();
    if (result.state() == v1::KpiResult::NOT_APPLICABLE || in_pillar == 0) continue;
    const double weight =
        shares.at(result.pillar()) / shared_out * in_pillar / weight_in_pillar[result.pillar()];
    plain.nominal_weights[result.kpi()] = weight;
    if (weight == 0) continue;
    if (result.state() == v1::KpiResult::VALUE) {
      const double score = PlainCurveScore(catalogue.at(result.kpi()), result.value());
      points[result.pillar()] += weight * score;
      covered[result.pillar()] += weight;
      plain.coverage += weight;
      plain.low += weight * score;
      plain.high += weight * score;
    } else {
      plain.high += weight * 100;
    }
  }

  // A pillar without any value leaves its share to the others.
  double live_shares = 0;
  for (const auto& [pillar, weight] : covered) live_shares += shares.at(pillar);
  if (live_shares == 0) return plain;
  double total = 0;
  for (const auto& [pillar, weight] : covered) {
    plain.pillar_scores[pillar] = points[pillar] / weight;
    plain.pillar_weights[pillar] = shares.at(pillar) / live_shares;
    total += plain.pillar_weights[pillar] * *plain.pillar_scores[pillar];
  }
  plain.total = total;
  for (const v1::KpiResult& result : card.kpis()) {
    const double weight = plain.nominal_weights[result.kpi()];
    if (result.state() != v1::KpiResult::VALUE || weight == 0) continue;
    plain.kpi_weights[result.kpi()] =
        plain.pillar_weights[result.pillar()] * weight / covered[result.pillar()];
  }
  return plain;
}

}  // namespace keyscore::testing
