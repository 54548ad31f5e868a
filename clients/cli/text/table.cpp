// Layout of tables.
#include "cli/text/table.h"

#include <algorithm>

#include "cli/text/width.h"

namespace keyscore::cli {

std::string Table::Render(bool colour, size_t indent) const {
  // What stands in each cell once it is shortened, and how wide each column gets.
  std::vector<std::vector<Cell>> rows = rows_;
  std::vector<size_t> widths(columns_.size(), 0);
  std::vector<bool> used(columns_.size(), false);
  bool any_header = false;
  for (auto& row : rows) {
    for (size_t i = 0; i < row.size() && i < columns_.size(); ++i) {
      row[i].text = Printable(row[i].text);
      if (columns_[i].max_width > 0) row[i].text = Shorten(row[i].text, columns_[i].max_width);
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
      used[i] = used[i] || !row[i].text.empty();
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!used[i]) continue;
    widths[i] = std::max(widths[i], DisplayWidth(columns_[i].header));
    any_header = any_header || !columns_[i].header.empty();
  }

  std::string out;
  const auto line = [&](const std::vector<Cell>& cells) {
    std::string text(indent, ' ');
    // Spaces are owed until something follows them, so that no line ends in any.
    size_t owed = 0;
    bool first = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!used[i]) continue;
      if (!first) owed += 2;
      first = false;
      const Cell cell = i < cells.size() ? cells[i] : Cell();
      const size_t fill = widths[i] - DisplayWidth(cell.text);
      if (cell.text.empty()) {
        owed += widths[i];
        continue;
      }
      if (columns_[i].align == Align::kRight) owed += fill;
      text.append(owed, ' ');
      text += Paint(cell.text, cell.style, colour);
      owed = columns_[i].align == Align::kLeft ? fill : 0;
    }
    if (text.find_first_not_of(' ') == std::string::npos) text.clear();
    out += text + "\n";
  };

  if (any_header) {
    std::vector<Cell> headers;
    for (const TableColumn& column : columns_) headers.emplace_back(column.header, Style::kDim);
    line(headers);
  }
  for (const auto& row : rows) line(row);
  return out;
}

}  // namespace keyscore::cli
