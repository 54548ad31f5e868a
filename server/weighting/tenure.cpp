// Months in role, and the days between the bounds of bands.
#include "weighting/tenure.h"

#include <algorithm>

#include "weighting/resolve.h"

namespace keyscore::weighting {

int MonthsBetween(absl::CivilDay start, absl::CivilDay date) {
  if (date <= start) return 0;
  const auto months = absl::CivilMonth(date) - absl::CivilMonth(start);
  return static_cast<int>(date.day() < start.day() ? months - 1 : months);
}

absl::CivilDay FirstDayWith(absl::CivilDay start, int months) {
  const absl::CivilMonth month = absl::CivilMonth(start) + months;
  const absl::CivilDay same_day = absl::CivilDay(month) + (start.day() - 1);
  // The month may lack the day; then the month in role is full on the 1st after.
  return std::min(same_day, absl::CivilDay(month + 1));
}

const TenureBand* BandOf(const std::vector<TenureBand>& bands, int months) {
  for (const TenureBand& band : bands) {
    if (months >= band.from_months && (!band.to_months || months < *band.to_months)) return &band;
  }
  return nullptr;
}

std::vector<BandDays> DaysInBands(const std::vector<TenureBand>& bands, absl::CivilDay role_started,
                                  absl::CivilDay from, absl::CivilDay to) {
  from = std::max(from, role_started);
  std::vector<BandDays> parts;
  for (const TenureBand& band : bands) {
    const absl::CivilDay begin = std::max(from, FirstDayWith(role_started, band.from_months));
    const absl::CivilDay end =
        band.to_months ? std::min(to, FirstDayWith(role_started, *band.to_months)) : to;
    if (begin < end) parts.push_back({&band, end - begin});
  }
  return parts;
}

std::vector<PillarWeight> MixBands(const std::vector<BandDays>& parts) {
  int64_t days = 0;
  for (const BandDays& part : parts) days += part.days;
  std::vector<PillarWeight> mixed;
  for (const kpis::Pillar pillar : kpis::kPillars) {
    double weight = 0;
    for (const BandDays& part : parts) {
      const double share = static_cast<double>(part.days) / static_cast<double>(days);
      for (const PillarWeight& entry : part.band->pillars) {
        if (entry.pillar == pillar) weight += share * entry.weight;
      }
    }
    mixed.push_back({pillar, weight});
  }
  return mixed;
}

}  // namespace keyscore::weighting
