// A library's description: negotiation first, then its datasets and KPIs.
#include "kpis/descriptor.h"

#include <set>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "kpis/descriptor_kpi.h"
#include "kpis/descriptor_reader.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

// The part of ks_library that every major version keeps: its size and its ABI.
absl::Status Negotiate(const ks_library& library) {
  const auto refuse = [&](std::string_view fix) {
    return absl::InvalidArgumentError(fmt::format("ABI: expected {}.{}, got {}.{}: {}",
                                                  KS_ABI_MAJOR, KS_ABI_MINOR, library.abi_major,
                                                  library.abi_minor, fix));
  };
  if (library.struct_size < offsetof(ks_library, kpi_count)) {
    return absl::InvalidArgumentError(fmt::format(
        "library: struct_size is {}, it must be the sizeof of ks_library", library.struct_size));
  }
  if (library.abi_major != KS_ABI_MAJOR) {
    return refuse("another major version; build the library with this server's SDK");
  }
  if (library.abi_minor > KS_ABI_MINOR) {
    return refuse("it needs a newer server; update the server or build with this server's SDK");
  }
  return absl::OkStatus();
}

facts::ColumnSchema DescribeColumn(const ks_dataset_column& column, const FieldReader& reader) {
  facts::ColumnSchema schema;
  schema.name = reader.Required("name", column.name, kMaxNameBytes);
  const FieldReader named = reader.Inside(fmt::format("'{}'", SafeText(schema.name, 80)));
  schema.type =
      named.OneOf("type", column.type, facts::ColumnType::kBool, facts::ColumnType::kTimestamp);
  schema.nullable = column.nullable != 0;
  schema.description = named.Optional("description", column.description, kMaxProseBytes);
  schema.references = named.Optional("references", column.references, 2 * kMaxNameBytes + 1);
  if (column.has_range != 0) {
    schema.minimum = column.minimum;
    schema.maximum = column.maximum;
  }
  if (named.CheckArray("allowed_values", column.allowed_values, column.allowed_value_count,
                       kMaxAllowedValues)) {
    for (uint64_t i = 0; i < column.allowed_value_count; ++i) {
      schema.allowed_values.push_back(named.Required(fmt::format("allowed_values[{}]", i),
                                                     column.allowed_values[i], kMaxTitleBytes));
    }
  }
  return schema;
}

facts::DatasetSchema DescribeDataset(const ks_dataset& dataset, const std::string& library_id,
                                     const FieldReader& reader) {
  facts::DatasetSchema schema;
  schema.id = reader.Required("id", dataset.id, 2 * kMaxNameBytes + 1);
  const FieldReader named = reader.Inside(fmt::format("'{}'", SafeText(schema.id, 80)));
  const size_t faults_before = named.fault_count();
  if (!schema.id.empty() && !IsNamespaced(schema.id, library_id)) {
    named.Fault(fmt::format("id must be {}.name, its name in snake_case", library_id));
  }
  schema.title = named.Required("title", dataset.title, kMaxTitleBytes);
  schema.description = named.Optional("description", dataset.description, kMaxProseBytes);
  schema.occurred_at_meaning =
      named.Optional("occurred_at_meaning", dataset.occurred_at_meaning, kMaxTitleBytes);
  schema.declared_by = "plugins/" + library_id;
  schema.columns = facts::KeyColumns();
  named.ReadArray("columns", dataset.columns, dataset.column_count, dataset.column_stride,
                  kMaxColumns, [&](const ks_dataset_column& column, const FieldReader& element) {
                    schema.columns.push_back(DescribeColumn(column, element));
                  });
  // Where a field could not be read, the checks of the whole would repeat it.
  if (named.fault_count() == faults_before) {
    if (const absl::Status valid = facts::ValidateSchema(schema); !valid.ok()) {
      named.Fault(valid, fmt::format("dataset '{}': ", schema.id));
    }
  }
  return schema;
}

void CheckUnique(const DescribedLibrary& library, const FieldReader& reader) {
  std::set<std::string_view> seen;
  for (const DescribedKpi& kpi : library.kpis) {
    if (!kpi.definition.id.empty() && !seen.insert(kpi.definition.id).second) {
      reader.Fault(
          fmt::format("KPI '{}' stands in the library twice", SafeText(kpi.definition.id, 80)));
    }
  }
  seen.clear();
  for (const facts::DatasetSchema& dataset : library.datasets) {
    if (!dataset.id.empty() && !seen.insert(dataset.id).second) {
      reader.Fault(
          fmt::format("dataset '{}' stands in the library twice", SafeText(dataset.id, 80)));
    }
  }
}

}  // namespace

absl::StatusOr<DescribedLibrary> DescribeLibrary(const ks_library& library,
                                                 std::string_view file_id, bool builtin,
                                                 DescribedLibrary* readable) {
  if (const absl::Status status = Negotiate(library); !status.ok()) return status;
  std::vector<std::string> faults;
  const FieldReader reader("", faults);
  DescribedLibrary described;
  if (const std::optional<ks_library> own = reader.Inside("library").Read<ks_library>(&library)) {
    const FieldReader top = reader.Inside("library");
    described.id = top.SnakeCase("id", own->id);
    if (!described.id.empty() && described.id != file_id) {
      top.Fault(fmt::format("id '{}' differs from the file's name: expected '{}'",
                            SafeText(described.id, 80), SafeText(file_id, 80)));
    }
    // A broken id is one fault, not one for every name that should start with it.
    if (described.id.empty()) described.id = file_id;
    described.version = top.Version(own->version);
    described.vendor = top.Optional("vendor", own->vendor, kMaxTitleBytes);
    described.description = top.Optional("description", own->description, kMaxProseBytes);
    described.abi_version = fmt::format("{}.{}", own->abi_major, own->abi_minor);
    if (own->kpi_count == 0 && own->dataset_count == 0) {
      top.Fault("describes neither a KPI nor a dataset");
    }
    reader.ReadArray(
        "datasets", own->datasets, own->dataset_count, own->dataset_stride, kMaxDatasets,
        [&](const ks_dataset& dataset, const FieldReader& element) {
          described.datasets.push_back(DescribeDataset(dataset, described.id, element));
        });
    reader.ReadArray("kpis", own->kpis, own->kpi_count, own->kpi_stride, kMaxKpis,
                     [&](const ks_kpi& kpi, const FieldReader& element) {
                       described.kpis.push_back(DescribeKpi(kpi, described.id, builtin, element));
                     });
    CheckUnique(described, reader);
  }
  if (faults.empty()) return described;
  if (readable != nullptr) *readable = std::move(described);
  return absl::InvalidArgumentError(absl::StrJoin(faults, "\n"));
}

}  // namespace keyscore::kpis
