// The log is one configuration document, "audit"/"log": its revision n is entry n, in JSON.
#include "store/audit_log.h"

#include <exception>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "facts/utf8.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "store/sha256.h"

namespace keyscore::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kKind[] = "audit";
constexpr char kId[] = "log";
constexpr int kFormat = 1;
constexpr char kDocument[] = "document ";

// A revision is dated when it is written, which may wait behind other writes.
constexpr absl::Duration kWriteTime = absl::Minutes(10);
// Every revision of these is written together with an entry.
constexpr const char* kAuditedKinds[] = {"weight_profile", "target_series", "score_override"};

// A try is lost when another entry came in between, so even a crowd is through after a few.
constexpr int kTries = 200;
constexpr absl::Duration kLongestPause = absl::Milliseconds(4);

std::string NoHash() { return std::string(64, '0'); }

// "name 5 value\n", with the value's length in bytes, so that no two entries give one text.
void AddField(std::string_view name, std::string_view value, std::string& text) {
  text += fmt::format("{} {} {}\n", name, value.size(), value);
}

// The detail that holds a document's digest.
std::string DocumentKey(std::string_view kind, std::string_view id, int64_t revision) {
  return fmt::format("{}{}/{}@{}", kDocument, kind, id, revision);
}

// Of all that a revision says but its number, which stands in the key, and its time, which is set
// as it is written.
absl::StatusOr<std::string> DigestOf(const std::string& author, bool deleted,
                                     const std::string& payload) {
  std::string text;
  AddField("author", author, text);
  AddField("deleted", deleted ? "yes" : "no", text);
  AddField("payload", payload, text);
  return Sha256Hex(text);
}

// What is hashed. Changed only together with kFormat.
std::string CanonicalText(const AuditEntry& entry) {
  std::string text;
  AddField("format", absl::StrCat(kFormat), text);
  AddField("number", absl::StrCat(entry.number), text);
  AddField("time", absl::StrCat(absl::ToUnixMicros(entry.time)), text);
  AddField("author", entry.author, text);
  AddField("action", entry.action, text);
  AddField("resource", entry.resource, text);
  AddField("reason", entry.reason, text);
  for (const auto& [name, value] : entry.details) {
    AddField("detail", name, text);
    AddField("value", value, text);
  }
  AddField("previous", entry.previous_hash, text);
  return text;
}

std::string ToPayload(const AuditEntry& entry) {
  Json details = Json::object();
  for (const auto& [name, value] : entry.details) details[name] = value;
  return Json{{"format", kFormat},
              {"number", entry.number},
              {"time", absl::ToUnixMicros(entry.time)},
              {"author", entry.author},
              {"action", entry.action},
              {"resource", entry.resource},
              {"reason", entry.reason},
              {"details", std::move(details)},
              {"previous_hash", entry.previous_hash},
              {"hash", entry.hash}}
      .dump();
}

absl::StatusOr<AuditEntry> FromPayload(const ConfigRevision& revision) {
  try {
    const Json json = Json::parse(revision.payload);
    if (const int format = json.at("format"); format != kFormat) {
      return absl::FailedPreconditionError(
          fmt::format("audit entry {} has format {}, this server reads {}; run the version that "
                      "wrote it",
                      revision.revision, format, kFormat));
    }
    return AuditEntry{.number = json.at("number"),
                      .time = absl::FromUnixMicros(json.at("time").get<int64_t>()),
                      .author = json.at("author"),
                      .action = json.at("action"),
                      .resource = json.at("resource"),
                      .reason = json.at("reason"),
                      .details = json.at("details").get<std::map<std::string, std::string>>(),
                      .previous_hash = json.at("previous_hash"),
                      .hash = json.at("hash")};
  } catch (const std::exception& error) {
    return absl::DataLossError(
        fmt::format("audit entry {} can't be read: {}", revision.revision, error.what()));
  }
}

// The newest entry; number 0 where there is none yet.
absl::StatusOr<AuditEntry> Newest(Store& store) {
  const auto logs = store.ListConfig(kKind);
  if (!logs.ok()) return logs.status();
  for (const ConfigRevision& log : *logs) {
    if (log.id == kId) return FromPayload(log);
  }
  return AuditEntry{.hash = NoHash()};
}

