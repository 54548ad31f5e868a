// Column look-up by the schema's order.
#include "rpc/row_reader.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kPageRows = 10'000;

}  // namespace

const store::Value& RowReader::At(std::string_view column) const {
  static const store::Value kNull;
  for (size_t i = 0; i < schema_.columns.size() && i < row_.values.size(); ++i) {
    if (schema_.columns[i].name == column) return row_.values[i];
  }
  return kNull;
}

std::string RowReader::Text(std::string_view column) const {
  const auto* text = std::get_if<std::string>(&At(column));
  return text == nullptr ? "" : *text;
}

bool RowReader::Flag(std::string_view column) const {
  const auto* flag = std::get_if<bool>(&At(column));
  return flag != nullptr && *flag;
}

std::optional<absl::Time> RowReader::Time(std::string_view column) const {
  const auto* time = std::get_if<absl::Time>(&At(column));
  return time == nullptr ? std::nullopt : std::optional(*time);
}

absl::Status ForEachRow(store::Store& store, store::RowQuery query, const store::StopFn& stop,
                        absl::FunctionRef<void(const store::Row&)> each) {
  query.limit = kPageRows;
  query.after.reset();
  while (true) {
    const absl::StatusOr<store::RowPage> page = store.ListRows(query, stop);
    if (!page.ok()) return page.status();
    for (const store::Row& row : page->rows) each(row);
    if (!page->more || page->rows.empty()) return absl::OkStatus();
    query.after = {page->rows.back().time, page->rows.back().fact_id};
    query.watermark = page->watermark;
  }
}

}  // namespace keyscore::rpc
