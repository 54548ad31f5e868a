// Prints cards: as Markdown for a page, and as text for a terminal.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "kpis/conformance/card.h"

namespace keyscore::kpis::conformance {
namespace {

// Columns that text takes on a terminal: code points, which is near enough for what cards say.
size_t Width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Padded(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, Width(text)), ' ');
}

std::string TextTable(const CardTable& table) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < table.header.size(); ++i) {
    widths.push_back(Width(table.header[i]));
    for (const auto& row : table.rows) widths[i] = std::max(widths[i], Width(row[i]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = "   ";
    for (size_t i = 0; i < cells.size(); ++i) text += " " + Padded(cells[i], widths[i] + 1);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string text = fmt::format("  {}\n{}", table.title, line(table.header));
  for (const auto& row : table.rows) text += line(row);
  return text;
}

// An expression or a name, as code; empty stays empty.
std::string Code(const std::string& text) {
  if (text.empty()) return "";
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';  // ends a cell even in code
    escaped += c == '\n' ? ' ' : c;
  }
  return text.find('`') == std::string::npos ? fmt::format("`{}`", escaped)
                                             : fmt::format("`` {} ``", escaped);
}

bool IsCode(const std::string& header) {
  return header == "input" || header == "setting" || header == "name" || header == "column" ||
         header == "aggregate" || header == "where";
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<') {
      escaped += "&lt;";
      continue;
    }
    if (c == '\n') {
      escaped += ' ';
      continue;
    }
    if (std::string_view("\\*`[]|").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Anchor(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    if (absl::ascii_isalnum(c) || c == '_' || c == '-') anchor += absl::ascii_tolower(c);
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

std::string MarkdownTable(const CardTable& table) {
  std::string text = "|";
  for (const std::string& name : table.header) text += fmt::format(" {} |", name);
  text += "\n|";
  for (size_t i = 0; i < table.header.size(); ++i) text += " --- |";
  text += "\n";
  for (const auto& row : table.rows) {
    text += "|";
    for (const std::string& cell : row)
      text += fmt::format(" {}{}|", cell, cell.empty() ? "" : " ");
    text += "\n";
  }
  return text;
}

std::string ToMarkdown(const Card& card) {
  std::string text = fmt::format("### {}\n\n**{}.** {}\n", card.id, Escaped(card.title),
                                 Escaped(card.description));
  if (!card.facts.empty()) {
    CardTable facts{"", {"", ""}, {}};
    for (const auto& [label, value] : card.facts) facts.rows.push_back({label, Escaped(value)});
    text += "\n" + MarkdownTable(facts);
  }
  for (const CardTable& table : card.tables) {
    CardTable cells = table;
    for (auto& row : cells.rows) {
      for (size_t i = 0; i < row.size(); ++i) {
        row[i] = IsCode(table.header[i]) ? Code(row[i]) : Escaped(row[i]);
      }
    }
    text += fmt::format("\n{}:\n\n{}", table.title, MarkdownTable(cells));
  }
  if (!card.actions.empty()) {
    text += "\nWhen the figure is poor:\n\n";
    for (const std::string& action : card.actions) text += fmt::format("- {}\n", Escaped(action));
  }
  return text;
}

std::string ToText(const Card& card) {
  std::string text = fmt::format("{}  {}\n  {}\n", card.id, card.title, card.description);
  size_t width = 0;
  for (const auto& [label, value] : card.facts) width = std::max(width, Width(label));
  for (const auto& [label, value] : card.facts) {
    text += fmt::format("    {}  {}\n", Padded(label, width), value);
  }
  for (const CardTable& table : card.tables) text += TextTable(table);
  if (!card.actions.empty()) text += "  When the figure is poor\n";
  for (const std::string& action : card.actions) text += fmt::format("    - {}\n", action);
  return text;
}

}  // namespace keyscore::kpis::conformance
