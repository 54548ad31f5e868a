// Puts the rules in their order: the file, then what it says of itself, then what it does.
#include "kpis/conformance/check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "kpis/conformance/file_rules.h"
#include "kpis/conformance/rules.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr char kRunsCode[] =
    "do nothing in static constructors and in the entry point but hand out constants";

// Makes the report, rule by rule.
class Checker {
 public:
  Checker(const std::string& path, const CheckOptions& options)
      : path_(path), options_(options), report_{.path = path, .rules = {}} {}

  Report Run() {
    if (CheckFile() && Open()) CheckGoldenFile();
    for (const KpiRule& rule : KpiRules()) TryRule(rule);
    return std::move(report_);
  }

 private:
  RuleResult& Add(const char* rule, const char* tried) {
    report_.rules.push_back({.rule = rule, .tried = tried});
    return report_.rules.back();
  }
  // Nothing was found, or something.
  static void Settle(RuleResult& rule) {
    rule.outcome = rule.failures.empty() ? Outcome::kPassed : Outcome::kFailed;
  }

  // The rules that need no code to run.
  bool CheckFile() {
    std::vector<RuleResult> rules = CheckSymbols(path_);
    const bool readable = rules.front().outcome == Outcome::kPassed;
    if (!readable) blocked_ = "see file";
    for (RuleResult& rule : rules) report_.rules.push_back(std::move(rule));
    return readable;
  }

  // Opens the library and takes its description: the rules loads, abi and descriptor, in one child.
  bool Open() {
    const ks_library* raw = nullptr;  // in the child
    const std::vector<StepResult> steps = RunSteps(
        3, {.time_limit = options_.time_limit, .max_restarts = 0, .libraries = {path_}},
        [](Reporter&) { return true; },
        [&](size_t step, Reporter& reporter) {
          if (step == 0) {
            raw = Load(reporter);
          } else if (raw == nullptr) {
            reporter.Skip("the library did not load");
          } else {
            Describe(*raw, /*whole=*/step == 2, reporter);
          }
        });
    constexpr std::array<std::array<const char*, 2>, 3> kRules = {
        {{"loads", "opens, and the entry point describes a library"},
         {"abi", "its ABI is one that this host speaks"},
         {"descriptor", "the description is whole and sound"}}};
    for (size_t i = 0; i < steps.size(); ++i) {
      RuleResult& rule = Add(kRules[i][0], kRules[i][1]);
      for (const StepFailure& failure : steps[i].failures) {
        rule.failures.push_back(
            {"", failure.happened, failure.fix.empty() ? kRunsCode : failure.fix});
      }
      Settle(rule);
      if (rule.outcome == Outcome::kFailed && blocked_.empty()) {
        blocked_ = fmt::format("see {}", rule.rule);
      } else if (!steps[i].begun || !steps[i].skipped.empty() || !blocked_.empty()) {
        if (blocked_.empty()) blocked_ = steps[i].skipped;
        rule.outcome = rule.failures.empty() ? Outcome::kSkipped : Outcome::kFailed;
        if (rule.outcome == Outcome::kSkipped) rule.note = blocked_;
      }
    }
    if (const std::string& why = steps[0].unconfined; !why.empty()) {
      report_.rules[report_.rules.size() - steps.size()].note =
          fmt::format("without the sandbox, so the library could do as it likes: {}", why);
    }
    if (!blocked_.empty()) return false;
    kpis_ = absl::StrSplit(steps[2].produced, '\n', absl::SkipEmpty());
    return true;
  }

  const ks_library* Load(Reporter& reporter) const {
    reporter.Doing("opening the library");
    std::string error;
    const ks_library_fn entry = OpenLibrary(path_, error);
    if (entry == nullptr) {
      if (error.empty()) {
        reporter.Skip("no entry point, see exports");
      } else {
        reporter.Fail(error,
                      "link with -Wl,--no-undefined, which finds missing symbols at build "
                      "time, and install the libraries that it needs");
      }
      return nullptr;
    }
    reporter.Doing("calling " KS_ENTRY_SYMBOL);
    const ks_library* raw = nullptr;
    try {
      raw = entry(CheckerHost());
    } catch (...) {
      reporter.Fail(KS_ENTRY_SYMBOL " threw an exception", kRunsCode);
      return nullptr;
    }
    if (raw == nullptr) {
      const std::string complaints = LoggedComplaints();
      reporter.Fail(complaints.empty() ? "declined to work under this host and logged no reason"
                                       : "declined to work under this host: " + complaints,
                    "return the description, or log the reason through host->log");
    }
    return raw;
  }

