// Whether a KPI keeps to the memory that it is given, and gives back what it takes.
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "fmt/format.h"
#include "kpis/conformance/rules.h"

// There only where the sanitizers' allocator is; mallinfo2() tells nothing then. The name is
// theirs. NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace keyscore::kpis::conformance {
namespace {

// A leak of a single byte a round is 16 bytes of the heap.
constexpr int kRounds = 10'000;
constexpr int kWarmUp = 200;
constexpr int64_t kHeapSlack = 64 << 10;
constexpr int64_t kResidentSlack = 1 << 20;

InputRows Ordinary(const Trial& trial, size_t count) {
  return MakeRows(trial.definition().inputs, count, Sample::kOrdinary);
}

struct Memory {
  int64_t heap = 0;
  int64_t resident = 0;  // 0 where it says nothing
};

Memory MemoryNow() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) {
    return {static_cast<int64_t>(__sanitizer_get_current_allocated_bytes()), 0};
  }
  const struct mallinfo2 info = mallinfo2();
  int64_t size = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return {static_cast<int64_t>(info.uordblks + info.hblkhd), resident * sysconf(_SC_PAGESIZE)};
}

// What the placement says about a stray access that no page stopped.
bool Damaged(Trial& trial, const CallResult& result, size_t rows) {
  if (result.damage.empty()) return false;
  trial.reporter.Fail(
      fmt::format("evaluating {} row{}, it {}", rows, rows == 1 ? "" : "s", result.damage),
      "write elements 0 to row_count - 1 of each output column and nothing else");
  return true;
}

// The first difference between two batches of results, in words; empty = none.
std::string Difference(const CallResult& expected, const CallResult& got) {
  if (expected.rows.size() != got.rows.size()) return Complaint(got);
  for (size_t i = 0; i < got.rows.size(); ++i) {
    if (got.rows[i].SameBits(expected.rows[i])) continue;
    return fmt::format("row {} is {}, it was {}", i, ToWords(got.rows[i]),
                       ToWords(expected.rows[i]));
  }
  return "";
}

}  // namespace

void TryGuards(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  // 512 rows fill every buffer to the last byte of a page; fewer leave a gap that is looked at.
  for (const size_t rows : {1, 3, 64, 512}) {
    const InputRows inputs = Ordinary(trial, rows);
    for (const Placement placement : {Placement::kFlushEnd, Placement::kFlushStart}) {
      trial.reporter.Doing(fmt::format("evaluating {} row{}, buffers flush against the page {}",
                                       rows, rows == 1 ? "" : "s",
                                       placement == Placement::kFlushEnd ? "behind" : "before"));
      const Layout layout{.placement = placement};
      const CallResult result =
          instance->Evaluate(inputs, UsualQuestion(trial.definition()), layout);
      if (Damaged(trial, result, rows)) return;
      if (trial.kpi.functions.fit == nullptr) continue;
      trial.reporter.Doing(fmt::format("fitting {} accounts", rows));
      if (Damaged(trial, instance->Fit(inputs, Question(), layout), rows)) return;
    }
  }
}

void TryInputsUnchanged(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = Ordinary(trial, 100);
  const Layout layout{.read_only_inputs = true};
  trial.reporter.Doing("evaluating 100 rows of inputs that can't be written to");
  instance->Evaluate(rows, UsualQuestion(trial.definition()), layout);
  if (trial.kpi.functions.fit == nullptr) return;
  trial.reporter.Doing("fitting 100 accounts whose inputs can't be written to");
  instance->Fit(rows, Question(), layout);
}

void TryOtherHosts(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  if (!trial.definition().deterministic) {
    trial.reporter.Skip("doesn't claim to be deterministic, so nothing can be compared");
    return;
  }
  const InputRows rows = Ordinary(trial, 50);
  const Question question = UsualQuestion(trial.definition());
  const CallResult expected = instance->Evaluate(rows, question);
  trial.reporter.Doing("evaluating for a host whose structs are longer");
  std::string difference = Difference(expected, instance->Evaluate(rows, question, {.growth = 64}));
  if (!difference.empty()) {
    trial.reporter.Fail("for a host whose structs are longer: " + difference,
                        "step through the columns by input->column_stride, not by sizeof");
    return;
  }
  if (trial.library.abi_version != "1.0" || trial.kpi.functions.fit != nullptr) return;
  trial.reporter.Doing("evaluating for a host of ABI 1.0, whose structs are shorter");
  const CallResult old = instance->Evaluate(rows, question, {.as_of_1_0 = true});
  for (size_t i = 0; i < old.rows.size() && i < expected.rows.size(); ++i) {
    OutputRow without_details = expected.rows[i];
    without_details.details.clear();  // which came with 1.1
    if (old.rows[i].SameBits(without_details)) continue;
    difference =
        fmt::format("row {} is {}, it was {}", i, ToWords(old.rows[i]), ToWords(without_details));
    break;
  }
  if (old.rows.size() != expected.rows.size()) difference = Complaint(old);
  if (!difference.empty()) {
    trial.reporter.Fail("for a host of ABI 1.0: " + difference,
                        "compare struct_size with the end of a field before reading it, or set "
                        "the library's abi_minor to what it needs");
  }
}

void TryCreateDestroy(Trial& trial) {
  const SettingValues settings = DefaultSettings(trial.definition());
  trial.reporter.Doing("creating an instance from the default settings");
  CallResult made;
  Instance::Make(trial.kpi, CheckerHost(), settings, made);
  if (const std::string complaint = Complaint(made); !complaint.empty()) {
    trial.reporter.Fail("create with the default settings " + complaint,
                        "accept the defaults that the description names");
    return;
  }
  if (trial.kpi.functions.create == nullptr) {
    trial.reporter.Skip("keeps no instance");
    return;
  }
  trial.reporter.Doing(fmt::format("creating and destroying {} instances", kRounds));
  for (int i = 0; i < kWarmUp; ++i) Instance::Make(trial.kpi, CheckerHost(), settings, made);
  const Memory before = MemoryNow();
  for (int i = 0; i < kRounds; ++i) Instance::Make(trial.kpi, CheckerHost(), settings, made);
  const Memory after = MemoryNow();
  if (const std::string complaint = Complaint(made); !complaint.empty()) {
    trial.reporter.Fail(fmt::format("after {} instances, create {}", kRounds, complaint),
                        "release in destroy what create took: memory, files, handles");
  } else if (after.heap - before.heap > kHeapSlack ||
             after.resident - before.resident > kResidentSlack) {
    trial.reporter.Fail(
        fmt::format("{} instances, all destroyed, left {} KiB on the heap and {} KiB resident",
                    kRounds, (after.heap - before.heap) >> 10,
                    (after.resident - before.resident) >> 10),
        "free in destroy all that create allocated");
  }
}

}  // namespace keyscore::kpis::conformance
