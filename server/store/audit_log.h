// The audit log: who changed what, when and why. Kept with the configuration, append-only, each
// entry hashed together with the hash of the one before, so that a changed or missing entry shows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/store.h"

namespace keyscore::store {

struct AuditEntry {
  int64_t number = 0;  // 1, 2, … set by Record, as are time and hashes
  absl::Time time;
  std::string author;
  std::string action;    // e.g. "plugin.install"
  std::string resource;  // e.g. "plugins/acme_health"
  std::string reason;
  std::map<std::string, std::string> details;
  std::string previous_hash;  // hex SHA-256; of the first entry 64 zeros
  std::string hash;
};

// Writes `documents` and the entry about them in one transaction: both or neither. To the entry's
// details is added, for each document, "document KIND/ID@REVISION" with the hex SHA-256 of its
// author, payload and whether it is a deletion. ABORTED where a document is not at its expected
// revision. Returns what was written, the entry's fields filled in.
struct Recorded {
  AuditEntry entry;
  std::vector<ConfigRevision> documents;
};
absl::StatusOr<Recorded> Record(Store& store, AuditEntry entry, std::vector<ConfigWrite> documents);

// The key under which the details of an entry about several resources name each of them.
std::string AboutKey(const std::string& resource);

// All entries, oldest first; those about one resource where that isn't empty.
absl::StatusOr<std::vector<AuditEntry>> ListAudit(Store& store, const std::string& resource = "");

// DATA_LOSS names the first entry that does not follow from the ones before it.
absl::Status VerifyAudit(const std::vector<AuditEntry>& entries);

// What a look through the whole log and the documents it speaks of has found.
struct AuditFindings {
  int64_t entries = 0;
  int64_t documents = 0;              // revisions whose digest was compared
  std::vector<std::string> findings;  // what is not as it was written, at most kMaxFindings
  std::string head_hash;              // of the newest entry; "" where there is none
};
inline constexpr size_t kMaxFindings = 100;

// Follows the chain from the first entry to the last, past what is wrong with one; holds every
// document that an entry gives a digest of against what is stored; and names revisions of
// weightings (weight_profile, target_series, score_override) that no entry speaks of.
absl::StatusOr<AuditFindings> VerifyStore(Store& store);

}  // namespace keyscore::store
