// Quantiles for 95 % confidence intervals.
#pragma once

#include <cstddef>

namespace keyscore::sdk {

// The 97.5 % quantile of the standard normal distribution: half-width of a 95 % interval.
inline constexpr double kZ95 = 1.959963984540054;

// The 97.5 % quantile of Student's t distribution with a whole number of degrees of freedom, at
// least 1. Tabulated up to 30; above that the normal quantile expanded in powers of 1 / degrees
// (Abramowitz & Stegun 26.7.5), which is right to 2 parts in 100 million.
constexpr double StudentT95(double degrees) {
  constexpr double kTable[] = {
      12.7062047361747, 4.30265272974946, 3.18244630528371, 2.77644510519779, 2.57058183563631,
      2.44691185114498, 2.36462425159278, 2.30600413520417, 2.2621571627982,  2.22813885198627,
      2.20098516009164, 2.17881282966723, 2.16036865646279, 2.1447866879178,  2.13144954555978,
      2.11990529922125, 2.10981557783332, 2.10092204024104, 2.09302405440831, 2.08596344726586,
      2.07961384472768, 2.07387306790403, 2.06865761041905, 2.06389856162803, 2.0595385527533,
      2.05552943864287, 2.05183051648029, 2.04840714179524, 2.0452296421327,  2.04227245630124};
  if (degrees < 1) return kTable[0];
  if (degrees <= 30) return kTable[static_cast<std::size_t>(degrees) - 1];
  const double z = kZ95;
  const double z2 = z * z;
  const double term1 = z * (z2 + 1) / 4;
  const double term2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double term3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double term4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (term1 + (term2 + (term3 + term4 / degrees) / degrees) / degrees) / degrees;
}

}  // namespace keyscore::sdk
