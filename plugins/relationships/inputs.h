// Inputs that several KPIs of this pillar share.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

// The window that knowing somebody is measured in: whoever was not met for half a year is no
// longer counted as a contact.
inline constexpr uint32_t kContactDays = 180;

constexpr Input ContactsMet() {
  return CountDistinct("contacts_met")
      .Of("contact_id")
      .From("interaction")
      .DuringLastDays(kContactDays)
      .Titled("contacts met in the last 180 days");
}

// Interactions with someone at C level or a vice president.
constexpr Input SeniorInteractions() {
  return Count("senior_interactions")
      .From("interaction")
      .Where("contact.seniority in ('c_level', 'vp')")
      .Titled("interactions at C level or with a vice president");
}

}  // namespace keyscore::catalogue
