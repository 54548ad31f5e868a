// Line charts with logarithmic axes, as SVG.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace keyscore::bench {

struct Chart {
  struct Line {
    std::string name;
    std::vector<std::pair<double, double>> points;  // both > 0; others are left out
  };
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Line> lines;
};

std::string Svg(const Chart& chart);

}  // namespace keyscore::bench
