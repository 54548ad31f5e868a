// Writing the rejects file.
#include "cli/import/rejects.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/import/expressions.h"
#include "cli/text/csv.h"

namespace keyscore::cli {
namespace {

// Longer texts are cut: the file is for reading, the source still has all of it.
constexpr size_t kMaxText = 1000;
constexpr size_t kRowsPerLookup = 1000;
// Reasons beyond this many different ones are counted together.
constexpr size_t kMaxGroups = 1000;

std::string Cut(std::string text) {
  if (text.size() <= kMaxText) return text;
  size_t end = kMaxText;
  // Not inside a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}… ({} bytes)", text.substr(0, end), text.size());
}

// JSON of a row with its long texts cut.
std::string CutRow(const std::string& json) {
  if (json.size() <= kMaxText) return json;
  nlohmann::json row = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!row.is_object()) return Cut(json);
  for (auto& value : row) {
    if (value.is_string()) value = Cut(value.get<std::string>());
  }
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The rows of a table as JSON, by rowid.
absl::StatusOr<std::map<int64_t, std::string>> LookUp(const std::string& table,
                                                      const std::vector<int64_t>& rowids,
                                                      store::Connection& connection) {
  std::map<int64_t, std::string> rows;
  if (rowids.empty()) return rows;
  auto result = connection.Query(
      fmt::format("SELECT rowid, CAST(to_json(source_) AS VARCHAR) FROM {} AS source_ "
                  "WHERE rowid IN ({})",
                  SqlName(table), fmt::join(rowids, ", ")));
  if (!result.ok()) return result.status();
  result->ForEachChunk([&rows](const store::Chunk& chunk) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      rows[chunk.Int64(0, i)] = std::string(chunk.String(1, i));
    }
  });
  return rows;
}

}  // namespace

absl::Status RejectsFile::Open() {
  if (file_.is_open()) return absl::OkStatus();
  file_.open(path_, std::ios::binary | std::ios::trunc);
  if (!file_) {
    return absl::PermissionDeniedError(
        fmt::format("the rejects file {} can't be written: {}; name another with --rejects", path_,
                    std::strerror(errno)));
  }
  WriteCsvRecord(file_, {"source_file", "record", "dataset", "fact_id", "column", "reason", "row"});
  return absl::OkStatus();
}

void RejectsFile::Count(const std::string& dataset, const std::string& column,
                        const std::string& reason) {
  ++count_;
  std::vector<std::string> key = {dataset, column, reason};
  if (groups_.size() >= kMaxGroups && !groups_.contains(key)) key = {dataset, column, "other"};
  ++groups_[key];
}

absl::Status RejectsFile::AddBadLines(const LoadedSource& source) {
  for (const LoadedFile& file : source.files) {
    for (const BadLine& line : file.bad_lines) {
      if (auto status = Open(); !status.ok()) return status;
      const nlohmann::json row = {{"line", Cut(line.text)}};
      WriteCsvRecord(file_, {file.path, std::to_string(line.line), "", "", line.column, line.reason,
                             row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
      Count(std::filesystem::path(file.path).filename().string(), line.column, line.reason);
    }
  }
  return absl::OkStatus();
}

absl::Status RejectsFile::AddRows(const std::string& dataset, const LoadedSource& source,
                                  const std::vector<RejectedRow>& rows,
                                  store::Connection& connection) {
  for (size_t from = 0; from < rows.size(); from += kRowsPerLookup) {
    if (auto status = Open(); !status.ok()) return status;
    const size_t to = std::min(rows.size(), from + kRowsPerLookup);
    std::vector<int64_t> rowids;
    for (size_t i = from; i < to; ++i) {
      if (rows[i].rowid >= 0) rowids.push_back(rows[i].rowid);
    }
    const auto raw = LookUp(source.name, rowids, connection);
    if (!raw.ok()) return raw.status();
    for (size_t i = from; i < to; ++i) {
      const RejectedRow& row = rows[i];
      std::string file;
      std::string record;
      if (row.rowid >= 0) {
        const auto [path, number] = source.Locate(row.rowid);
        file = path;
        record = std::to_string(number);
      } else if (source.files.size() == 1) {
        file = source.files.front().path;
      }
      const auto found = raw->find(row.rowid);
      WriteCsvRecord(file_, {file, record, dataset, Cut(row.fact_id), row.column, row.reason,
                             found == raw->end() ? "" : CutRow(found->second)});
      Count(dataset, row.column, row.reason);
    }
  }
  return absl::OkStatus();
}

absl::Status RejectsFile::Close() {
  if (!file_.is_open()) return absl::OkStatus();
  file_.close();
  if (file_) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("the rejects file {} could not be written to its end; is the disk full?", path_));
}

std::vector<RejectsFile::Group> RejectsFile::Groups() const {
  std::vector<Group> groups;
  for (const auto& [key, count] : groups_) groups.push_back({key[0], key[1], key[2], count});
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.count > b.count; });
  return groups;
}

}  // namespace keyscore::cli