absl::Status CheckText(const AuditEntry& entry) {
  const auto check = [](std::string_view field, std::string_view text) {
    if (facts::IsStorableUtf8(text)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        fmt::format("{} of an audit entry is not well-formed UTF-8; send text", field));
  };
  absl::Status sound = check("author", entry.author);
  sound.Update(check("action", entry.action));
  sound.Update(check("resource", entry.resource));
  sound.Update(check("reason", entry.reason));
  for (const auto& [name, value] : entry.details) {
    sound.Update(check("details", name));
    sound.Update(check("details." + name, value));
  }
  return sound;
}

}  // namespace

absl::StatusOr<Recorded> Record(Store& store, AuditEntry entry,
                                std::vector<ConfigWrite> documents) {
  for (const ConfigWrite& document : documents) {
    auto digest = DigestOf(document.author, document.deleted, document.payload);
    if (!digest.ok()) return digest.status();
    entry.details[DocumentKey(document.kind, document.id, document.expected_revision + 1)] =
        *std::move(digest);
  }
  if (absl::Status sound = CheckText(entry); !sound.ok()) return sound;
  absl::BitGen random;
  auto newest = Newest(store);
  for (int tries = 1;; ++tries) {
    if (!newest.ok()) return newest.status();
    entry.number = newest->number + 1;
    entry.time = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
    entry.previous_hash = newest->hash;
    auto hash = Sha256Hex(CanonicalText(entry));
    if (!hash.ok()) return hash.status();
    entry.hash = *std::move(hash);
    std::vector<ConfigWrite> writes = documents;
    writes.push_back({.kind = kKind,
                      .id = kId,
                      .expected_revision = newest->number,
                      .author = entry.author,
                      .payload = ToPayload(entry)});
    auto written = store.PutConfigs(writes);
    if (written.ok()) {
      written->pop_back();
      return Recorded{.entry = std::move(entry), .documents = *std::move(written)};
    }
    if (!absl::IsAborted(written.status()) || tries == kTries) return written.status();
    auto now = Newest(store);
    // No other entry came in between, so it is a document that is not as expected.
    if (now.ok() && now->number == newest->number) return written.status();
    newest = std::move(now);
    absl::SleepFor(absl::Uniform(random, 0.0, 1.0) * kLongestPause);
  }
}

std::string AboutKey(const std::string& resource) { return absl::StrCat("about ", resource); }

