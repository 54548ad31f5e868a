// Where a request's measures come from: one state of the facts, pinned for the request's life.
//
// Behind a Source stands the engine, or the measures in memory with the engine for what is not in
// them. Both give the same tables.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace keyscore::measures {

// May be used from any thread.
class Source : public store::MeasureReader {
 public:
  // The batch as of which it answers. Measure() takes this number or 0 for it; another is answered
  // by the engine.
  virtual int64_t watermark() const = 0;

  // The last batch that may have changed a figure of the subject: what was computed as of this
  // batch or a later one, up to watermark(), still stands. At most watermark(). `id` is not used
  // for the organisation. KPIs with a model, and targets paced by a season, hang on the facts of
  // others too: for them the organisation's number counts.
  virtual int64_t ChangedAt(store::SubjectKind kind, const std::string& id) const = 0;
};

// Gives out sources. May be used from any thread.
class Sources {
 public:
  virtual ~Sources() = default;

  // The newest state: every durable batch is in it.
  virtual absl::StatusOr<std::shared_ptr<Source>> Now(const store::StopFn& stop) = 0;
  // The newest state that can be had without waiting, if every batch is in it that was
  // acknowledged before the call, so that whoever wrote reads what they wrote; else null.
  virtual std::shared_ptr<Source> TryNow() = 0;
  // To be called with a durable batch before anybody is told of it. Where it `may_wait`, waits a
  // while until TryNow() can have the batch: better who writes waits than all who read.
  virtual void Acknowledge(int64_t watermark, bool may_wait) = 0;
  // The state as of an earlier batch, or of the newest.
  virtual absl::StatusOr<std::shared_ptr<Source>> At(int64_t watermark) = 0;
};

}  // namespace keyscore::measures
