// How two columns of figures go together. Pure, in the order of the input.
#pragma once

#include <optional>
#include <vector>

namespace keyscore::scoring {

// Pearson's correlation, -1 to 1, of columns of equal length. None for fewer than two rows and
// where a column is constant: nothing goes together with what doesn't move.
std::optional<double> Pearson(const std::vector<double>& a, const std::vector<double>& b);

// Places from 1 for the smallest; equal values share the mean of theirs.
std::vector<double> AverageRanks(const std::vector<double>& values);

// Spearman's: Pearson's of the average ranks. None for fewer than two rows. Where all of a column
// are equal there is no order to compare: 1 if they are in both, else 0.
std::optional<double> Spearman(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace keyscore::scoring
