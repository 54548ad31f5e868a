// Inputs that several KPIs of this pillar share.
#pragma once

#include "plugins/inputs.h"

namespace keyscore::catalogue {

// Opportunities are dated by the day on which they were opened, unless By("closed_at") is said.
constexpr Input OpportunitiesOpened() {
  return Count("opened").From("opportunity").Titled("opportunities opened");
}

constexpr Input RevenueLastYear() {
  return Revenue("revenue_last_year")
      .During(Window::kSamePeriodLastYear)
      .Titled("revenue a year earlier");
}

constexpr Input InvoiceLinesLastYear() {
  return InvoiceLines("invoice_lines_last_year")
      .During(Window::kSamePeriodLastYear)
      .Titled("invoice lines a year earlier");
}

}  // namespace keyscore::catalogue
