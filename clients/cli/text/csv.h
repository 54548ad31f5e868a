// CSV as RFC 4180 describes it: CRLF, quotes where they are needed, quotes inside doubled.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace keyscore::cli {

// One field, quoted where it holds a comma, a quote, a line break, or a space at either end.
std::string CsvField(std::string_view text);

// A figure with all its digits, readable back to the same bits; empty where there is none.
std::string CsvNumber(std::optional<double> value);

// Writes one record.
void WriteCsvRecord(std::ostream& out, const std::vector<std::string>& fields);

}  // namespace keyscore::cli
