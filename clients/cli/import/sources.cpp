// Loading files into tables.
#include "cli/import/sources.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "cli/import/expressions.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

// Longer lines are kept aside as unreadable; the server takes no text over 64 KiB anyway.
constexpr int64_t kMaxLineBytes = 16'000'000;
// Where the CSV reader puts what it can't read, until it is taken from there.
constexpr char kRejectsTable[] = "keyscore_unreadable_lines";

// The SELECT that reads one file, every column as text (Parquet: as it is).
absl::StatusOr<std::string> ReadFile(const SourceSpec& source, const FoundFile& file) {
  switch (file.format) {
    case FileFormat::kParquet:
      return fmt::format("SELECT * FROM read_parquet({})", SqlText(file.path));
    case FileFormat::kJson:
      // Depth 1 leaves every value as JSON; extracting '$' gives texts without their quotes.
      return fmt::format(
          "SELECT COLUMNS(c -> true)->>'$' FROM read_json({}, maximum_depth=1, sample_size=-1)",
          SqlText(file.path));
    default:
      break;
  }
  CsvDialect dialect = source.csv;
  if (absl::EndsWithIgnoreCase(file.path, ".tsv")) dialect.delimiter = '\t';
  const absl::StatusOr<std::vector<std::string>> header = ReadCsvHeader(file.path, dialect);
  if (!header.ok()) return header.status();
  std::vector<std::string> columns;
  for (const std::string& name : *header) columns.push_back(SqlText(name) + ": 'VARCHAR'");
  std::vector<std::string> nulls = {"''"};
  for (const std::string& null : dialect.null_values) nulls.push_back(SqlText(null));
  const std::string quote = SqlText(std::string(1, dialect.quote));
  return fmt::format(
      "SELECT * FROM read_csv({}, auto_detect=false, header=true, delim={}, quote={}, escape={}, "
      "encoding={}, nullstr=[{}], columns={{{}}}, max_line_size={}, store_rejects=true, "
      "rejects_table={}, rejects_scan={}_scan)",
      SqlText(file.path), SqlText(std::string(1, dialect.delimiter)), quote, quote,
      SqlText(dialect.encoding), fmt::join(nulls, ", "), fmt::join(columns, ", "), kMaxLineBytes,
      kRejectsTable, kRejectsTable);
}

// What the reader kept aside of a CSV; one entry a line.
absl::StatusOr<std::vector<BadLine>> TakeBadLines(store::Connection& connection) {
  std::vector<BadLine> lines;
  auto result = connection.Query(fmt::format(
      "SELECT line::BIGINT, coalesce(any_value(column_name), ''), "
      "coalesce(string_agg(DISTINCT error_message, '; '), ''), coalesce(any_value(csv_line), '') "
      "FROM {} GROUP BY line ORDER BY line",
      kRejectsTable));
  if (!result.ok()) return result.status();
  result->ForEachChunk([&lines](const store::Chunk& chunk) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      lines.push_back({.line = chunk.Int64(0, i),
                       .column = std::string(chunk.String(1, i)),
                       .reason = std::string(chunk.String(2, i)),
                       .text = std::string(chunk.String(3, i))});
    }
  });
  const absl::Status dropped =
      connection.Execute(fmt::format("DROP TABLE {0}; DROP TABLE {0}_scan", kRejectsTable));
  if (!dropped.ok()) return dropped;
  return lines;
}

absl::StatusOr<std::vector<LoadedColumn>> Columns(const std::string& select,
                                                  store::Connection& connection) {
  std::vector<LoadedColumn> columns;
  auto result = connection.Query("DESCRIBE " + select);
  if (!result.ok()) return result.status();
  result->ForEachChunk([&columns](const store::Chunk& chunk) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      columns.push_back({std::string(chunk.String(0, i)), std::string(chunk.String(1, i))});
    }
  });
  return columns;
}

bool Has(const std::vector<LoadedColumn>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(), [&name](const LoadedColumn& column) {
    return absl::EqualsIgnoreCase(column.name, name);
  });
}

