// What the checks of profiles, target series and exceptions have in common.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kpis/registry.h"
#include "weighting/fault.h"
#include "weighting/profile.h"

namespace keyscore::weighting {

inline constexpr size_t kMaxIdLength = 63;
inline constexpr size_t kMaxNameBytes = 200;     // of a display name
inline constexpr size_t kMaxReasonBytes = 1000;  // of a reason
// Of profiles, of series and of exceptions that are alive.
inline constexpr size_t kMaxResources = 1000;

void Add(Faults& faults, absl::string_view field, absl::string_view phrase);

// AIP-122: lower-case letters, digits and hyphens, a letter first, no hyphen last. An empty id
// is a fault too.
void CheckId(const std::string& id, absl::string_view field, Faults& faults);

// Well-formed UTF-8 of at most `limit` bytes.
void CheckText(const std::string& text, size_t limit, absl::string_view field, Faults& faults);

void CheckSelector(const Selector& selector, Faults& faults);

// Within the years of the reporting calendar.
void CheckDay(absl::CivilDay day, absl::string_view field, Faults& faults);

// That some plugin provides the KPI; names the nearest where none does.
void CheckKpiKnown(const std::string& kpi_id, const kpis::RegistrySnapshot& registry,
                   absl::string_view field, Faults& faults);

// "teams/north", "the segment retail", "everyone".
std::string InWords(const Selector& selector);

// "2026-03-01".
std::string InWords(absl::CivilDay day);

}  // namespace keyscore::weighting
