// The table of rules, and what several of them need.
#include "kpis/conformance/rules.h"

#include <cmath>

#include "fmt/format.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr char kRowFix[] =
    "set KS_STATE_NO_DATA or KS_STATE_ERROR where there is no finite value; value, weight, low and "
    "high must be finite (NaN low and high = no interval), weight and sample_size not below 0";

constexpr char kStayInside[] =
    "read and write elements 0 to row_count - 1 of each column and nothing else; of a list, "
    "offsets[0] to offsets[row_count]";

std::string Illegal(const OutputRow& row) {
  if (row.state > KS_STATE_ERROR) return fmt::format("the state {} is unknown", row.state);
  if (row.state == KS_STATE_VALUE && !std::isfinite(row.value)) {
    return fmt::format("the state is VALUE and the value {}", row.value);
  }
  if (!std::isfinite(row.weight) || row.weight < 0) {
    return fmt::format("the weight is {}", row.weight);
  }
  if (row.sample_size < 0) return fmt::format("the sample size is {}", row.sample_size);
  if (row.state == KS_STATE_VALUE) {
    if (std::isinf(row.low) || std::isinf(row.high)) {
      return fmt::format("the interval {} to {} is infinite", row.low, row.high);
    }
    if (row.low > row.high) {
      return fmt::format("the interval's low end {} is above its high end {}", row.low, row.high);
    }
  }
  return "";
}

}  // namespace

const std::vector<KpiRule>& KpiRules() {
  static const auto* const rules = new std::vector<KpiRule>{
      {"inputs", "every input's dataset and time columns are there", "describe constant data",
       TryInputs},
      {"expressions", "every value and filter is allowed, bound to columns and of the right type",
       "describe constant data", TryExpressions},
      {"rollup", "every aggregate means something under the roll-up", "describe constant data",
       TryRollup},
      {"create_destroy", "instances come and go without growth of memory",
       "destroy what create made, and nothing else", TryCreateDestroy},
      {"bad_settings", "settings out of bounds, NaN, misnamed or missing are refused",
       "check count, name and bounds of every setting in create before using them", TryBadSettings},
      {"rows_none", "a batch of no rows, its columns out of bounds", kStayInside, TryRowsNone},
      {"rows_one", "batches of one row", kStayInside, TryRowsOne},
      {"rows_many", "batches of 200 rows, for every kind of subject and short and long periods",
       kStayInside, TryRowsMany},
      {"all_null", "rows without any fact: counts and sums 0, lists empty, the rest null",
       "look at the validity bit before the value, and at the denominator before dividing",
       TryAllNull},
      {"nan_and_infinity", "NaN, infinities, the largest and the smallest numbers as inputs",
       "return KS_STATE_ERROR or KS_STATE_NO_DATA for a row that can't be computed",
       TryNanAndInfinity},
      {"fit",
       "the model fitted to no, one and many accounts gives finite parameters or says why not",
       "return code 9 (FAILED_PRECONDITION) with a message where there is too little to fit",
       TryFit},
      {"guards", "every buffer flush against a page that can't be touched, on either side",
       kStayInside, TryGuards},
      {"inputs_unchanged", "inputs that can't be written to", "never write to inputs; copy first",
       TryInputsUnchanged},
      {"other_hosts", "structs of a later host, and of ABI 1.0 where the library asks for no more",
       "use column_stride, read struct_size before a field of a later minor, ignore the rest",
       TryOtherHosts},
      {"repeatable", "the same inputs twice give the same bits",
       "keep no state between calls, or don't claim KS_CAP_DETERMINISTIC", TryRepeatable},
      {"split_batch", "a batch in pieces gives the same rows",
       "compute each row by itself, or don't claim KS_CAP_ROW_INDEPENDENT", TrySplitBatch},
      {"concurrent", "four threads on one instance get what one gets",
       "share nothing that is written between calls, or don't claim KS_CAP_REENTRANT",
       TryConcurrent},
      {"stops", "a large batch for a caller who has gone returns within a second",
       "call context->cancelled every few thousand rows and return code 1 when it is not 0",
       TryStops},
      {"golden", "the author's golden vectors are reproduced", kStayInside, TryGolden},
  };
  return *rules;
}

std::optional<Instance> MakeInstance(Trial& trial) {
  CallResult made;
  Instance instance =
      Instance::Make(trial.kpi, CheckerHost(), DefaultSettings(trial.definition()), made);
  if (const std::string complaint = Complaint(made); !complaint.empty()) {
    trial.reporter.Skip("no instance could be made; see create_destroy");
    return std::nullopt;
  }
  return instance;
}

Question UsualQuestion(const KpiDefinition& definition) {
  Question question;
  question.parameters.assign(definition.parameters.size(), 1.0);
  return question;
}

bool ExpectLegal(Trial& trial, const CallResult& result, const std::string& what) {
  if (!result.thrown.empty()) {
    trial.reporter.Fail(fmt::format("evaluating {}, it {}", what, result.thrown),
                        "catch everything at the library's edge and return a code");
    return false;
  }
  for (size_t i = 0; i < result.rows.size(); ++i) {
    const std::string fault = Illegal(result.rows[i]);
    if (fault.empty()) continue;
    trial.reporter.Fail(fmt::format("evaluating {}, row {}: {}", what, i, fault), kRowFix);
    return false;  // the first will do
  }
  return true;
}

bool ExpectLegalSuccess(Trial& trial, const CallResult& result, const std::string& what) {
  constexpr int32_t kFailedPrecondition = 9;
  if (result.thrown.empty() && result.code != 0 && result.code != kFailedPrecondition) {
    trial.reporter.Fail(
        fmt::format("evaluating {}, it {}", what, Complaint(result)),
        "say NO_DATA, NOT_APPLICABLE or ERROR row by row; the call as a whole may fail only when "
        "it was cancelled or with code 9 (FAILED_PRECONDITION)");
    return false;
  }
  return ExpectLegal(trial, result, what);
}

}  // namespace keyscore::kpis::conformance