  // Negotiation is a rule of its own: what DescribeLibrary says of it says nothing else.
  void Describe(const ks_library& raw, bool whole, Reporter& reporter) const {
    reporter.Doing("reading the description");
    const auto described = DescribeLibrary(raw, FileId(path_), IsBuiltIn(path_));
    const std::string message(described.status().message());
    const bool refused = absl::StartsWith(message, "ABI: ");
    if (!whole) {
      if (refused) reporter.Fail(message, "build the library with this host's SDK");
      return;
    }
    if (refused) {
      reporter.Skip("see abi");
      return;
    }
    if (!described.ok()) {
      const std::vector<std::string> faults = absl::StrSplit(message, '\n');
      for (const std::string& fault : faults) {
        reporter.Fail(fault, "correct that field; kpi_abi.h says what each may hold");
      }
      return;
    }
    for (const DescribedKpi& kpi : described->kpis) reporter.Produce(kpi.definition.id + "\n");
  }

  // Reads the golden vectors; faults of the file go to the rule `golden`.
  void CheckGoldenFile() {
    std::string file = options_.golden_file;
    if (file.empty()) {
      file = std::filesystem::path(path_).replace_extension(".golden.yaml").string();
      if (std::error_code ignored; !std::filesystem::exists(file, ignored)) {
        no_golden_ = fmt::format("no {}", std::filesystem::path(file).filename().string());
        return;
      }
    }
    auto vectors = ReadGolden(file);
    if (!vectors.ok()) {
      golden_faults_.push_back(
          {"", fmt::format("{}: {}", file, std::string(vectors.status().message())),
           "write a list of vectors such as - {kpi: acme_health.churn, inputs: {due: 20, "
           "lost: 5}, expect: {state: VALUE, value: 25}}"});
      return;
    }
    golden_ = *std::move(vectors);
    for (const GoldenVector& vector : golden_) {
      if (std::find(kpis_.begin(), kpis_.end(), vector.kpi) != kpis_.end()) continue;
      golden_faults_.push_back({"",
                                fmt::format("{}: line {}: kpi '{}' is not in the library", file,
                                            vector.line, vector.kpi),
                                fmt::format("it has {}", absl::StrJoin(kpis_, ", "))});
    }
  }

  void TryRule(const KpiRule& rule) {
    RuleResult& result = Add(rule.id, rule.tried);
    const bool is_golden = std::string_view(rule.id) == "golden";
    if (!blocked_.empty()) {
      result.note = blocked_;
      return;
    }
    if (is_golden && !no_golden_.empty()) {
      result.note = no_golden_;
      return;
    }
    if (kpis_.empty()) {
      result.note = "the library has no KPI";
      return;
    }
    DescribedLibrary library;
    std::unique_ptr<store::Store> store;
    const std::vector<StepResult> steps = RunSteps(
        kpis_.size(), {.time_limit = options_.time_limit, .libraries = {path_}},
        [&](Reporter& reporter) { return Reopen(path_, library, reporter); },
        [&](size_t i, Reporter& reporter) {
          Trial trial{library, library.kpis[i], options_, golden_, store, reporter};
          rule.run(trial);
        });
    if (is_golden) result.failures = golden_faults_;
    Gather(rule, steps, result);
  }

  void Gather(const KpiRule& rule, const std::vector<StepResult>& steps, RuleResult& result) const {
    size_t skipped = 0;
    size_t not_reached = 0;
    std::string why;
    for (size_t i = 0; i < steps.size(); ++i) {
      for (const StepFailure& failure : steps[i].failures) {
        result.failures.push_back(
            {kpis_[i], failure.happened, failure.fix.empty() ? rule.fix : failure.fix});
      }
      if (!steps[i].begun) ++not_reached;
      if (steps[i].skipped.empty()) continue;
      if (skipped++ == 0) why = steps[i].skipped;
    }
    Settle(result);
    if (result.failures.empty() && skipped == steps.size()) {
      result.outcome = Outcome::kSkipped;
      result.note = why;
    } else if (skipped > 0 && steps.size() > 1) {
      result.note =
          fmt::format("{} of {} KPIs; the others: {}", steps.size() - skipped, steps.size(), why);
    }
    if (not_reached > 0) {
      result.note = fmt::format("{} of {} KPIs were not tried, for too many of the others crashed",
                                not_reached, steps.size());
    }
  }

  const std::string path_;
  const CheckOptions& options_;
  Report report_;
  std::string blocked_;  // why no KPI can be tried
  std::vector<std::string> kpis_;
  std::vector<GoldenVector> golden_;
  std::string no_golden_;
  std::vector<Failure> golden_faults_;
};

}  // namespace

Report CheckLibrary(const std::string& path, const CheckOptions& options) {
  return Checker(path, options).Run();
}

}  // namespace keyscore::kpis::conformance
