// Whether a KPI keeps what it claims: to repeat itself, to take rows one by one, to be called from
// several threads, to stop when told, and to refuse settings that make no sense.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <thread>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/conformance/call_buffers.h"
#include "kpis/conformance/rules.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kThreads = 4;
constexpr int kCallsPerThread = 200;
constexpr size_t kLargeBatch = size_t{1} << 16;
constexpr absl::Duration kStopsWithin = absl::Seconds(1);

InputRows Ordinary(const Trial& trial, size_t count) {
  return MakeRows(trial.definition().inputs, count, Sample::kOrdinary);
}

// The first of `got` that differs from `expected` at `first` and after; empty = none.
std::string Difference(const CallResult& expected, size_t first, const CallResult& got) {
  for (size_t i = 0; i < got.rows.size(); ++i) {
    const OutputRow& was = expected.rows[first + i];
    if (got.rows[i].SameBits(was)) continue;
    return fmt::format("row {} is {}, it was {}", first + i, ToWords(got.rows[i]), ToWords(was));
  }
  return "";
}

// Reports the first setting that create accepts though it must not.
class SettingsTrial {
 public:
  explicit SettingsTrial(Trial& trial) : trial_(trial) {}

  void ExpectRefused(const SettingValues& settings, const std::string& what) {
    if (failed_) return;
    failed_ = true;  // unless all is well below
    trial_.reporter.Doing("creating an instance with " + what);
    CallResult made;
    Instance::Make(trial_.kpi, CheckerHost(), settings, made);
    if (!made.thrown.empty()) {
      trial_.reporter.Fail(fmt::format("create with {} {}", what, made.thrown),
                           "return code 3 (INVALID_ARGUMENT) and a message instead");
    } else if (made.code == 0) {
      trial_.reporter.Fail(fmt::format("create accepted {}", what),
                           "check count, name and bounds of every setting in create; return code 3 "
                           "(INVALID_ARGUMENT) and a message that names the setting");
    } else if (made.message.empty()) {
      trial_.reporter.Fail(fmt::format("create refused {}, but said nothing", what),
                           "write a message that names the setting and its bounds");
    } else {
      failed_ = false;
    }
  }

 private:
  Trial& trial_;
  bool failed_ = false;
};

}  // namespace

void TryRepeatable(Trial& trial) {
  if (!trial.definition().deterministic) {
    trial.reporter.Skip("doesn't claim to be deterministic");
    return;
  }
  const auto instance = MakeInstance(trial);
  const auto another = MakeInstance(trial);
  if (!instance || !another) return;
  const InputRows rows = Ordinary(trial, 150);
  const Question question = UsualQuestion(trial.definition());
  trial.reporter.Doing("evaluating the same 150 rows again");
  const CallResult first = instance->Evaluate(rows, question);
  instance->Evaluate(rows.Slice(20, 60), question);  // what came between must not matter
  for (const Instance* again : {&*instance, &*another}) {
    const CallResult second = again->Evaluate(rows, question);
    const std::string difference = first.rows.size() == second.rows.size()
                                       ? Difference(first, 0, second)
                                       : Complaint(second) + " the second time only";
    if (difference.empty()) continue;
    trial.reporter.Fail(
        fmt::format("evaluating the same rows again{}: {}",
                    again == &*another ? " on another instance" : "", difference),
        "keep no state between calls and no order of chance in sums, or don't claim "
        "KS_CAP_DETERMINISTIC");
    return;
  }
}

void TrySplitBatch(Trial& trial) {
  if (!trial.definition().row_independent) {
    trial.reporter.Skip("doesn't claim row-independence");
    return;
  }
  if (!trial.definition().deterministic) {
    trial.reporter.Skip("doesn't claim to be deterministic, so nothing can be compared");
    return;
  }
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = Ordinary(trial, 150);
  const Question question = UsualQuestion(trial.definition());
  trial.reporter.Doing("evaluating a batch in pieces");
  const CallResult whole = instance->Evaluate(rows, question);
  if (whole.rows.empty()) {
    trial.reporter.Skip("evaluate fails for these rows; see rows_many");
    return;
  }
  const std::array<std::pair<size_t, size_t>, 4> pieces = {
      {{0, 1}, {1, 64}, {64, 149}, {149, 150}}};
  for (const auto& [begin, end] : pieces) {
    const CallResult part = instance->Evaluate(rows.Slice(begin, end), question);
    const std::string difference =
        part.rows.empty() ? Complaint(part) : Difference(whole, begin, part);
    if (difference.empty()) continue;
    trial.reporter.Fail(
        fmt::format("rows {} to {} by themselves: {}", begin, end - 1, difference),
        "compute each row from its own inputs, or don't claim KS_CAP_ROW_INDEPENDENT");
    return;
  }
}

