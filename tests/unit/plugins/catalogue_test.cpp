// What holds for every library and KPI of the catalogue.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/plugins/catalogue.h"
#include "unit/plugins/elf_symbols.h"

namespace keyscore::catalogue {
namespace {

using testing::Text;

const std::map<std::string, uint32_t> kPillars = {{"relationships", KS_PILLAR_RELATIONSHIPS},
                                                  {"revenue", KS_PILLAR_REVENUE},
                                                  {"retention", KS_PILLAR_RETENTION},
                                                  {"learning", KS_PILLAR_LEARNING}};

std::vector<const ks_kpi*> KpisOf(const std::string& library) {
  std::vector<const ks_kpi*> kpis;
  const ks_library& description = Library(library).library();
  for (uint32_t i = 0; i < description.kpi_count; ++i) kpis.push_back(description.kpis + i);
  return kpis;
}

std::string Id(const ks_kpi& kpi) { return std::string(Text(kpi.id)); }

TEST(CatalogueTest, EachLibraryExportsItsEntryPointAndNothingElse) {
  for (const auto& [library, pillar] : kPillars) {
    const ElfSymbols symbols = ReadElfSymbols(PathOf(library));
    EXPECT_EQ(symbols.exported, std::set<std::string>{KS_ENTRY_SYMBOL}) << library;
    EXPECT_EQ(symbols.unique, std::set<std::string>{}) << library;
  }
}

TEST(CatalogueTest, LibrariesAreNamedAfterTheirPillar) {
  for (const auto& [library, pillar] : kPillars) {
    EXPECT_EQ(Text(Library(library).library().id), library);
    for (const ks_kpi* kpi : KpisOf(library)) EXPECT_EQ(kpi->pillar, pillar) << Id(*kpi);
  }
}

TEST(CatalogueTest, ExactlyTheVitalFewAreScoredByDefault) {
  std::set<std::string> scored;
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      if (kpi->default_weight > 0) scored.insert(Id(*kpi));
    }
  }
  EXPECT_EQ(scored, (std::set<std::string>{"account_engagement", "executive_sponsorship",
                                           "account_plan_quality", "revenue_per_account",
                                           "opportunity_conversion_rate", "upsell_revenue_share",
                                           "organic_growth", "contract_renewal_rate",
                                           "net_promoter_score", "issue_resolution_time"}));
}

TEST(CatalogueTest, EveryKpiSaysWhereItsTargetComesFromAndWhatToDo) {
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      EXPECT_NE(kpi->target_source.size, 0u) << Id(*kpi);
      EXPECT_GE(kpi->action_count, 1u) << Id(*kpi);
      EXPECT_LE(kpi->action_count, 3u) << Id(*kpi);
      // The target lies on the curve, so that reaching it means something.
      EXPECT_GE(kpi->default_target, kpi->curve[0].value) << Id(*kpi);
      EXPECT_LE(kpi->default_target, kpi->curve[kpi->curve_count - 1].value) << Id(*kpi);
    }
  }
}

TEST(CatalogueTest, LowerIsBetterExactlyForTimesAndChurn) {
  std::set<std::string> lower;
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      if (kpi->direction == KS_LOWER_IS_BETTER) lower.insert(Id(*kpi));
    }
  }
  EXPECT_EQ(lower, (std::set<std::string>{"churn_rate", "days_since_contact",
                                          "issue_resolution_time", "time_to_close"}));
}

// The inputs are half of a formula: dataset, filter, time column and window of each, read from the
// built library and held against the catalogue's page.
TEST(CatalogueTest, InputsAreThoseOfTheFormulas) {
  const std::map<std::string, std::vector<std::string>> expected = {
      {"executive_sponsorship",
       {"interaction|account_id|contact.seniority in ('c_level', 'vp') or "
        "contact.decision_maker||trailing 90",
        "book|account_id||ended_at|at_end"}},
      {"account_plan_quality",
       {"plan_review|quality|||trailing 365", "plan_review|quality|||trailing 365"}},
      {"opportunity_conversion_rate",
       {"opportunity||outcome = 'won'|by closed_at|period",
        "opportunity||outcome = 'lost'|by closed_at|period"}},
      {"organic_growth",
       {"invoice_line|amount|||period", "invoice_line|amount|||last_year",
        "invoice_line||||last_year"}},
      {"contract_renewal_rate", {"contract||outcome = 'renewed'||period", "contract||||period"}},
      {"churn_rate",
       {"book|account_id||ended_at|at_start",
        "book|account_id|churned_at >= period_from and churned_at < period_to|ended_at|at_start"}},
      {"issue_resolution_time",
       {"ticket|hours_between(occurred_at, resolved_at)||by resolved_at|period",
        "ticket|||by resolved_at|period"}},
      {"coaching_hours",
       {"learning|hours|kind = 'coaching'||period", "learning||kind = 'coaching'||period",
        "manager|manager_id||left_at|at_end"}},
  };
  const std::map<uint32_t, std::string> windows = {{KS_WINDOW_PERIOD, "period"},
                                                   {KS_WINDOW_SAME_PERIOD_LAST_YEAR, "last_year"},
                                                   {KS_WINDOW_AT_START, "at_start"},
                                                   {KS_WINDOW_AT_END, "at_end"}};
  std::size_t seen = 0;
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      const auto found = expected.find(Id(*kpi));
      if (found == expected.end()) continue;
      ++seen;
      std::vector<std::string> inputs;
      for (uint32_t i = 0; i < kpi->input_count; ++i) {
        const ks_measure& m = kpi->inputs[i];
        std::string time(Text(m.end_column));
        if (m.time_column.size > 0) time.append("by ").append(Text(m.time_column));
        std::string input(Text(m.dataset));
        for (const std::string_view part :
             {Text(m.value), Text(m.filter), std::string_view(time)}) {
          input.append("|").append(part);
        }
        input.append("|").append(m.window == KS_WINDOW_TRAILING
                                     ? "trailing " + std::to_string(m.window_days)
                                     : windows.at(m.window));
        inputs.push_back(std::move(input));
      }
      EXPECT_EQ(inputs, found->second) << Id(*kpi);
    }
  }
  EXPECT_EQ(seen, expected.size());
}

}  // namespace
}  // namespace keyscore::catalogue
