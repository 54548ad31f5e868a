// Tables for people: columns aligned by display width, right-aligned figures, no ruling.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "cli/text/style.h"

namespace keyscore::cli {

enum class Align { kLeft, kRight };

struct TableColumn {
  std::string header;
  Align align = Align::kLeft;
  size_t max_width = 0;  // longer cells are shortened; 0 = as wide as they are
};

struct Cell {
  std::string text;
  Style style = Style::kPlain;

  Cell() = default;
  Cell(std::string t, Style s = Style::kPlain)  // NOLINT: implicit, so that rows read as lists
      : text(std::move(t)), style(s) {}
  Cell(const char* t) : text(t) {}  // NOLINT
};

class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // Fewer cells than columns leave the rest empty.
  void AddRow(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  void AddBlankLine() { rows_.emplace_back(); }
  bool empty() const { return rows_.empty(); }

  // Columns whose cells are all empty are left out, header and all. No line ends in spaces.
  std::string Render(bool colour, size_t indent = 0) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace keyscore::cli
