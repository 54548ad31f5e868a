// Sorts inputs into groups.
#include "measures/memory/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/ascii.h"

namespace keyscore::measures {
namespace {

// What a reference in an expression may look into so that changes of it can be followed.
constexpr std::string_view kLookedInto[] = {"account", "contact", "manager", "team"};

bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The words of an expression that stand before a dot. One inside of a text constant is taken for
// such a word too, which costs speed but no truth.
std::set<std::string> References(std::string_view expression) {
  std::set<std::string> words;
  for (size_t dot = expression.find('.'); dot != std::string_view::npos;
       dot = expression.find('.', dot + 1)) {
    size_t begin = dot;
    while (begin > 0 && IsWord(expression[begin - 1])) --begin;
    const std::string_view word = expression.substr(begin, dot - begin);
    if (!word.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(word.front()))) {
      words.emplace(word);
    }
  }
  return words;
}

std::set<std::string> ReferencesOf(const MeasureSpec& input) {
  std::set<std::string> words = References(input.value);
  words.merge(References(input.filter));
  return words;
}

bool NamesPeriod(std::string_view expression) {
  return expression.find("period_from") != std::string_view::npos ||
         expression.find("period_to") != std::string_view::npos;
}

// Whether what a fact adds to the measure is the same for every period, and changes only with the
// fact, its attribution, or a row of the directory that it looks into.
bool IsKept(const MeasureSpec& input) {
  if (NamesPeriod(input.value) || NamesPeriod(input.filter)) return false;
  for (const std::string& word : ReferencesOf(input)) {
    if (std::find(std::begin(kLookedInto), std::end(kLookedInto), word) == std::end(kLookedInto)) {
      return false;
    }
  }
  return true;
}

bool IsInstant(const MeasureSpec& input) {
  return input.window == Window::kAtStart || input.window == Window::kAtEnd;
}

}  // namespace

bool GroupPlan::HasSameEvents(const GroupPlan& other) const {
  return dataset == other.dataset && time_column == other.time_column &&
         end_column == other.end_column && of_accounts == other.of_accounts &&
         shape.measures == other.shape.measures;
}

std::string GroupPlan::Describe() const {
  return fmt::format("{} by {}{}{}", dataset, time_column,
                     end_column.empty() ? "" : fmt::format(" to {}", end_column),
                     of_accounts ? " of accounts" : "");
}

Routes::Routes(const std::vector<MeasureSpec>& inputs) : inputs_(inputs) {
  for (const MeasureSpec& input : inputs_) {
    if (!IsKept(input)) {
      engine_datasets_.insert(input.dataset);
      engine_looks_into_directory_ |= !ReferencesOf(input).empty();
      continue;
    }
    Add(input, /*of_accounts=*/false);
    if (input.dataset == "book") Add(input, /*of_accounts=*/true);
  }
}

void Routes::Add(const MeasureSpec& input, bool of_accounts) {
  const std::string_view end_column =
      IsInstant(input) ? std::string_view(input.end_column) : std::string_view();
  const auto [route, is_new] =
      routes_.try_emplace(Key(input.dataset, input.aggregate, input.value, input.filter,
                              input.time_column, end_column, of_accounts));
  if (!is_new) return;
  const size_t group = GroupOf(input, std::string(end_column), of_accounts);
  route->second = {group, MeasureOf(input, groups_[group])};
}

size_t Routes::GroupOf(const MeasureSpec& input, const std::string& end_column, bool of_accounts) {
  for (size_t i = 0; i < groups_.size(); ++i) {
    const GroupPlan& group = groups_[i];
    if (group.dataset == input.dataset && group.time_column == input.time_column &&
        group.end_column == end_column && group.of_accounts == of_accounts) {
      return i;
    }
  }
  GroupPlan& group = groups_.emplace_back();
  group.dataset = input.dataset;
  group.time_column = input.time_column;
  group.end_column = end_column;
  group.of_accounts = of_accounts;
  group.shape.spans = !end_column.empty();
  return groups_.size() - 1;
}

size_t Routes::MeasureOf(const MeasureSpec& input, GroupPlan& group) {
  for (const std::string& word : ReferencesOf(input)) {
    if (std::find(group.looks_into.begin(), group.looks_into.end(), word) ==
        group.looks_into.end()) {
      group.looks_into.push_back(word);
    }
  }
  group.shape.measures.push_back({input.aggregate, input.value, input.filter});
  return group.shape.measures.size() - 1;
}

std::optional<Routes::Route> Routes::Find(const store::ResolvedMeasure& measure,
                                          bool of_accounts) const {
  const auto found = routes_.find(Key(measure.dataset, measure.aggregate, measure.value,
                                      measure.filter, measure.time_column, measure.end_column,
                                      of_accounts && measure.dataset == "book"));
  if (found == routes_.end()) return std::nullopt;
  return found->second;
}

}  // namespace keyscore::measures
