// What a KPI makes of no, one and many rows, of nothing and of the impossible; and its model, if it
// has one.
#include <cmath>

#include "fmt/format.h"
#include "kpis/conformance/rules.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kManyRows = 200;
constexpr size_t kSingles = 16;
constexpr size_t kNullRows = 70;  // more than one word of validity
constexpr size_t kExtremeRows = 120;
constexpr int32_t kFailedPrecondition = 9;

std::string Rows(size_t count) { return count == 1 ? "1 row" : fmt::format("{} rows", count); }

InputRows Ordinary(const Trial& trial, size_t count) {
  return MakeRows(trial.definition().inputs, count, Sample::kOrdinary);
}

// One call that must succeed with legal rows.
bool EvaluateLegally(Trial& trial, const Instance& instance, const InputRows& rows,
                     const Question& question, const std::string& what, const Layout& layout = {}) {
  trial.reporter.Doing("evaluating " + what);
  return ExpectLegalSuccess(trial, instance.Evaluate(rows, question, layout), what);
}

// False where the outcome breaks the rule.
bool FitIsSound(Trial& trial, const CallResult& fitted, const std::string& what) {
  const std::vector<KpiFigure>& names = trial.definition().parameters;
  if (!fitted.thrown.empty() || (fitted.code != 0 && fitted.code != kFailedPrecondition)) {
    trial.reporter.Fail(fmt::format("fitting {}, it {}", what, Complaint(fitted)),
                        "return code 9 (FAILED_PRECONDITION) with a message where there is too "
                        "little to fit");
    return false;
  }
  if (fitted.code == kFailedPrecondition && fitted.message.empty()) {
    trial.reporter.Fail(fmt::format("fitting {}, it refused without a message", what),
                        "write into error why: it is shown as the reason for NO_DATA");
    return false;
  }
  for (size_t i = 0; i < fitted.parameters.size(); ++i) {
    if (std::isfinite(fitted.parameters[i])) continue;
    trial.reporter.Fail(
        fmt::format("fitting {}, the parameter '{}' is {}", what, names[i].name,
                    fitted.parameters[i]),
        "set every parameter to a finite number, or return code 9 (FAILED_PRECONDITION)");
    return false;
  }
  return true;
}

}  // namespace

void TryRowsNone(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const Question question = UsualQuestion(trial.definition());
  for (const Placement placement : {Placement::kFlushEnd, Placement::kFlushStart}) {
    if (!EvaluateLegally(trial, *instance, Ordinary(trial, 0), question, "no rows",
                         {.placement = placement})) {
      return;
    }
  }
}

void TryRowsOne(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = Ordinary(trial, kSingles);
  const Question question = UsualQuestion(trial.definition());
  for (size_t i = 0; i < kSingles; ++i) {
    if (!EvaluateLegally(trial, *instance, rows.Slice(i, i + 1), question, "1 row")) return;
  }
}

void TryRowsMany(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = Ordinary(trial, kManyRows);
  for (const uint32_t kind :
       {KS_SUBJECT_MANAGER, KS_SUBJECT_ACCOUNT, KS_SUBJECT_TEAM, KS_SUBJECT_ORGANIZATION}) {
    for (const int64_t days : {1, 30, 366}) {
      Question question = UsualQuestion(trial.definition());
      question.subject_kind = kind;
      question.days = days;
      const std::string what =
          fmt::format("{} of subject kind {} over {} days", Rows(kManyRows), kind, days);
      if (!EvaluateLegally(trial, *instance, rows, question, what)) return;
    }
  }
}

void TryAllNull(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const InputRows rows = MakeRows(trial.definition().inputs, kNullRows, Sample::kNoFacts);
  for (const size_t count : {size_t{1}, kNullRows}) {
    if (!EvaluateLegally(trial, *instance, rows.Slice(0, count), UsualQuestion(trial.definition()),
                         Rows(count) + " without any fact")) {
      return;
    }
  }
}

void TryNanAndInfinity(Trial& trial) {
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  const std::string what = "rows of NaN, infinities and extreme numbers";
  trial.reporter.Doing("evaluating " + what);
  // The call may fail, so long as no row is a lie.
  ExpectLegal(
      trial,
      instance->Evaluate(MakeRows(trial.definition().inputs, kExtremeRows, Sample::kExtreme),
                         UsualQuestion(trial.definition())),
      what);
}

void TryFit(Trial& trial) {
  if (trial.definition().parameters.empty()) {
    trial.reporter.Skip("fits no model");
    return;
  }
  const auto instance = MakeInstance(trial);
  if (!instance) return;
  Question question;
  question.subject_kind = KS_SUBJECT_ORGANIZATION;
  for (const size_t accounts : {size_t{0}, size_t{1}, kManyRows}) {
    for (const Sample sample : {Sample::kOrdinary, Sample::kNoFacts}) {
      const InputRows population = MakeRows(trial.definition().inputs, accounts, sample);
      const std::string what = fmt::format("{} account{}{}", accounts, accounts == 1 ? "" : "s",
                                           sample == Sample::kNoFacts ? " without any fact" : "");
      trial.reporter.Doing("fitting " + what);
      const CallResult fitted = instance->Fit(population, question);
      if (!FitIsSound(trial, fitted, what)) return;
      if (fitted.code != 0) continue;
      if (trial.definition().deterministic &&
          instance->Fit(population, question).parameters != fitted.parameters) {
        trial.reporter.Fail(fmt::format("fitting {} twice, the parameters differ", what),
                            "start from fixed values, or don't claim KS_CAP_DETERMINISTIC");
        return;
      }
      Question with_model;
      with_model.parameters = fitted.parameters;
      if (!EvaluateLegally(trial, *instance, Ordinary(trial, kManyRows), with_model,
                           "200 rows with the fitted parameters")) {
        return;
      }
    }
  }
}

}  // namespace keyscore::kpis::conformance
