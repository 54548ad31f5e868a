// The definition card of a KPI or a dataset: what stands on it, and how it is printed.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "facts/schema.h"
#include "kpis/kpi_definition.h"

namespace keyscore::kpis::conformance {

struct CardTable {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

struct Card {
  std::string id;
  std::string title;
  std::string description;
  std::vector<std::pair<std::string, std::string>> facts;  // label, value
  std::vector<CardTable> tables;                           // without the empty ones
  std::vector<std::string> actions;
};

Card MakeCard(const KpiDefinition& definition);
Card MakeCard(const facts::DatasetSchema& schema);

// "Relationships", "Learning & development", …
std::string PillarTitle(Pillar pillar);
// "↑", "↓", "↔"
std::string Arrow(Direction direction);

// A section of a page, under a heading of the third level.
std::string ToMarkdown(const Card& card);
// For a terminal.
std::string ToText(const Card& card);

// A table of a page. Its cells are Markdown already.
std::string MarkdownTable(const CardTable& table);
// Text that Markdown shows as it is.
std::string Escaped(std::string_view text);
// What a heading of this text is called in a link.
std::string Anchor(std::string_view heading);

}  // namespace keyscore::kpis::conformance