absl::StatusOr<std::vector<AuditEntry>> ListAudit(Store& store, const std::string& resource) {
  const auto revisions = store.ConfigHistory(kKind, kId);
  if (absl::IsNotFound(revisions.status())) return std::vector<AuditEntry>();
  if (!revisions.ok()) return revisions.status();
  std::vector<AuditEntry> entries;
  for (const ConfigRevision& revision : *revisions) {
    auto entry = FromPayload(revision);
    if (!entry.ok()) return entry.status();
    const bool listed = resource.empty() || entry->resource == resource ||
                        entry->details.count(AboutKey(resource)) > 0;
    if (listed) entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::Status VerifyAudit(const std::vector<AuditEntry>& entries) {
  std::string previous = NoHash();
  int64_t number = 0;
  for (const AuditEntry& entry : entries) {
    ++number;
    if (entry.number != number) {
      return absl::DataLossError(fmt::format(
          "audit entry {} stands where entry {} must stand: entries were removed or reordered",
          entry.number, number));
    }
    if (entry.previous_hash != previous) {
      return absl::DataLossError(fmt::format(
          "audit entry {} does not follow from entry {}: its previous_hash is not that entry's "
          "hash",
          number, number - 1));
    }
    const auto hash = Sha256Hex(CanonicalText(entry));
    if (!hash.ok()) return hash.status();
    if (entry.hash != *hash) {
      return absl::DataLossError(
          fmt::format("audit entry {} was changed: its hash is not that of its fields", number));
    }
    previous = entry.hash;
  }
  return absl::OkStatus();
}

namespace {

// Collects findings up to the limit.
class Verifier {
 public:
  explicit Verifier(Store& store) : store_(store) {}

  absl::StatusOr<AuditFindings> Verify() {
    absl::Status done = ReadKeys();
    if (done.ok()) done = FollowChain();
    if (done.ok()) done = CompareDocuments();
    if (!done.ok()) return done;
    return std::move(found_);
  }

 private:
  void Find(std::string finding) {
    if (found_.findings.size() < kMaxFindings) found_.findings.push_back(std::move(finding));
  }

  // Before the log is read: what is written meanwhile has an entry that isn't read any more.
  absl::Status ReadKeys() {
    for (const char* kind : kAuditedKinds) {
      const auto revisions = store_.ConfigRevisions(kind);
      if (!revisions.ok()) return revisions.status();
      for (const ConfigRevision& revision : *revisions) {
        audited_.insert(DocumentKey(kind, revision.id, revision.revision));
      }
    }
    return absl::OkStatus();
  }

  absl::Status FollowChain() {
    const auto revisions = store_.ConfigHistory(kKind, kId);
    if (absl::IsNotFound(revisions.status())) return absl::OkStatus();
    if (!revisions.ok()) return revisions.status();
    std::string previous = NoHash();
    int64_t number = 0;
    for (const ConfigRevision& revision : *revisions) {
      ++found_.entries;
      if (revision.revision != ++number) {
        Find(revision.revision == number + 1 ? fmt::format("audit entry {} is missing", number)
                                             : fmt::format("audit entries {} to {} are missing",
                                                           number, revision.revision - 1));
        number = revision.revision;
      }
      const auto entry = FromPayload(revision);
      if (!entry.ok()) {
        Find(std::string(entry.status().message()));
        // What follows from it can't be told; its successor is the next to start from.
        previous.clear();
        continue;
      }
      const auto hash = Sha256Hex(CanonicalText(*entry));
      if (!hash.ok()) return hash.status();
      if (entry->number != number) {
        Find(fmt::format("audit entry {} stands where entry {} must stand", entry->number, number));
      }
      if (!previous.empty() && entry->previous_hash != previous) {
        Find(
            fmt::format("audit entry {} does not follow from the one before it: its "
                        "previous_hash is not that entry's hash",
                        number));
      }
      if (entry->hash != *hash) {
        Find(fmt::format("audit entry {} was changed: its hash is not that of its fields", number));
      }
      previous = entry->hash;
      found_.head_hash = entry->hash;
      for (const auto& [name, digest] : entry->details) {
        if (name.starts_with(kDocument)) digests_[name] = {digest, number, entry->time};
      }
    }
    return absl::OkStatus();
  }

  absl::Status CompareDocuments() {
    std::set<std::string> kinds(std::begin(kAuditedKinds), std::end(kAuditedKinds));
    for (const auto& [name, digest] : digests_) {
      const size_t begin = std::size(kDocument) - 1;
      kinds.insert(name.substr(begin, name.find('/') - begin));
    }
    for (const std::string& kind : kinds) {
      const auto revisions = store_.ConfigRevisions(kind);
      if (!revisions.ok()) return revisions.status();
      for (const ConfigRevision& revision : *revisions) {
        const std::string key = DocumentKey(kind, revision.id, revision.revision);
        const auto digest = digests_.find(key);
        if (digest == digests_.end()) {
          if (audited_.contains(key)) {
            Find(
                fmt::format("no audit entry speaks of {} '{}' revision {}: it was written past "
                            "the log",
                            kind, revision.id, revision.revision));
          }
          continue;
        }
        ++found_.documents;
        const auto stored = DigestOf(revision.author, revision.deleted, revision.payload);
        if (!stored.ok()) return stored.status();
        if (*stored != digest->second.sha256) {
          Find(
              fmt::format("{} '{}' revision {} was changed: it is not what audit entry {} "
                          "recorded",
                          kind, revision.id, revision.revision, digest->second.entry));
        }
        if (absl::AbsDuration(revision.created_at - digest->second.time) > kWriteTime) {
          Find(fmt::format("{} '{}' revision {} is dated {}, but audit entry {} about it {}", kind,
                           revision.id, revision.revision, absl::FormatTime(revision.created_at),
                           digest->second.entry, absl::FormatTime(digest->second.time)));
        }
        digests_.erase(digest);
      }
    }
    for (const auto& [name, digest] : digests_) {
      Find(fmt::format("{} of audit entry {} is missing from the store", name, digest.entry));
    }
    return absl::OkStatus();
  }

  struct Digest {
    std::string sha256;
    int64_t entry = 0;
    absl::Time time;
  };

  Store& store_;
  AuditFindings found_;
  std::set<std::string> audited_;          // keys of what must have an entry
  std::map<std::string, Digest> digests_;  // by the detail's name
};

}  // namespace

absl::StatusOr<AuditFindings> VerifyStore(Store& store) { return Verifier(store).Verify(); }

}  // namespace keyscore::store
