// The directory in memory: who is there, so that a scorecard's subject is known without a query.
//
// A Directory is immutable and true of one state of the log. DirectoryCache makes and keeps them;
// it may be used from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "measures/calendar.h"
#include "rpc/resource_name.h"
#include "scoring/scorecard.h"
#include "store/store.h"

namespace keyscore::rpc {

// A span [from, until) of a manager's role, of an account's life or of its ownership.
struct DirectorySpan {
  absl::Time from;
  absl::Time until = absl::InfiniteFuture();
  std::string name;
  std::string group;  // a manager's team, an account's segment, an ownership's manager
};

class Directory {
 public:
  using Spans = std::map<std::string, std::vector<DirectorySpan>, std::less<>>;  // by start

  // `owners` are by account; where some overlap, the one that stands last counts.
  Directory(Spans managers, Spans accounts, std::map<std::string, std::string> team_names,
            Spans owners);

  // The subject as it stands in the period; an account with whoever owns it at the period's end,
  // and that one's team. NOT_FOUND (SUBJECT_NOT_FOUND) names the nearest known
  // id; the organisation always is.
  absl::StatusOr<scoring::SubjectInfo> Find(const SubjectName& subject,
                                            const measures::Period& period,
                                            const measures::Calendar& calendar,
                                            const std::string& organization_name) const;

  // Every subject of the kind that was there for some of the period, by id; teams: all of them.
  std::vector<scoring::SubjectInfo> List(store::SubjectKind kind, const measures::Period& period,
                                         const measures::Calendar& calendar) const;

  size_t manager_count() const { return managers_.size(); }
  size_t account_count() const { return accounts_.size(); }
  size_t team_count() const { return teams_.size(); }
  // What people call it; the id where the directory has no name.
  std::string AccountName(const std::string& account_id) const;

 private:
  scoring::SubjectInfo Describe(store::SubjectKind kind, const std::string& id,
                                const DirectorySpan& span, const measures::Period& period,
                                const measures::Calendar& calendar) const;

  Spans managers_;
  Spans accounts_;
  Spans owners_;
  // Also the teams that only a manager's row names; their name is their id.
  std::map<std::string, std::string> teams_;
};

class DirectoryCache {
 public:
  explicit DirectoryCache(store::Store& store) : store_(store) {}

  // The directory as of a watermark (0 = an empty log). A batch that was appended before the
  // watermark was read is always seen.
  absl::StatusOr<std::shared_ptr<const Directory>> At(int64_t watermark, const store::StopFn& stop);

 private:
  // True of every watermark within [first, last].
  struct Entry {
    int64_t first = 0;
    int64_t last = 0;
    std::shared_ptr<const Directory> directory;
  };

  std::shared_ptr<const Directory> Cached(int64_t watermark) ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<const Directory>> Refresh(int64_t watermark,
                                                           const store::StopFn& stop)
      ABSL_LOCKS_EXCLUDED(mutex_);

  store::Store& store_;
  absl::Mutex mutex_;
  bool refreshing_ ABSL_GUARDED_BY(mutex_) = false;  // one reads, the others wait for it
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace keyscore::rpc
