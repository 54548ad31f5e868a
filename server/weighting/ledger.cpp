// The ledger's state: opening, reading, and the way of every change into the store.
#include "weighting/ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "weighting/book.h"
#include "weighting/checks.h"
#include "weighting/steps.h"

namespace keyscore::weighting {

std::string EtagOf(int64_t revision) { return absl::StrCat("r", revision); }

Ledger::Ledger(store::Store& store, LedgerOptions options, std::shared_ptr<const Book> book)
    : store_(store), options_(std::move(options)), book_(std::move(book)) {}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(store::Store& store, LedgerOptions options) {
  auto revisions = ReadRevisions(store);
  if (!revisions.ok()) return revisions.status();
  Book empty;
  empty.time_zone = options.time_zone;
  auto book = Extend(empty, *revisions);
  if (!book.ok()) return book.status();
  return std::unique_ptr<Ledger>(new Ledger(store, std::move(options), *std::move(book)));
}

std::shared_ptr<const Book> Ledger::book() const {
  absl::MutexLock lock(&mutex_);
  return book_;
}

absl::CivilDay Ledger::Today() const { return absl::ToCivilDay(absl::Now(), options_.time_zone); }

std::shared_ptr<const Rules> Ledger::Snapshot() const { return book()->rules; }

std::shared_ptr<const Rules> Ledger::KnownAt(absl::Time time) const {
  const std::shared_ptr<const Book> now = book();
  if (now->rules->changed_at <= time) return now->rules;
  return std::make_shared<const Rules>(RulesAsOf(*now, time));
}

absl::StatusOr<std::shared_ptr<const Book>> Ledger::Add(
    const std::vector<store::ConfigRevision>& revisions) {
  // Worked out without the lock, and again if somebody was quicker.
  for (std::shared_ptr<const Book> before = book();;) {
    auto extended = Extend(*before, revisions);
    if (!extended.ok()) return extended;
    absl::MutexLock lock(&mutex_);
    if (book_ == before) return book_ = *std::move(extended);
    before = book_;
  }
}

absl::Status Ledger::CatchUp() {
  const auto revisions = ReadRevisions(store_);
  return revisions.ok() ? Add(*revisions).status() : revisions.status();
}

absl::StatusOr<std::shared_ptr<const Book>> Ledger::Commit(const Change& change, Propose propose) {
  Faults faults;
  CheckText(change.reason, kMaxReasonBytes, "reason", faults);
  if (!faults.empty()) return ToStatus(faults);

  struct Turn {
    explicit Turn(Ledger& ledger) : ledger_(ledger) {
      absl::MutexLock lock(&ledger_.mutex_);
      ledger_.mutex_.Await(absl::Condition(
          +[](Ledger* l) ABSL_NO_THREAD_SAFETY_ANALYSIS { return !l->changing_; }, &ledger_));
      ledger_.changing_ = true;
    }
    ~Turn() {
      absl::MutexLock lock(&ledger_.mutex_);
      ledger_.changing_ = false;
    }
    Ledger& ledger_;
  } turn(*this);

  const std::shared_ptr<const Book> before = book();
  absl::StatusOr<Proposal> proposal = propose(*before);
  if (!proposal.ok()) return proposal.status();
  if (change.validate_only || proposal->writes.empty()) return before;
  proposal->entry.author = change.author;
  proposal->entry.reason = change.reason;
  const auto recorded =
      store::Record(store_, std::move(proposal->entry), std::move(proposal->writes));
  if (!recorded.ok()) {
    // Somebody else wrote, or it is not known whether this was: the store knows. Should it not
    // tell, what is known goes on counting, and the next change comes here again.
    CatchUp().IgnoreError();
    return recorded.status();
  }
  return Add(recorded->documents);
}

}  // namespace keyscore::weighting
