// Exceptions: reading, making, approving and ending them.
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "weighting/book.h"
#include "weighting/checks.h"
#include "weighting/ledger.h"
#include "weighting/steps.h"

namespace keyscore::weighting {
namespace {

// Twelve hexadecimal digits: two of a thousand are the same once in 600 million servers.
std::string RandomId() {
  absl::BitGen random;
  return fmt::format("override-{:012x}", absl::Uniform<uint64_t>(random, 0, uint64_t{1} << 48));
}

absl::CivilDay EndOf(const ScoreOverride& exception) {
  const absl::CivilDay expires = exception.expire_date.value_or(absl::CivilDay::max());
  return std::min(expires, exception.revoke_date.value_or(expires));
}

// Another exception in force for the same KPI of the same subject on a day of this one's.
const ScoreOverride* Overlapping(const Book& book, const ScoreOverride& exception) {
  for (const ScoreOverride& other : book.rules->overrides) {
    if (other.id != exception.id && other.subject_kind == exception.subject_kind &&
        other.subject_id == exception.subject_id && other.kpi_id == exception.kpi_id &&
        other.start_date < EndOf(exception) && exception.start_date < EndOf(other)) {
      return &other;
    }
  }
  return nullptr;
}

std::string OverlapInWords(const ScoreOverride& other) {
  return fmt::format(
      "{} counts for the same KPI of the same subject from {} until {}; revoke it, "
      "or choose other days",
      OverrideName(other.id), InWords(other.start_date), InWords(EndOf(other)));
}

}  // namespace

std::vector<ScoreOverride> Ledger::ListOverrides() const {
  const std::shared_ptr<const Book> now = book();
  std::vector<ScoreOverride> overrides;
  for (const auto& [id, history] : now->overrides) overrides.push_back(history->back());
  return overrides;
}

absl::StatusOr<ScoreOverride> Ledger::GetOverride(const std::string& id) const {
  const std::shared_ptr<const Book> now = book();
  const ScoreOverride* newest = NewestOverride(*now, id);
  if (newest == nullptr) return NotFound(OverrideName(id));
  return *newest;
}

absl::StatusOr<ScoreOverride> Ledger::StepOverride(const std::string& id, const Change& change,
                                                   const std::string& action, MakeOverride make) {
  ScoreOverride next;
  const auto committed = Commit(change, [&](const Book& book) -> absl::StatusOr<Proposal> {
    const bool creates = action == "create";
    const ScoreOverride* newest = NewestOverride(book, id);
    if (newest == nullptr && !creates) return NotFound(OverrideName(id));
    if (newest != nullptr && creates) return AlreadyExists(OverrideName(id));
    if (newest != nullptr) {
      const absl::Status same = CheckEtag(change, OverrideName(id), newest->revision);
      if (!same.ok()) return same;
    }
    const ScoreOverride none;
    absl::StatusOr<ScoreOverride> made = make(book, newest != nullptr ? *newest : none);
    if (!made.ok()) return made.status();
    next = *std::move(made);
    next.revision = NewestRevision(book.overrides, id) + 1;
    next.create_time = absl::Now();
    return Proposal{.entry = {.action = absl::StrCat("weighting.", action, "_override"),
                              .resource = OverrideName(id),
                              .details = DetailsOf(next)},
                    .writes = {Written(next, change.author)}};
  });
  if (!committed.ok()) return committed.status();
  if (change.validate_only) return next;
  return (*committed)->overrides.at(id)->at(next.revision - 1);
}

absl::StatusOr<ScoreOverride> Ledger::CreateOverride(const ScoreOverride& exception,
                                                     const Change& change,
                                                     const kpis::RegistrySnapshot& registry) {
  ScoreOverride wanted;
  wanted.id = exception.id.empty() ? RandomId() : exception.id;
  wanted.subject_kind = exception.subject_kind;
  wanted.subject_id = exception.subject_id;
  wanted.kpi_id = exception.kpi_id;
  wanted.score = exception.score;
  wanted.start_date = exception.start_date;
  wanted.expire_date = exception.expire_date;
  wanted.reason = exception.reason.empty() ? change.reason : exception.reason;
  wanted.author = change.author;
  // What the exception is for is what the audit log is told.
  Change told = change;
  if (told.reason.empty()) told.reason = wanted.reason;
  return StepOverride(
      wanted.id, told, "create",
      [&](const Book& book, const ScoreOverride&) -> absl::StatusOr<ScoreOverride> {
        Faults faults = CheckScoreOverride(wanted);
        CheckKpiKnown(wanted.kpi_id, registry, "kpi", faults);
        if (const ScoreOverride* other = Overlapping(book, wanted); other != nullptr) {
          weighting::Add(faults, "start_date", OverlapInWords(*other));
        }
        size_t alive = 0;
        for (const auto& [id, history] : book.overrides) {
          alive +=
              history->back().state != OverrideState::kRevoked && EndOf(history->back()) > Today();
        }
        if (alive >= kMaxResources) {
          weighting::Add(faults, "score_override_id",
                         absl::StrCat("there are ", alive,
                                      " exceptions, no more are kept; revoke "
                                      "those that are not needed"));
        }
        if (!faults.empty()) return ToStatus(faults);
        return wanted;
      });
}

absl::StatusOr<ScoreOverride> Ledger::ApproveOverride(const std::string& id, const Change& change) {
  return StepOverride(
      id, change, "approve",
      [&](const Book& book, ScoreOverride next) -> absl::StatusOr<ScoreOverride> {
        if (next.state != OverrideState::kPending) {
          return absl::FailedPreconditionError(
              absl::StrCat("NOTHING_TO_APPROVE: ", OverrideName(id), " waits for nobody"));
        }
        absl::Status allowed =
            CheckApprover(options_, change.author, {next.author}, OverrideName(id));
        if (!allowed.ok()) return allowed;
        next.state = OverrideState::kActive;
        next.approver = change.author;
        if (const ScoreOverride* other = Overlapping(book, next); other != nullptr) {
          return absl::FailedPreconditionError(absl::StrCat("OVERLAP: ", OverlapInWords(*other)));
        }
        return next;
      });
}

absl::StatusOr<ScoreOverride> Ledger::RevokeOverride(const std::string& id,
                                                     std::optional<absl::CivilDay> date,
                                                     const Change& change) {
  return StepOverride(
      id, change, "revoke", [&](const Book&, ScoreOverride next) -> absl::StatusOr<ScoreOverride> {
        absl::CivilDay day = date.value_or(Today());
        // Nothing to keep of what never counted.
        if (next.state == OverrideState::kPending) day = next.start_date;
        if (next.state == OverrideState::kRevoked && day >= EndOf(next)) {
          return absl::FailedPreconditionError(absl::StrCat(
              "ALREADY_REVOKED: ", OverrideName(id), " ends on ", InWords(EndOf(next)), " anyway"));
        }
        if (day >= *next.expire_date) {
          Faults faults;
          weighting::Add(faults, "revoke_date",
                         absl::StrCat(InWords(day), " is not before ", InWords(*next.expire_date),
                                      ", when it ends anyway"));
          return ToStatus(faults);
        }
        next.state = OverrideState::kRevoked;
        next.revoke_date = std::max(day, next.start_date);
        next.revoke_reason = change.reason;
        return next;
      });
}

}  // namespace keyscore::weighting