void TryConcurrent(Trial& trial) {
  if (!trial.definition().reentrant) {
    trial.reporter.Skip("doesn't claim to be reentrant");
    return;
  }
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const Question question = UsualQuestion(trial.definition());
  const InputRows all = Ordinary(trial, kThreads * 40);
  trial.reporter.Doing("evaluating from four threads at once");
  std::array<CallResult, kThreads> expected;
  std::array<std::string, kThreads> differences;
  std::atomic<bool> stop = false;
  for (size_t t = 0; t < kThreads; ++t) {
    expected[t] = instance->Evaluate(all.Slice(t * 40, (t + 1) * 40), question);
  }
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      CallBuffers buffers(trial.definition(), all.Slice(t * 40, (t + 1) * 40), question, {},
                          trial.definition().details.size());
      for (int i = 0; i < kCallsPerThread && !stop; ++i) {
        buffers.Preset();
        const CallResult got = instance->Evaluate(buffers);
        if (!trial.definition().deterministic) continue;
        differences[t] = got.rows.size() == expected[t].rows.size()
                             ? Difference(expected[t], 0, got)
                             : Complaint(got);
        if (!differences[t].empty()) stop = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& difference : differences) {
    if (difference.empty()) continue;
    trial.reporter.Fail("while other threads call it too: " + difference,
                        "share nothing that is written between calls (static buffers, members of "
                        "the instance), or don't claim KS_CAP_REENTRANT");
    return;
  }
}

void TryStops(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = Ordinary(trial, kLargeBatch);
  Question question = UsualQuestion(trial.definition());
  question.cancelled = true;
  const auto judge = [&](const char* call, const CallResult& result, absl::Duration took) {
    constexpr int32_t kCancelled = 1;
    constexpr int32_t kFailedPrecondition = 9;
    if (took > kStopsWithin) {
      trial.reporter.Fail(
          fmt::format(
              "{} went on for {:.1f} s although context->cancelled said stop from the start", call,
              absl::ToDoubleSeconds(took)),
          "call context->cancelled every few thousand rows and return code 1 (CANCELLED) when it "
          "is not 0");
    } else if (result.code != 0 && result.code != kCancelled &&
               result.code != kFailedPrecondition) {
      trial.reporter.Fail(fmt::format("{} was told to stop and {}", call, Complaint(result)),
                          "return code 1 (CANCELLED)");
    }
  };
  trial.reporter.Doing(fmt::format("evaluating {} rows for a caller who has gone", kLargeBatch));
  absl::Time began = absl::Now();
  const CallResult evaluated = instance->Evaluate(rows, question);
  judge("evaluate", evaluated, absl::Now() - began);
  if (trial.kpi.functions.fit == nullptr) return;
  question.parameters.clear();
  trial.reporter.Doing(fmt::format("fitting {} accounts for a caller who has gone", kLargeBatch));
  began = absl::Now();
  const CallResult fitted = instance->Fit(rows, question);
  judge("fit", fitted, absl::Now() - began);
}

void TryBadSettings(Trial& trial) {
  const std::vector<KpiSetting>& settings = trial.definition().settings;
  if (settings.empty()) {
    trial.reporter.Skip("has no settings");
    return;
  }
  SettingsTrial expect(trial);
  const SettingValues defaults = DefaultSettings(trial.definition());
  for (size_t i = 0; i < settings.size(); ++i) {
    const KpiSetting& setting = settings[i];
    const double step = std::max(1.0, std::abs(setting.maximum - setting.minimum));
    for (const double value :
         {setting.minimum - step, setting.maximum + step, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
      SettingValues wrong = defaults;
      wrong.values[i] = value;
      expect.ExpectRefused(
          wrong, fmt::format("the setting '{}' at {}, allowed are {} to {}", setting.name, value,
                             setting.minimum, setting.maximum));
    }
    SettingValues misnamed = defaults;
    for (const KpiSetting& each : settings) misnamed.names.push_back(each.name);
    misnamed.names[i] = "no_such_setting";
    expect.ExpectRefused(misnamed, fmt::format("'no_such_setting' in place of '{}'", setting.name));
  }
  SettingValues missing = defaults;
  missing.values.pop_back();
  expect.ExpectRefused(missing, fmt::format("the setting '{}' missing", settings.back().name));
}

}  // namespace keyscore::kpis::conformance
