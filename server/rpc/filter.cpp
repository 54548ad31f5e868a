// A hand-written scanner: the grammar is one line long.
#include "rpc/filter.h"

#include <fmt/format.h>

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "facts/utf8.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

constexpr char kReason[] = "INVALID_FILTER";

class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}

  absl::StatusOr<std::vector<Comparison>> Scan() {
    std::vector<Comparison> comparisons;
    SkipSpace();
    while (at_ < text_.size()) {
      if (!comparisons.empty()) {
        const size_t start = at_;
        if (!absl::EqualsIgnoreCase(Word(), "AND")) return Unexpected(start, "AND");
        SkipSpace();
      }
      absl::StatusOr<Comparison> comparison = Next();
      if (!comparison.ok()) return comparison.status();
      comparisons.push_back(*std::move(comparison));
      if (comparisons.size() > kMaxComparisons) {
        return InvalidField("filter", fmt::format("has more than {} comparisons", kMaxComparisons),
                            kReason);
      }
      SkipSpace();
    }
    return comparisons;
  }

 private:
  absl::StatusOr<Comparison> Next() {
    Comparison comparison{.position = at_ + 1};
    const size_t start = at_;
    comparison.field = Word();
    if (comparison.field.empty() || !(absl::ascii_isalpha(comparison.field[0]))) {
      return Unexpected(start, "the name of a field");
    }
    SkipSpace();
    if (!Operator(comparison.op)) return Unexpected(at_, "one of = != < <= > >=");
    SkipSpace();
    if (absl::Status status = Value(comparison); !status.ok()) return status;
    return comparison;
  }

  absl::Status Value(Comparison& comparison) {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return Text(comparison);
    const size_t start = at_;
    const std::string word = Word();
    double number = 0;
    if (word == "true" || word == "false") {
      comparison.literal = word == "true";
    } else if (word == "null") {
      comparison.literal = Null{};
      if (comparison.op != CompareOp::kEq && comparison.op != CompareOp::kNe) {
        return FilterFault(comparison, "null is compared by = or != only");
      }
    } else if (!word.empty() && !absl::ascii_isalpha(word[0]) && absl::SimpleAtod(word, &number) &&
               std::isfinite(number)) {
      comparison.literal = number;
      comparison.number = word;
    } else {
      return Unexpected(start, "a value: \"text\" in quotes, a number, true, false or null");
    }
    return absl::OkStatus();
  }

  absl::Status Text(Comparison& comparison) {
    const size_t start = at_;
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (at_ == text_.size()) {
      return InvalidField(
          "filter", fmt::format("at {}: the text is not closed by {}", start + 1, quote), kReason);
    }
    ++at_;
    comparison.literal = std::move(value);
    return absl::OkStatus();
  }

  bool Operator(CompareOp& op) {
    constexpr std::pair<const char*, CompareOp> kOperators[] = {
        {"!=", CompareOp::kNe}, {"<=", CompareOp::kLe}, {">=", CompareOp::kGe},
        {"=", CompareOp::kEq},  {"<", CompareOp::kLt},  {">", CompareOp::kGt}};
    for (const auto& [sign, meaning] : kOperators) {
      const std::string_view symbol = sign;
      if (text_.compare(at_, symbol.size(), symbol) != 0) continue;
      at_ += symbol.size();
      op = meaning;
      return true;
    }
    return false;
  }

  // Letters, digits and what stands in names and numbers.
  std::string Word() {
    const size_t start = at_;
    while (at_ < text_.size() && (absl::ascii_isalnum(text_[at_]) || text_[at_] == '_' ||
                                  text_[at_] == '.' || text_[at_] == '-' || text_[at_] == '+')) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  void SkipSpace() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  absl::Status Unexpected(size_t start, const std::string& expected) {
    at_ = start;
    std::string found = Word();
    if (found.empty() && start < text_.size()) {
      size_t end = start + 1;  // a whole character
      while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;
      found = text_.substr(start, end - start);
    }
    return InvalidField("filter",
                        fmt::format("at {}: expected {}, found {}", start + 1, expected,
                                    found.empty() ? "the end" : "'" + found + "'"),
                        kReason);
  }

  const std::string& text_;
  size_t at_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Comparison>> ParseFilter(const std::string& filter) {
  if (filter.size() > kMaxFilterBytes) {
    return InvalidField(
        "filter",
        fmt::format("has {} bytes, at most {} are allowed", filter.size(), kMaxFilterBytes),
        kReason);
  }
  if (!facts::IsStorableUtf8(filter)) {
    return InvalidField("filter", "is no valid UTF-8", kReason);
  }
  return Scanner(filter).Scan();
}

absl::Status FilterFault(const Comparison& comparison, const std::string& what) {
  return InvalidField("filter",
                      fmt::format("at {}, '{}': {}", comparison.position, comparison.field, what),
                      kReason);
}

}  // namespace keyscore::rpc
