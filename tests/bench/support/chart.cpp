// Axes from power of ten to power of ten, a colour and a mark a line.
#include "bench/support/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace keyscore::bench {
namespace {

constexpr double kWidth = 640, kHeight = 360;
constexpr double kLeft = 78, kRight = 18, kTop = 44, kBottom = 52;
// Told apart by people who see colours differently, too.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73"};

// One axis: powers of ten to places.
class Axis {
 public:
  Axis(double low, double high, double from, double to)
      : low_(std::floor(std::log10(low))),
        high_(std::ceil(std::log10(high))),
        from_(from),
        to_(to) {
    if (high_ <= low_) high_ = low_ + 1;
  }

  double At(double value) const {
    return from_ + (std::log10(value) - low_) / (high_ - low_) * (to_ - from_);
  }
  std::vector<double> Ticks() const {
    std::vector<double> ticks;
    for (double power = low_; power <= high_; ++power) ticks.push_back(std::pow(10, power));
    return ticks;
  }

 private:
  double low_, high_, from_, to_;
};

std::string TickText(double value) {
  if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:g}k", value / 1e3);
  return fmt::format("{:g}", value);
}

std::string Text(double x, double y, const std::string& anchor, const std::string& text,
                 const std::string& more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, more, text);
}

std::string Stroke(double x1, double y1, double x2, double y2, const std::string& colour) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x1, y1, x2,
      y2, colour);
}

bool Shown(const std::pair<double, double>& point) { return point.first > 0 && point.second > 0; }

std::string Grid(const Axis& x, const Axis& y) {
  std::string out;
  for (const double tick : x.Ticks()) {
    out += Stroke(x.At(tick), kTop, x.At(tick), kHeight - kBottom, "#dddddd");
    out += Text(x.At(tick), kHeight - kBottom + 18, "middle", TickText(tick));
  }
  for (const double tick : y.Ticks()) {
    out += Stroke(kLeft, y.At(tick), kWidth - kRight, y.At(tick), "#dddddd");
    out += Text(kLeft - 8, y.At(tick) + 4, "end", TickText(tick));
  }
  return out;
}

std::string Curve(const Chart::Line& line, const Axis& x, const Axis& y, size_t number) {
  const std::string colour = kColours[number % std::size(kColours)];
  std::string path, marks;
  for (const auto& point : line.points) {
    if (!Shown(point)) continue;
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : " L", x.At(point.first),
                        y.At(point.second));
    marks += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"/>\n",
                         x.At(point.first), y.At(point.second), colour);
  }
  const double legend_y = kTop + 16 + 18 * static_cast<double>(number);
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path,
                     colour) +
         marks + Stroke(kLeft + 12, legend_y - 4, kLeft + 32, legend_y - 4, colour) +
         Text(kLeft + 38, legend_y, "start", line.name);
}

}  // namespace

std::string Svg(const Chart& chart) {
  double low_x = INFINITY, high_x = 0, low_y = INFINITY, high_y = 0;
  for (const Chart::Line& line : chart.lines) {
    for (const auto& point : line.points) {
      if (!Shown(point)) continue;
      low_x = std::min(low_x, point.first);
      high_x = std::max(high_x, point.first);
      low_y = std::min(low_y, point.second);
      high_y = std::max(high_y, point.second);
    }
  }
  if (high_x == 0) low_x = high_x = low_y = high_y = 1;
  const Axis x(low_x, high_x, kLeft, kWidth - kRight);
  const Axis y(low_y, high_y, kHeight - kBottom, kTop);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:g} {1:g}\" width=\"{0:g}\" "
      "height=\"{1:g}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333333\">\n"
      "<rect width=\"{0:g}\" height=\"{1:g}\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight);
  out += Text(kWidth / 2, 24, "middle", chart.title, " font-size=\"15\"");
  out += Grid(x, y);
  out += Text((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", chart.x_label);
  out += Text(0, 0, "middle", chart.y_label,
              fmt::format(" transform=\"translate(18 {:.1f}) rotate(-90)\"",
                          (kTop + kHeight - kBottom) / 2));
  for (size_t i = 0; i < chart.lines.size(); ++i) out += Curve(chart.lines[i], x, y, i);
  return out + "</svg>\n";
}

}  // namespace keyscore::bench
