// Splits at commas, then at spaces.
#include "rpc/order_by.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "facts/utf8.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr size_t kMaxBytes = 1'024;

bool IsField(const std::string& word) {
  return absl::ascii_isalpha(word[0]) && std::all_of(word.begin(), word.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '.';
         });
}

}  // namespace

absl::Status OrderFault(const std::string& what) {
  return InvalidField("order_by", what, "INVALID_ORDER_BY");
}

absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(const std::string& order_by) {
  std::vector<OrderTerm> terms;
  if (order_by.size() > kMaxBytes) return OrderFault(fmt::format("more than {} bytes", kMaxBytes));
  if (!facts::IsStorableUtf8(order_by)) return OrderFault("is no valid UTF-8");
  if (absl::StripAsciiWhitespace(order_by).empty()) return terms;
  for (const absl::string_view part : absl::StrSplit(order_by, ',')) {
    const std::vector<std::string> words =
        absl::StrSplit(part, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
    const bool direction = words.size() == 2 && (words[1] == "asc" || words[1] == "desc");
    if (words.empty() || !IsField(words[0]) || (words.size() > 1 && !direction)) {
      return OrderFault(fmt::format("'{}' is no term; write a field, then desc or asc if need be",
                                    std::string(absl::StripAsciiWhitespace(part))));
    }
    terms.push_back({words[0], direction && words[1] == "desc"});
  }
  return terms;
}

}  // namespace keyscore::rpc
