// Settings of KPIs: an admin puts them into the configuration, the catalogue and every receipt show
// them, and what no KPI takes keeps the server from starting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/matchers.h"
#include "support/server.h"

namespace keyscore::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string RefusalOf(const std::string& more_config) {
  ServerOptions options;
  options.more_config = more_config;
  const auto server = Server::Start(options);
  EXPECT_FALSE(server.ok());
  return std::string(server.status().message());
}

TEST(KpiSettingsTest, StandInTheCatalogueAndInTheReceipt) {
  ServerOptions options;
  options.more_config = "kpi_settings:\n  customer_defection_risk:\n    intercept: -3.25\n";
  const auto server = Server::Start(options);
  ASSERT_THAT(server, IsOk());
  v1::GetKpiRequest which;
  which.set_name("kpis/customer_defection_risk");
  const auto kpi = (*server)->client().GetKpi(which);
  ASSERT_THAT(kpi, IsOk());
  EXPECT_EQ(kpi->settings(0).name(), "intercept");
  EXPECT_EQ(kpi->settings(0).value(), -3.25);
  EXPECT_EQ(kpi->settings(0).default_value(), -4);

  v1::GetScorecardRequest request;
  request.set_name("organization/scorecards/2024-Q1");
  const auto card = (*server)->client().GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  ASSERT_EQ(card->receipt().settings_size(), 1);
  EXPECT_EQ(card->receipt().settings(0).kpi(), "kpis/customer_defection_risk");
  EXPECT_EQ(card->receipt().settings(0).name(), "intercept");
  EXPECT_EQ(card->receipt().settings(0).value(), -3.25);
}

TEST(KpiSettingsTest, WhatNoKpiTakesIsNamedWithTheFix) {
  EXPECT_THAT(
      RefusalOf("kpi_settings:\n  customer_defection_risk: {intercep: 1, contact_gap: 99}\n"
                "  customer_defection: {intercept: 1}\n"),
      AllOf(HasSubstr("kpi_settings.customer_defection_risk.intercep: the KPI has no such "
                      "setting; it has intercept, contact_gap"),
            HasSubstr("kpi_settings.customer_defection_risk.contact_gap: is 99, it must lie "
                      "between -20 and 20")));
  EXPECT_THAT(RefusalOf("kpi_settings:\n  customer_defection: {intercept: 1}\n"),
              HasSubstr("kpi_settings.customer_defection: there is no such KPI; did you mean "
                        "'customer_defection_risk'?"));
}

}  // namespace
}  // namespace keyscore::testing
