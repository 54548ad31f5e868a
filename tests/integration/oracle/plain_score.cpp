// The arithmetic of a total, in the words of the design: lists of names and sums over them.
#include "integration/oracle/plain_score.h"

#include <cmath>

namespace keyscore::testing {
namespace {

using Catalogue = std::map<std::string, v1::Kpi>;
using Names = std::vector<std::string>;

const v1::KpiWeight& OfProfile(const PlainRules& rules, const std::string& kpi) {
  static const v1::KpiWeight nothing;
  const auto found = rules.weights.find(kpi);
  return found == rules.weights.end() ? nothing : found->second;
}

// The pillars in which the profile weighs a KPI; there its weights alone count.
std::set<v1::Pillar> WeighedByProfile(const Catalogue& catalogue, const PlainRules& rules) {
  std::set<v1::Pillar> pillars;
  for (const auto& [name, weight] : rules.weights) {
    if (weight.has_weight()) pillars.insert(catalogue.at(name).pillar());
  }
  return pillars;
}

std::optional<double> PlainAttainment(const v1::Kpi& kpi, const v1::KpiWeight& weight,
                                      double value) {
  if (!weight.has_target() && !kpi.has_default_target()) return std::nullopt;
  const double target = weight.has_target() ? weight.target() : kpi.default_target();
  if (target == 0) return std::nullopt;
  switch (kpi.direction()) {
    case v1::Kpi::DIRECTION_HIGHER_IS_BETTER:
      return 1 + (value - target) / std::fabs(target);
    case v1::Kpi::DIRECTION_LOWER_IS_BETTER:
      return 1 + (target - value) / std::fabs(target);
    default:
      return std::nullopt;
  }
}

std::optional<double> ComputedScore(const v1::KpiResult& result, const v1::Kpi& kpi,
                                    const v1::KpiWeight& weight) {
  if (result.state() != v1::KpiResult::VALUE) return std::nullopt;
  const auto& points = weight.curve().empty() ? kpi.curve() : weight.curve();
  const PlainCurve curve(points.begin(), points.end());
  if (weight.curve_basis() != v1::CURVE_BASIS_ATTAINMENT) {
    return PlainCurveScore(curve, result.value());
  }
  const std::optional<double> attainment = PlainAttainment(kpi, weight, result.value());
  if (!attainment) return std::nullopt;
  return PlainCurveScore(curve, *attainment);
}

double Sum(const Names& names, const std::map<std::string, double>& weights) {
  double sum = 0;
  for (const std::string& name : names) sum += weights.at(name);
  return sum;
}

// The KPIs of a card by what becomes of their weight.
struct Sorted {
  std::map<std::string, double> weights;  // without what doesn't apply, sum to 1
  std::map<std::string, double> scores;   // of what has one
  Names with_score;
  Names assumed;
  Names to_siblings;
  Names to_everyone;
};

void SortOut(const v1::KpiResult& result, const PlainRules& rules, Sorted& sorted,
             PlainTotal& plain) {
  const std::string& kpi = result.kpi();
  if (sorted.scores.count(kpi) > 0) {
    sorted.with_score.push_back(kpi);
    return;
  }
  const bool is_error = result.state() == v1::KpiResult::ERROR;
  switch (OfProfile(rules, kpi).missing_data()) {
    case v1::MISSING_DATA_POLICY_NEUTRAL:
      plain.assumed_scores[kpi] = 50;
      sorted.assumed.push_back(kpi);
      return;
    case v1::MISSING_DATA_POLICY_ZERO:
      if (is_error) break;
      plain.assumed_scores[kpi] = 0;
      sorted.assumed.push_back(kpi);
      return;
    case v1::MISSING_DATA_POLICY_REDISTRIBUTE_OVERALL:
      sorted.to_everyone.push_back(kpi);
      return;
    case v1::MISSING_DATA_POLICY_BLOCK:
      plain.blocked_by.insert(kpi);
      break;
    default:
      break;
  }
  sorted.to_siblings.push_back(kpi);
}

// Gives the weight of what is missing to what has a score.
std::map<std::string, double> GiveAway(const Sorted& sorted, const Catalogue& catalogue) {
  std::map<std::string, double> weights;
  for (const std::string& kpi : sorted.with_score) weights[kpi] = sorted.weights.at(kpi);
  Names to_everyone = sorted.to_everyone;
  for (const std::string& giver : sorted.to_siblings) {
    Names siblings;
    for (const std::string& kpi : sorted.with_score) {
      if (catalogue.at(kpi).pillar() == catalogue.at(giver).pillar()) siblings.push_back(kpi);
    }
    if (siblings.empty()) to_everyone.push_back(giver);
    const double theirs = Sum(siblings, sorted.weights);
    for (const std::string& kpi : siblings) {
      weights[kpi] += sorted.weights.at(giver) * sorted.weights.at(kpi) / theirs;
    }
  }
  const double given = Sum(to_everyone, sorted.weights);
  const double taken = Sum(sorted.with_score, weights);
  for (const std::string& kpi : sorted.with_score) weights[kpi] *= 1 + given / taken;
  for (const std::string& kpi : sorted.assumed) weights[kpi] = sorted.weights.at(kpi);
  return weights;
}

}  // namespace

double PlainCurveScore(const PlainCurve& curve, double value) {
  if (value <= curve[0].value()) return curve[0].score();
  for (size_t i = 1; i < curve.size(); ++i) {
    if (value > curve[i].value()) continue;
    const double part = (value - curve[i - 1].value()) / (curve[i].value() - curve[i - 1].value());
    return curve[i - 1].score() + part * (curve[i].score() - curve[i - 1].score());
  }
  return curve.back().score();
}

PlainTotal PlainScore(const v1::Scorecard& card, const Catalogue& catalogue,
                      const PlainRules& rules) {
  const std::set<v1::Pillar> by_profile = WeighedByProfile(catalogue, rules);
  // What a KPI weighs in its pillar, relative to its siblings.
  const auto weight_of = [&](const v1::Kpi& kpi) {
    return by_profile.count(kpi.pillar()) > 0 ? OfProfile(rules, kpi.name()).weight()
                                              : kpi.default_weight();
  };
  PlainTotal plain;
  Sorted sorted;
  std::map<v1::Pillar, double> all;      // relative weights within a pillar
  std::map<v1::Pillar, double> applies;  // … without what doesn't apply
  std::set<std::string> out;
  for (const v1::KpiResult& result : card.kpis()) {
    const v1::Kpi& kpi = catalogue.at(result.kpi());
    if (const auto score = ComputedScore(result, kpi, OfProfile(rules, kpi.name()))) {
      sorted.scores[kpi.name()] = plain.computed_scores[kpi.name()] = *score;
    }
    bool is_out = result.state() == v1::KpiResult::NOT_APPLICABLE;
    const auto exception = rules.exceptions.find(kpi.name());
    if (exception != rules.exceptions.end()) {
      is_out = !exception->second.has_value();
      if (!is_out) sorted.scores[kpi.name()] = *exception->second;
    }
    const double weight = weight_of(kpi);
    all[kpi.pillar()] += weight;
    if (is_out) {
      out.insert(kpi.name());
    } else {
      applies[kpi.pillar()] += weight;
    }
  }
  // A pillar in which nothing weighs, or nothing applies, leaves its share to the others.
  double shared_out = 0;
  double shared_in = 0;
  for (const auto& [pillar, weight] : all) shared_out += weight > 0 ? rules.shares.at(pillar) : 0;
  for (const auto& [pillar, weight] : applies) {
    if (weight > 0) shared_in += rules.shares.at(pillar);
  }
  for (const v1::KpiResult& result : card.kpis()) {
    const v1::Kpi& kpi = catalogue.at(result.kpi());
    const double share = rules.shares.at(kpi.pillar());
    const double in_pillar = weight_of(kpi);
    if (in_pillar == 0 || share == 0) continue;
    plain.nominal_weights[kpi.name()] = share / shared_out * in_pillar / all[kpi.pillar()];
    if (out.count(kpi.name()) > 0) continue;
    sorted.weights[kpi.name()] = share / shared_in * in_pillar / applies[kpi.pillar()];
    SortOut(result, rules, sorted, plain);
  }

  plain.coverage = Sum(sorted.with_score, sorted.weights);
  for (const auto& [kpi, weight] : sorted.weights) {
    const auto score = sorted.scores.find(kpi);
    plain.low += weight * (score == sorted.scores.end() ? 0 : score->second);
    plain.high += weight * (score == sorted.scores.end() ? 100 : score->second);
  }
  if (sorted.with_score.empty()) {
    plain.high = 100;
    return plain;
  }
  plain.kpi_weights = GiveAway(sorted, catalogue);
  double total = 0;
  std::map<v1::Pillar, double> points;
  for (const auto& [kpi, weight] : plain.kpi_weights) {
    const auto assumed = plain.assumed_scores.find(kpi);
    const double score =
        assumed == plain.assumed_scores.end() ? sorted.scores.at(kpi) : assumed->second;
    total += weight * score;
    points[catalogue.at(kpi).pillar()] += weight * score;
    plain.pillar_weights[catalogue.at(kpi).pillar()] += weight;
  }
  for (const auto& [pillar, weight] : plain.pillar_weights) {
    plain.pillar_scores[pillar] = points[pillar] / weight;
  }
  plain.total = total;
  return plain;
}

}  // namespace keyscore::testing
