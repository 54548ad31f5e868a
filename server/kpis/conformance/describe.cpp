// Opens the libraries in one child, which writes the page.
#include "kpis/conformance/describe.h"

#include <algorithm>
#include <tuple>

#include "fmt/format.h"
#include "kpis/conformance/card.h"
#include "kpis/conformance/child.h"
#include "kpis/conformance/opened_library.h"

namespace keyscore::kpis::conformance {
namespace {

struct Contents {
  std::vector<KpiDefinition> kpis;
  std::vector<facts::DatasetSchema> datasets;
  size_t libraries = 0;
};

std::string Plural(size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void Sort(Contents& contents) {
  std::sort(contents.kpis.begin(), contents.kpis.end(),
            [](const KpiDefinition& a, const KpiDefinition& b) {
              return std::tie(a.pillar, a.id) < std::tie(b.pillar, b.id);
            });
  std::sort(
      contents.datasets.begin(), contents.datasets.end(),
      [](const facts::DatasetSchema& a, const facts::DatasetSchema& b) { return a.id < b.id; });
}

std::string PillarContents(const Contents& contents, Pillar pillar) {
  CardTable table{"", {"KPI", "title", "unit", "better", "timing", "weight"}, {}};
  for (const KpiDefinition& kpi : contents.kpis) {
    if (kpi.pillar != pillar) continue;
    table.rows.push_back({fmt::format("[{}](#{})", kpi.id, Anchor(kpi.id)), Escaped(kpi.title),
                          Escaped(kpi.unit), Arrow(kpi.direction),
                          kpi.timing == Timing::kLeading ? "leading" : "lagging",
                          kpi.default_weight > 0 ? fmt::format("{}", kpi.default_weight) : ""});
  }
  if (table.rows.empty()) return "";
  return fmt::format("\n### {} ({})\n\n{}", PillarTitle(pillar), table.rows.size(),
                     MarkdownTable(table));
}

std::string MarkdownPage(const Contents& contents) {
  std::string page = fmt::format(
      "# KPIs\n\n{} of {}, as the libraries describe themselves. This page is printed by\n"
      "`keyscore plugin describe --format markdown FILE.so...`: change the KPIs, not the page.\n\n"
      "## Contents\n",
      Plural(contents.kpis.size(), "KPI"),
      contents.libraries == 1 ? "1 library" : fmt::format("{} libraries", contents.libraries));
  for (const Pillar pillar : kPillars) page += PillarContents(contents, pillar);
  for (const Pillar pillar : kPillars) {
    bool headed = false;
    for (const KpiDefinition& kpi : contents.kpis) {
      if (kpi.pillar != pillar) continue;
      if (!headed) page += fmt::format("\n## {}\n", PillarTitle(pillar));
      headed = true;
      page += "\n" + ToMarkdown(MakeCard(kpi));
    }
  }
  if (!contents.datasets.empty()) page += "\n## Datasets\n";
  for (const facts::DatasetSchema& dataset : contents.datasets) {
    page += "\n" + ToMarkdown(MakeCard(dataset));
  }
  return page;
}

std::string TextPage(const Contents& contents) {
  std::string page;
  for (const KpiDefinition& kpi : contents.kpis) page += ToText(MakeCard(kpi)) + "\n";
  for (const facts::DatasetSchema& dataset : contents.datasets) {
    page += ToText(MakeCard(dataset)) + "\n";
  }
  return page + fmt::format("{}, {}.\n", Plural(contents.kpis.size(), "KPI"),
                            Plural(contents.datasets.size(), "dataset"));
}

// Adds what the library at `path` describes; false with the reason reported.
bool Add(const std::string& path, Contents& contents, Reporter& reporter) {
  reporter.Doing("opening it");
  std::string error;
  const ks_library_fn entry = OpenLibrary(path, error);
  if (entry == nullptr) {
    reporter.Fail(error.empty() ? "does not export " KS_ENTRY_SYMBOL : error, "");
    return false;
  }
  reporter.Doing("reading its description");
  const ks_library* const raw = entry(CheckerHost());
  if (raw == nullptr) {
    reporter.Fail("declined to work under this host: " + LoggedComplaints(), "");
    return false;
  }
  auto described = DescribeLibrary(*raw, FileId(path), IsBuiltIn(path));
  if (!described.ok()) {
    reporter.Fail(std::string(described.status().message()), "");
    return false;
  }
  for (DescribedKpi& kpi : described->kpis) contents.kpis.push_back(std::move(kpi.definition));
  for (facts::DatasetSchema& dataset : described->datasets) {
    contents.datasets.push_back(std::move(dataset));
  }
  ++contents.libraries;
  return true;
}

}  // namespace

absl::StatusOr<std::string> DescribeLibraries(const std::vector<std::string>& paths, Form form) {
  Contents contents;
  // The last step prints what the steps before it gathered, all in one child.
  const std::vector<StepResult> steps = RunSteps(
      paths.size() + 1, {.max_restarts = 0, .libraries = paths}, [](Reporter&) { return true; },
      [&](size_t i, Reporter& reporter) {
        if (i < paths.size()) {
          Add(paths[i], contents, reporter);
        } else {
          Sort(contents);
          reporter.Produce(form == Form::kMarkdown ? MarkdownPage(contents) : TextPage(contents));
        }
      });
  for (size_t i = 0; i < paths.size(); ++i) {
    if (steps[i].failures.empty()) continue;
    return absl::InvalidArgumentError(fmt::format("{}: {}; `keyscore plugin check` tells more",
                                                  paths[i], steps[i].failures.front().happened));
  }
  return steps.back().produced;
}

}  // namespace keyscore::kpis::conformance
