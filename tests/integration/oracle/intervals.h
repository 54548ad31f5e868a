// 95 % intervals worked out from figures in the open: proportions, means, promoters, roll-ups.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "integration/oracle/sql.h"
#include "support/duck.h"

namespace keyscore::testing {

struct Limits {
  double low = 0;
  double high = 0;
};

// The p that satisfy |p - yes/of| = z sqrt(p (1 - p) / of), in %: E. B. Wilson, JASA 22, 1927.
std::optional<Limits> WilsonLimits(double yes, double of);
// mean ± t(n - 1) deviation / sqrt(n), `deviation` that of a sample; none for n under 2.
std::optional<Limits> MeanLimits(double mean, double deviation, double n);
// The adjusted Wald interval with 3/4 promoter, 3/4 detractor and 3/2 others added, -100 to 100:
// B. Rocks, The American Statistician 70, 2016. It contains the score.
std::optional<Limits> PromoterLimits(double promoters, double detractors, double n);

// Of every subject for whom there is one, by the answer's figures; of a roll-up where at least two
// accounts have weight, and all the same: Wilson where each is 0 or 100 and the unit is %, else the
// mean's.
std::map<std::string, std::optional<Limits>> ExpectedLimits(Duck& duck, const sql::Answer& answer,
                                                            const std::string& unit);

}  // namespace keyscore::testing
