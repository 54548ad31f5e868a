// Queries over config_revision.
#include "store/config_tables.h"

#include <fmt/format.h>

#include "store/sql_builder.h"

namespace keyscore::store {
namespace {

// Columns in the order that ReadRevisions expects.
constexpr char kColumns[] = "kind, id, revision, epoch_us(created_at), author, payload, deleted";

absl::StatusOr<std::vector<ConfigRevision>> ReadRevisions(absl::StatusOr<Result> result) {
  if (!result.ok()) return result.status();
  std::vector<ConfigRevision> revisions;
  result->ForEachChunk([&revisions](const Chunk& chunk) {
    for (size_t row = 0; row < chunk.size(); ++row) {
      revisions.push_back({.kind = std::string(chunk.String(0, row)),
                           .id = std::string(chunk.String(1, row)),
                           .revision = chunk.Int64(2, row),
                           .created_at = FromMicros(chunk.Int64(3, row)),
                           .author = std::string(chunk.String(4, row)),
                           .payload = std::string(chunk.String(5, row)),
                           .deleted = chunk.Bool(6, row)});
    }
  });
  return revisions;
}

// Bytes travel in hexadecimal, as a BLOB parameter has no length-safe text form.
std::string Hex(const std::string& bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) fmt::format_to(std::back_inserter(hex), "{:02X}", byte);
  return hex;
}

}  // namespace

absl::StatusOr<std::vector<ConfigRevision>> ListNewestConfig(Connection& connection,
                                                             const std::string& kind) {
  return ReadRevisions(connection.Query(
      fmt::format("SELECT {} FROM (FROM config_revision WHERE kind = ? QUALIFY row_number() OVER "
                  "(PARTITION BY id ORDER BY revision DESC) = 1) WHERE NOT deleted ORDER BY id",
                  kColumns),
      {kind}));
}

absl::StatusOr<std::vector<ConfigRevision>> ListConfigHistory(Connection& connection,
                                                              const std::string& kind,
                                                              const std::string& id) {
  auto revisions = ReadRevisions(connection.Query(
      fmt::format("SELECT {} FROM config_revision WHERE kind = ? AND id = ? ORDER BY revision",
                  kColumns),
      {kind, id}));
  if (revisions.ok() && revisions->empty()) {
    return absl::NotFoundError(fmt::format("there is no {} '{}'", kind, id));
  }
  return revisions;
}

absl::StatusOr<std::vector<ConfigRevision>> ListAllConfig(Connection& connection,
                                                          const std::string& kind) {
  return ReadRevisions(connection.Query(
      fmt::format("SELECT {} FROM config_revision WHERE kind = ? ORDER BY id, revision", kColumns),
      {kind}));
}

absl::StatusOr<ConfigRevision> WriteConfig(Connection& connection, ConfigRevision revision) {
  absl::StatusOr<Result> newest =
      connection.Query("SELECT max(revision) FROM config_revision WHERE kind = ? AND id = ?",
                       {revision.kind, revision.id});
  if (!newest.ok()) return newest.status();
  if (const int64_t found = newest->FirstInt64(); found != revision.revision) {
    return absl::AbortedError(
        found == 0 ? fmt::format("there is no {} '{}' yet, revision {} was expected; create it",
                                 revision.kind, revision.id, revision.revision)
                   : fmt::format("{} '{}' is at revision {}, {} was expected; read it again",
                                 revision.kind, revision.id, found, revision.revision));
  }
  ++revision.revision;
  revision.created_at = FromMicros(ToMicros(absl::Now()));
  absl::Status written =
      connection
          .Query(
              "INSERT INTO config_revision VALUES (?, ?, ?, make_timestamp(?::BIGINT), ?, "
              "from_hex(?), ?)",
              {revision.kind, revision.id, revision.revision, ToMicros(revision.created_at),
               revision.author, Hex(revision.payload), revision.deleted})
          .status();
  if (!written.ok()) return written;
  return revision;
}

}  // namespace keyscore::store
