// Growth as tables, JSON and charts.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/support/chart.h"
#include "bench/support/growth.h"

namespace keyscore::bench {
namespace {

using Points = std::vector<GrowthPoint>;

// 1234567 as "1,234,567".
std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string Whole(double number) { return Grouped(static_cast<int64_t>(number + 0.5)); }

std::string Table(const Points& points) {
  std::string out =
      "| facts | managers | warm card | without kept answers | warm cards/s | without kept "
      "answers/s | memory | start | import |\n"
      "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const GrowthPoint& point : points) {
    out += fmt::format("| {} | {} | {} µs | {} µs | {} | {} | {} MiB | {:.1f} s | {} facts/s |\n",
                       Grouped(point.facts), Grouped(point.managers), Whole(point.warm_micros),
                       Whole(point.uncached_micros), Whole(point.warm_per_second),
                       Whole(point.uncached_per_second), Whole(point.resident_mib),
                       point.start_seconds, Whole(point.import_per_second));
  }
  return out;
}

nlohmann::ordered_json Objects(const Points& points) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const GrowthPoint& point : points) {
    out.push_back({{"facts", point.facts},
                   {"managers", point.managers},
                   {"warm_micros", point.warm_micros},
                   {"uncached_micros", point.uncached_micros},
                   {"warm_per_second", point.warm_per_second},
                   {"uncached_per_second", point.uncached_per_second},
                   {"resident_mib", point.resident_mib},
                   {"start_seconds", point.start_seconds},
                   {"import_per_second", point.import_per_second}});
  }
  return out;
}

struct Drawing {
  const char* file;
  const char* title;
  const char* y_label;
  std::vector<std::pair<const char*, double GrowthPoint::*>> lines;
};

const std::vector<Drawing>& Drawings() {
  static const auto* const drawings = new std::vector<Drawing>{
      {"latency",
       "Latency of a manager's card, one request at a time",
       "microseconds",
       {{"warm", &GrowthPoint::warm_micros},
        {"without kept answers", &GrowthPoint::uncached_micros}}},
      {"throughput",
       "Cards a second, 4 clients x 16 streams",
       "cards/s",
       {{"warm", &GrowthPoint::warm_per_second},
        {"without kept answers", &GrowthPoint::uncached_per_second}}},
      {"memory", "Resident size of the server", "MiB", {{"resident", &GrowthPoint::resident_mib}}},
      {"start", "From exec to serving", "seconds", {{"start-up", &GrowthPoint::start_seconds}}},
  };
  return *drawings;
}

void Draw(const Points& points, const std::string& folder, const std::string& x_name,
          int64_t GrowthPoint::*x) {
  for (const Drawing& drawing : Drawings()) {
    Chart chart{drawing.title, x_name, drawing.y_label, {}};
    for (const auto& [name, y] : drawing.lines) {
      Chart::Line line{name, {}};
      for (const GrowthPoint& point : points) {
        line.points.emplace_back(static_cast<double>(point.*x), point.*y);
      }
      chart.lines.push_back(std::move(line));
    }
    std::ofstream(fmt::format("{}/{}_by_{}.svg", folder, drawing.file, x_name)) << Svg(chart);
  }
}

std::string Images(const std::string& x_name) {
  std::string out;
  for (const Drawing& drawing : Drawings()) {
    out += fmt::format("![{0}, by {1}](performance/{2}_by_{1}.svg)\n", drawing.title, x_name,
                       drawing.file);
  }
  return out;
}

}  // namespace

std::string GrowthTables(const Growth& growth) {
  return fmt::format(
      "### From 10 thousand to 30 million facts\n\n{}\n{}\n"
      "### From 10 to 10,000 managers, at one to two million facts\n\n{}\n{}",
      Table(growth.by_facts), Images("facts"), Table(growth.by_managers), Images("managers"));
}

std::string GrowthJson(const Growth& growth) {
  return nlohmann::ordered_json{{"by_facts", Objects(growth.by_facts)},
                                {"by_managers", Objects(growth.by_managers)}}
      .dump(2);
}

void DrawGrowth(const Growth& growth, const std::string& folder) {
  std::filesystem::create_directories(folder);
  Draw(growth.by_facts, folder, "facts", &GrowthPoint::facts);
  Draw(growth.by_managers, folder, "managers", &GrowthPoint::managers);
}

}  // namespace keyscore::bench
