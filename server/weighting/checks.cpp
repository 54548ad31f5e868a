// Checks of ids, texts, selectors and days.
#include "weighting/checks.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "facts/utf8.h"
#include "fmt/format.h"
#include "measures/calendar.h"

namespace keyscore::weighting {
namespace {

bool IsId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxIdLength || !absl::ascii_islower(id.front())) return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return id.back() != '-';
}

}  // namespace

void Add(Faults& faults, absl::string_view field, absl::string_view phrase) {
  faults.push_back({std::string(field), std::string(phrase)});
}

void CheckId(const std::string& id, absl::string_view field, Faults& faults) {
  if (IsId(id)) return;
  Add(faults, field,
      fmt::format("\"{}\" must be lower-case letters, digits and hyphens, a letter first, no "
                  "hyphen last, at most {}",
                  absl::CHexEscape(id.substr(0, kMaxIdLength)), kMaxIdLength));
}

void CheckText(const std::string& text, size_t limit, absl::string_view field, Faults& faults) {
  if (!facts::IsStorableUtf8(text)) {
    Add(faults, field, "is not well-formed UTF-8; send text");
  } else if (text.size() > limit) {
    Add(faults, field, fmt::format("has {} bytes, at most {} are kept", text.size(), limit));
  }
}

void CheckSelector(const Selector& selector, Faults& faults) {
  if (selector.kind == SelectorKind::kEveryone) {
    if (!selector.id.empty()) Add(faults, "selector", "is for everyone, so it names no one");
    return;
  }
  if (selector.id.empty()) {
    Add(faults, "selector", "says whom it is for by kind only; name the one");
  } else {
    CheckText(selector.id, kMaxNameBytes, "selector", faults);
  }
}

void CheckDay(absl::CivilDay day, absl::string_view field, Faults& faults) {
  if (day.year() >= measures::kMinPeriodYear && day.year() <= measures::kMaxPeriodYear) return;
  Add(faults, field,
      fmt::format("must lie in the years {} to {}", measures::kMinPeriodYear,
                  measures::kMaxPeriodYear));
}

void CheckKpiKnown(const std::string& kpi_id, const kpis::RegistrySnapshot& registry,
                   absl::string_view field, Faults& faults) {
  if (kpi_id.empty() || registry.FindKpi(kpi_id) != nullptr) return;
  const std::string nearest = registry.NearestKpi(kpi_id);
  const std::string unknown = absl::CHexEscape(kpi_id.substr(0, kMaxNameBytes));
  Add(faults, field,
      nearest.empty()
          ? fmt::format("kpis/{} is not known; list the KPIs for those that are", unknown)
          : fmt::format("kpis/{} is not known; did you mean kpis/{}?", unknown, nearest));
}

std::string InWords(const Selector& selector) {
  switch (selector.kind) {
    case SelectorKind::kAccount:
      return absl::StrCat("accounts/", selector.id);
    case SelectorKind::kManager:
      return absl::StrCat("managers/", selector.id);
    case SelectorKind::kTeam:
      return absl::StrCat("teams/", selector.id);
    case SelectorKind::kSegment:
      return absl::StrCat("the segment ", selector.id);
    case SelectorKind::kEveryone:
      return "everyone";
  }
  return selector.id;
}

std::string InWords(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace keyscore::weighting
