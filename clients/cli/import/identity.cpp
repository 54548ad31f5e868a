// Files that need no mapping.
#include "cli/import/identity.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "cli/import/expressions.h"
#include "cli/text/format.h"
#include "cli/text/nearest.h"

namespace keyscore::cli {
namespace {

const v1::Dataset* FindDataset(const std::vector<v1::Dataset>& datasets, const std::string& id) {
  for (const v1::Dataset& dataset : datasets) {
    if (IdOf(dataset.name()) == id) return &dataset;
  }
  return nullptr;
}

// What others refer to comes first.
size_t Order(const std::string& id) {
  static constexpr std::array kFirst = {"team", "manager", "account", "contact", "ownership"};
  return static_cast<size_t>(std::find(kFirst.begin(), kFirst.end(), id) - kFirst.begin());
}

}  // namespace

absl::StatusOr<Mapping> IdentityMapping(const std::vector<v1::Dataset>& datasets,
                                        const std::vector<std::string>& files,
                                        std::vector<std::string>& left_out) {
  std::vector<std::string> ids;
  for (const v1::Dataset& dataset : datasets) {
    if (dataset.kind() != v1::Dataset::KIND_DERIVED) ids.push_back(IdOf(dataset.name()));
  }
  Mapping mapping{.name = "keyscore", .path = "the mapping keyscore"};
  for (const std::string& file : files) {
    const std::filesystem::path path(file);
    const std::string stem = path.stem().string();
    FileFormat format = FileFormat::kByExtension;
    if (!FormatOf(file, format)) {
      left_out.push_back(
          fmt::format("{}: neither .csv, .parquet nor .json", path.filename().string()));
      continue;
    }
    if (std::find(ids.begin(), ids.end(), stem) == ids.end()) {
      left_out.push_back(fmt::format("{}: no dataset is called '{}'{}", path.filename().string(),
                                     stem, DidYouMean(stem, ids)));
      continue;
    }
    if (mapping.FindSource(stem) != nullptr) continue;
    SourceSpec source{.name = stem, .file = stem + ".*"};
    for (const v1::DatasetColumn& column : FindDataset(datasets, stem)->columns()) {
      if (!column.nullable()) source.columns.push_back(column.name());
    }
    mapping.sources.push_back(std::move(source));
  }
  if (mapping.sources.empty()) {
    return absl::NotFoundError(fmt::format(
        "no file named as a dataset in the paths given{}; files are called account.csv, "
        "manager.parquet, … (`keyscore datasets list`), others need a --mapping",
        left_out.empty() ? "" : fmt::format(" ({})", fmt::join(left_out, "; "))));
  }
  std::stable_sort(
      mapping.sources.begin(), mapping.sources.end(),
      [](const SourceSpec& a, const SourceSpec& b) { return Order(a.name) < Order(b.name); });
  return mapping;
}

absl::Status AddIdentityImports(const std::vector<v1::Dataset>& datasets,
                                const std::vector<LoadedSource>& sources, Mapping& mapping) {
  for (const LoadedSource& source : sources) {
    const v1::Dataset* dataset = FindDataset(datasets, source.name);
    ImportSpec import{.dataset = source.name, .from = source.name};
    std::vector<std::string> known;
    for (const v1::DatasetColumn& column : dataset->columns()) known.push_back(column.name());
    for (const LoadedColumn& column : source.columns) {
      if (std::find(known.begin(), known.end(), column.name) == known.end()) {
        return absl::InvalidArgumentError(
            fmt::format("{} has a column '{}' that the dataset {} doesn't have{}; it has {}",
                        source.files.front().path, column.name, source.name,
                        DidYouMean(column.name, known), fmt::join(known, ", ")));
      }
      import.columns.push_back({column.name, SqlName(column.name)});
    }
    mapping.imports.push_back(std::move(import));
  }
  return absl::OkStatus();
}

}  // namespace keyscore::cli
