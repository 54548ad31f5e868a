// The log is one configuration document, "audit"/"log": its revision n is entry n, in JSON.
#include "store/audit_log.h"

#include <exception>
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

// A try is lost when another entry came in between, so even a crowd is through after a few.
constexpr int kTries = 200;
constexpr absl::Duration kLongestPause = absl::Milliseconds(4);

std::string NoHash() { return std::string(64, '0'); }

// "name 5 value\n", with the value's length in bytes, so that no two entries give one text.
void AddField(std::string_view name, std::string_view value, std::string& text) {
  text += fmt::format("{} {} {}\n", name, value.size(), value);
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

absl::StatusOr<std::vector<AuditEntry>> ListAudit(Store& store, const std::string& resource) {
  const auto revisions = store.ConfigHistory(kKind, kId);
  if (absl::IsNotFound(revisions.status())) return std::vector<AuditEntry>();
  if (!revisions.ok()) return revisions.status();
  std::vector<AuditEntry> entries;
  for (const ConfigRevision& revision : *revisions) {
    auto entry = FromPayload(revision);
    if (!entry.ok()) return entry.status();
    if (resource.empty() || entry->resource == resource) entries.push_back(*std::move(entry));
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

}  // namespace keyscore::store