std::vector<std::string> Names(const std::vector<LoadedColumn>& columns) {
  std::vector<std::string> names;
  for (const LoadedColumn& column : columns) names.push_back(column.name);
  return names;
}

// The first line of DuckDB's text, without its hints about options that are not the user's.
absl::Status ReadFault(const std::string& path, const absl::Status& status) {
  std::string text(status.message());
  text = text.substr(0, text.find("\n"));
  for (const char* prefix : {"Invalid Input Error: ", "IO Error: ", "Binder Error: "}) {
    if (text.starts_with(prefix)) text.erase(0, std::string(prefix).size());
  }
  return absl::InvalidArgumentError(fmt::format("{} can't be read: {}", path, text));
}

absl::Status CheckColumns(const SourceSpec& source, const FoundFile& file,
                          const std::vector<LoadedColumn>& columns,
                          const std::vector<LoadedColumn>& first) {
  for (const std::string& required : source.columns) {
    if (Has(columns, required)) continue;
    return absl::InvalidArgumentError(
        fmt::format("{} has no column '{}'{}; its columns are {}", file.path, required,
                    DidYouMean(required, Names(columns)), fmt::join(Names(columns), ", ")));
  }
  for (const LoadedColumn& column : first) {
    if (Has(columns, column.name)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{} has no column '{}', but other files of the source '{}' have; give them the same header",
        file.path, column.name, source.name));
  }
  for (const LoadedColumn& column : columns) {
    if (first.empty() || Has(first, column.name)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{} has a column '{}', but other files of the source '{}' don't; give them the same header",
        file.path, column.name, source.name));
  }
  return absl::OkStatus();
}

}  // namespace

std::pair<std::string, int64_t> LoadedSource::Locate(int64_t rowid) const {
  for (const LoadedFile& file : files) {
    if (rowid >= file.first_row + file.rows) continue;
    int64_t record = rowid - file.first_row + 1;
    if (file.format == FileFormat::kCsv) {
      ++record;  // the header
      for (const BadLine& bad : file.bad_lines) {
        if (bad.line <= record) ++record;
      }
    }
    return {file.path, record};
  }
  return {"", 0};
}

absl::StatusOr<LoadedSource> LoadSource(const SourceSpec& source,
                                        const std::vector<FoundFile>& files,
                                        store::Connection& connection) {
  LoadedSource loaded{.name = source.name};
  for (size_t i = 0; i < files.size(); ++i) {
    const FoundFile& file = files[i];
    std::error_code error;
    if (std::filesystem::file_size(file.path, error) == 0 && !error) {
      return absl::InvalidArgumentError(
          fmt::format("{} is empty; it needs at least its columns", file.path));
    }
    const absl::StatusOr<std::string> select = ReadFile(source, file);
    if (!select.ok()) return select.status();
    const auto columns = Columns(*select, connection);
    if (!columns.ok()) return ReadFault(file.path, columns.status());
    if (auto status = CheckColumns(source, file, *columns, loaded.columns); !status.ok()) {
      return status;
    }
    const std::string table = SqlName(source.name);
    const absl::Status read =
        connection.Execute(i == 0 ? fmt::format("CREATE TABLE {} AS {}", table, *select)
                                  : fmt::format("INSERT INTO {} BY NAME {}", table, *select));
    if (!read.ok()) return ReadFault(file.path, read);
    if (i == 0) loaded.columns = *columns;
    auto counted = connection.Query(fmt::format("SELECT count(*) FROM {}", table));
    if (!counted.ok()) return counted.status();
    const int64_t rows = counted->FirstInt64();
    LoadedFile part{.path = file.path,
                    .format = file.format,
                    .first_row = loaded.rows,
                    .rows = rows - loaded.rows};
    if (file.format == FileFormat::kCsv) {
      auto bad_lines = TakeBadLines(connection);
      if (!bad_lines.ok()) return bad_lines.status();
      part.bad_lines = *std::move(bad_lines);
    }
    loaded.rows = rows;
    loaded.files.push_back(std::move(part));
  }
  return loaded;
}

}  // namespace keyscore::cli
