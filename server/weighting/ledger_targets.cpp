// Target series: reading and changing them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "weighting/book.h"
#include "weighting/checks.h"
#include "weighting/ledger.h"
#include "weighting/steps.h"

namespace keyscore::weighting {
namespace {

// What is wrong with a series that would be in force: by itself, by the KPIs there are, and by the
// others in force or waiting.
Faults CheckForForce(const Book& book, const TargetSeries& series,
                     const kpis::RegistrySnapshot& registry) {
  Faults faults = CheckTargetSeries(series);
  CheckKpiKnown(series.content.kpi_id, registry, "kpi", faults);
  for (const TargetSeries& other : book.rules->targets) {
    if (other.id == series.id || other.content.kpi_id != series.content.kpi_id ||
        other.content.selector != series.content.selector) {
      continue;
    }
    Add(faults, "selector",
        absl::StrCat(TargetName(other.id), " is for kpis/", other.content.kpi_id, " and ",
                     InWords(other.content.selector),
                     " too; put the points of both into one series"));
  }
  return faults;
}

// Everybody who wrote what now waits for approval.
std::vector<std::string> WaitingAuthors(const std::vector<TargetSeries>& history) {
  std::vector<std::string> authors;
  for (auto revision = history.rbegin();
       revision != history.rend() && revision->state == TargetState::kPending; ++revision) {
    authors = WithAuthor(std::move(authors), revision->author);
  }
  return authors;
}

}  // namespace

std::vector<TargetSeries> Ledger::ListTargets() const {
  const std::shared_ptr<const Book> now = book();
  std::vector<TargetSeries> targets;
  for (const auto& [id, history] : now->targets) {
    if (history->back().state != TargetState::kDeleted) targets.push_back(history->back());
  }
  return targets;
}

absl::StatusOr<TargetSeries> Ledger::GetTarget(const std::string& id) const {
  const std::shared_ptr<const Book> now = book();
  const TargetSeries* newest = NewestTarget(*now, id);
  if (newest == nullptr) return NotFound(TargetName(id));
  return *newest;
}

absl::StatusOr<std::vector<TargetSeries>> Ledger::TargetHistory(const std::string& id) const {
  const std::shared_ptr<const Book> now = book();
  const auto found = now->targets.find(id);
  if (found == now->targets.end()) return NotFound(TargetName(id));
  return *found->second;
}

absl::StatusOr<TargetSeries> Ledger::StepTarget(const std::string& id, const Change& change,
                                                const std::string& action, MakeTarget make) {
  TargetSeries next;
  const auto committed = Commit(change, [&](const Book& book) -> absl::StatusOr<Proposal> {
    const bool creates = action == "create";
    const TargetSeries* newest = NewestTarget(book, id);
    if (newest == nullptr && !creates) return NotFound(TargetName(id));
    if (newest != nullptr && creates) return AlreadyExists(TargetName(id));
    if (newest != nullptr) {
      const absl::Status same = CheckEtag(change, TargetName(id), newest->revision);
      if (!same.ok()) return same;
    }
    TargetSeries none;
    none.id = id;
    absl::StatusOr<TargetSeries> made = make(book, newest != nullptr ? *newest : none);
    if (!made.ok()) return made.status();
    next = *std::move(made);
    next.revision = NewestRevision(book.targets, id) + 1;
    if (!change.reason.empty()) next.reason = change.reason;
    next.create_time = absl::Now();
    return Proposal{.entry = {.action = absl::StrCat("weighting.", action, "_target"),
                              .resource = TargetName(id),
                              .details = DetailsOf(next)},
                    .writes = {Written(next)}};
  });
  if (!committed.ok()) return committed.status();
  if (change.validate_only) return next;
  return (*committed)->targets.at(id)->at(next.revision - 1);
}

absl::StatusOr<TargetSeries> Ledger::CreateTarget(const std::string& id,
                                                  const TargetContent& content,
                                                  const Change& change,
                                                  const kpis::RegistrySnapshot& registry) {
  return StepTarget(id, change, "create",
                    [&](const Book& book, TargetSeries next) -> absl::StatusOr<TargetSeries> {
                      next.content = content;
                      next.state =
                          options_.four_eyes ? TargetState::kPending : TargetState::kActive;
                      next.author = change.author;
                      Faults faults = CheckForForce(book, next, registry);
                      size_t alive = 0;
                      for (const auto& [other, history] : book.targets) {
                        alive += NewestTarget(book, other) != nullptr;
                      }
                      if (alive >= kMaxResources) {
                        weighting::Add(faults, "target_series_id",
                                       absl::StrCat("there are ", alive,
                                                    " series, no more are kept; delete those that "
                                                    "are not needed"));
                      }
                      if (!faults.empty()) return ToStatus(faults);
                      return next;
                    });
}

absl::StatusOr<TargetSeries> Ledger::UpdateTarget(const std::string& id, EditTarget edit,
                                                  const Change& change,
                                                  const kpis::RegistrySnapshot& registry) {
  return StepTarget(id, change, "update",
                    [&](const Book& book, TargetSeries next) -> absl::StatusOr<TargetSeries> {
                      absl::StatusOr<TargetContent> content = edit(next.content);
                      if (!content.ok()) return content.status();
                      next.content = *std::move(content);
                      next.state =
                          options_.four_eyes ? TargetState::kPending : TargetState::kActive;
                      next.author = change.author;
                      next.approver.clear();
                      next.reason = change.reason;
                      const Faults faults = CheckForForce(book, next, registry);
                      if (!faults.empty()) return ToStatus(faults);
                      return next;
                    });
}

absl::StatusOr<TargetSeries> Ledger::ApproveTarget(const std::string& id, const Change& change,
                                                   const kpis::RegistrySnapshot& registry) {
  return StepTarget(id, change, "approve",
                    [&](const Book& book, TargetSeries next) -> absl::StatusOr<TargetSeries> {
                      if (next.state != TargetState::kPending) {
                        return absl::FailedPreconditionError(absl::StrCat(
                            "NOTHING_TO_APPROVE: ", TargetName(id), " waits for nobody"));
                      }
                      absl::Status allowed =
                          CheckApprover(options_, change.author,
                                        WaitingAuthors(*book.targets.at(id)), TargetName(id));
                      if (!allowed.ok()) return allowed;
                      next.state = TargetState::kActive;
                      next.approver = change.author;
                      const Faults faults = CheckForForce(book, next, registry);
                      if (!faults.empty()) return ToStatus(faults);
                      return next;
                    });
}

absl::StatusOr<TargetSeries> Ledger::DeleteTarget(const std::string& id, const Change& change) {
  return StepTarget(id, change, "delete",
                    [&](const Book&, TargetSeries next) -> absl::StatusOr<TargetSeries> {
                      next.state = TargetState::kDeleted;
                      next.author = change.author;
                      next.approver.clear();
                      next.reason = change.reason;
                      return next;
                    });
}

}  // namespace keyscore::weighting
