// An answer as it is sent, and all that it rests on: what the cache keeps.
//
// Everything but the facts stands in the key, so an answer under another key is never found. The
// facts are asked of the newest source: an answer stands for as long as nothing it rests on has
// changed since the batch as of which it was made.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "measures/source.h"
#include "scoring/scorecard.h"
#include "store/store.h"

namespace keyscore::rpc {

enum class AnswerKind : uint8_t {
  kGetScorecard,
  kBatchGetScorecards,
  kListScorecards,
  kExplainKpiResult,
  kRanking,  // no answer of its own: the order that the pages of a list are cut from
};

// All that decides an answer beside the facts. Refers to texts that somebody else keeps.
struct AnswerKey {
  std::string_view scope;  // what the caller may see: ScopeOf
  AnswerKind kind = AnswerKind::kGetScorecard;
  std::string_view request;         // serialised, as it came
  int64_t registry_generation = 0;  // each change of plugins or their settings makes a new one
  int64_t rules = 0;                // the number that weightings, targets and exceptions go by
  absl::CivilDay today;             // the day that counts as today

  bool operator==(const AnswerKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const AnswerKey& key) {
    return H::combine(std::move(state), key.scope, key.kind, key.request, key.registry_generation,
                      key.rules, key.today);
  }
};

// What the caller may see, as a part of the key. Every caller sees everything there is; whoever
// changes that changes it here, and no caller gets the answer of another scope.
std::string_view ScopeOf(const grpc::CallbackServerContext& context);

// Which facts an answer rests on, those of the directory included.
struct Footing {
  // The figures of this subject; those of the organisation are those of everybody.
  store::SubjectKind kind = store::SubjectKind::kOrganization;
  std::string id;  // not used for the organisation
  // The subject as the directory describes it; absent = all of the directory counts.
  std::optional<scoring::SubjectInfo> subject;
  // How many datasets had ever held a fact; absent = no KPI of it waits for a dataset's first one.
  std::optional<int64_t> datasets_held;
  // The answer names its batch in a place where it can't be replaced: it stands for that one alone.
  bool one_batch = false;
};

// Immutable but for `true_until`. May be used from any thread.
struct Answer {
  grpc::Slice body;         // serialised; without the receipt's watermark where it has a receipt
  int receipt_field = 0;    // number of the receipt's field in the message; 0 = of no use
  bool may_be_kept = true;  // of itself; whether the request is one to keep answers of is not here
  Footing footing;
  std::vector<std::string> ranking;     // kRanking: ids in order
  std::atomic<int64_t> true_until = 0;  // the newest batch as of which it is known to stand

  // What it takes in memory, about.
  int64_t bytes() const;
  // Says that it stands as of the batch.
  void RaiseTo(int64_t watermark);
};

// As of `watermark`. A `receipt_field` of 0: the body is the message as it is. RESOURCE_EXHAUSTED
// for a message of 2 GiB or more.
absl::StatusOr<std::shared_ptr<Answer>> MakeAnswer(const google::protobuf::Message& message,
                                                   int receipt_field, int64_t watermark);

// What goes over the wire, without a copy of the body. The receipt's watermark, which is the newest
// that the answer stands for, follows as a second occurrence of the receipt's field, as protobuf
// merges occurrences of a message field into one.
grpc::ByteBuffer OnTheWire(const Answer& answer);

// What the log of facts says of itself as a whole.
struct LogMarks {
  int64_t directory_batch = 0;  // the last that wrote to the directory
  int64_t datasets_held = 0;    // datasets that ever held a fact; never fewer than before
};
absl::StatusOr<LogMarks> MarksOf(store::MeasureReader& facts);

// Whether an answer still stands, by the newest state of the facts.
enum class Standing {
  kStands,
  kAsksDirectory,  // it does if the directory describes the subject as before
  kFallen,
};
Standing StandingOf(Answer& answer, measures::Source& newest);

// Whether cards may be answered with again: no figure failed, as that may be over next time, and
// every KPI says of itself that equal facts give equal figures.
bool MayBeKept(const std::vector<scoring::Scorecard>& cards);
// Whether any of these cards would be the same without the others.
bool AreIndependent(const std::vector<scoring::Scorecard>& cards);
// What one card rests on.
absl::StatusOr<Footing> FootingOf(const scoring::Scorecard& card,
                                  const scoring::SubjectInfo& subject, store::MeasureReader& facts);
// Whether the directory says the same of both.
bool SameSubject(const scoring::SubjectInfo& a, const scoring::SubjectInfo& b);

}  // namespace keyscore::rpc
