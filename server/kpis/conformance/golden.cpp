// Evaluates golden vectors and compares.
#include "kpis/conformance/golden.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "fmt/format.h"
#include "kpis/conformance/rules.h"

namespace keyscore::kpis::conformance {
namespace {

template <class Named>
std::string Names(const std::vector<Named>& named) {
  return named.empty() ? "none"
                       : absl::StrJoin(named, ", ", [](std::string* out, const Named& one) {
                           out->append(one.name);
                         });
}

// One vector on one KPI.
class Comparison {
 public:
  Comparison(Trial& trial, const GoldenVector& vector)
      : trial_(trial), vector_(vector), definition_(trial.definition()) {}

  void Run() {
    SettingValues settings = DefaultSettings(definition_);
    Question question = vector_.question;
    question.parameters.assign(definition_.parameters.size(), 0);
    if (!CheckNames(vector_.inputs, definition_.inputs, "inputs") ||
        !Set(vector_.settings, definition_.settings, "settings", settings.values) ||
        !Set(vector_.parameters, definition_.parameters, "parameters", question.parameters)) {
      return;
    }
    if (vector_.parameters.size() != definition_.parameters.size()) {
      Fail("a model needs all of its parameters", "give " + Names(definition_.parameters));
      return;
    }
    InputRows row;
    if (!MakeRow(row)) return;
    trial_.reporter.Doing(fmt::format("evaluating the vector at line {}", vector_.line));
    CallResult made;
    const Instance instance = Instance::Make(trial_.kpi, CheckerHost(), settings, made);
    if (!Complaint(made).empty()) {
      Fail("create " + Complaint(made), "correct the settings, or create");
      return;
    }
    const CallResult result = instance.Evaluate(row, question);
    if (result.rows.empty()) {
      Fail("evaluate " + Complaint(result), "correct the inputs, or evaluate");
      return;
    }
    Compare(result.rows.front());
  }

 private:
  void Fail(const std::string& happened, const std::string& fix) {
    trial_.reporter.Fail(fmt::format("line {}: {}", vector_.line, happened), fix);
  }

  template <class Map, class Named>
  bool CheckNames(const Map& given, const std::vector<Named>& known, const char* field) {
    for (const auto& entry : given) {
      const std::string& name = entry.first;
      if (std::none_of(known.begin(), known.end(),
                       [&](const Named& one) { return one.name == name; })) {
        Fail(fmt::format("{}.{}: the KPI has no such name", field, name),
             fmt::format("it has {}", Names(known)));
        return false;
      }
    }
    return true;
  }

  template <class Named>
  bool Set(const std::map<std::string, double>& given, const std::vector<Named>& known,
           const char* field, std::vector<double>& values) {
    if (!CheckNames(given, known, field)) return false;
    for (size_t i = 0; i < known.size(); ++i) {
      if (const auto found = given.find(known[i].name); found != given.end()) {
        values[i] = found->second;
      }
    }
    return true;
  }

  // The one row of inputs; what is not given has no facts.
  bool MakeRow(InputRows& row) {
    row = MakeRows(definition_.inputs, 1, Sample::kNoFacts);
    for (size_t i = 0; i < definition_.inputs.size(); ++i) {
      const auto found = vector_.inputs.find(definition_.inputs[i].name);
      if (found == vector_.inputs.end()) continue;
      const bool is_list = definition_.inputs[i].aggregate == store::Aggregate::kList;
      if (is_list != found->second.is_list) {
        Fail(fmt::format("inputs.{} is {}a list", found->first, is_list ? "not " : ""),
             is_list ? "write its values as [1, 2, 3]" : "write one number or null");
        return false;
      }
      if (is_list) {
        row.columns[i].lists[0] = found->second.list;
      } else {
        row.columns[i].numbers[0] =
            found->second.number.value_or(std::numeric_limits<double>::quiet_NaN());
        row.columns[i].valid[0] = found->second.number.has_value() ? 1 : 0;
      }
    }
    return true;
  }

  // The figure of this name; NaN = none. Absent where the KPI has no such figure.
  std::optional<double> Figure(const OutputRow& row, const std::string& name) const {
    if (name == "value") return row.value;
    if (name == "sample_size") return static_cast<double>(row.sample_size);
    if (name == "weight") return row.weight;
    if (name == "low") return row.low;
    if (name == "high") return row.high;
    for (size_t i = 0; i < row.details.size(); ++i) {
      if (name == "details." + definition_.details[i].name) return row.details[i];
    }
    return std::nullopt;
  }

  void Compare(const OutputRow& row) {
    const std::string fix =
        "correct the KPI, or the vector where the definition changed on purpose";
    if (row.state != *vector_.state) {
      OutputRow expected;
      expected.state = *vector_.state;
      Fail(
          fmt::format("expected {}, got {}",
                      *vector_.state == KS_STATE_VALUE ? "VALUE" : ToWords(expected), ToWords(row)),
          fix);
      return;
    }
    for (const auto& [name, expected] : vector_.figures) {
      const std::optional<double> got = Figure(row, name);
      if (!got) {
        Fail(fmt::format("expect.{}: the KPI has no such detail", name),
             fmt::format("it has {}", Names(definition_.details)));
      } else if (!expected.has_value() ? !std::isnan(*got) : !IsNear(*got, *expected)) {
        Fail(fmt::format("{}: expected {}, got {}", name,
                         expected ? fmt::format("{}", *expected) : "none", *got),
             fix);
      }
    }
  }

  bool IsNear(double got, double expected) const {
    return std::abs(got - expected) <= vector_.tolerance * std::abs(expected);
  }

  Trial& trial_;
  const GoldenVector& vector_;
  const KpiDefinition& definition_;
};

}  // namespace

void TryGolden(Trial& trial) {
  bool any = false;
  for (const GoldenVector& vector : trial.golden) {
    if (vector.kpi != trial.definition().id) continue;
    any = true;
    Comparison(trial, vector).Run();
  }
  if (!any) trial.reporter.Skip("no vectors");
}

}  // namespace keyscore::kpis::conformance
