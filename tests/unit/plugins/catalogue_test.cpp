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

TEST(CatalogueTest, EveryCardIsComplete) {
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      for (const ks_str words :
           {kpi->title, kpi->description, kpi->formula, kpi->unit, kpi->target_source}) {
        EXPECT_NE(Text(words), "") << Id(*kpi);
      }
      EXPECT_GE(kpi->action_count, 2u) << Id(*kpi);
      EXPECT_LE(kpi->action_count, 3u) << Id(*kpi);
      EXPECT_GE(kpi->curve_count, 2u) << Id(*kpi);
      EXPECT_GT(kpi->cadence_days, 0u) << Id(*kpi);
      EXPECT_GE(kpi->controllability, uint32_t{KS_CONTROL_HIGH}) << Id(*kpi);
    }
  }
}

TEST(CatalogueTest, WordsAreWholeSentencesAndNotRepeated) {
  std::set<std::string_view> titles, descriptions;
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      EXPECT_TRUE(titles.insert(Text(kpi->title)).second) << Id(*kpi);
      EXPECT_TRUE(descriptions.insert(Text(kpi->description)).second) << Id(*kpi);
      EXPECT_TRUE(Text(kpi->description).ends_with('.')) << Id(*kpi);
      EXPECT_TRUE(Text(kpi->target_source).ends_with('.')) << Id(*kpi);
      for (uint32_t i = 0; i < kpi->action_count; ++i) {
        EXPECT_TRUE(Text(kpi->actions[i]).ends_with('.')) << Id(*kpi);
      }
    }
  }
}

// A score that the default curve gives; the target must be worth something, but not everything.
double ScoreOf(const ks_kpi& kpi, double value) {
  const ks_curve_point* point = kpi.curve;
  const ks_curve_point* last = kpi.curve + kpi.curve_count - 1;
  while (point + 1 < last && point[1].value < value) ++point;
  const double part = (value - point[0].value) / (point[1].value - point[0].value);
  return point[0].score + part * (point[1].score - point[0].score);
}

TEST(CatalogueTest, ReachingTheTargetScoresWellOnTheCurve) {
  for (const auto& [library, pillar] : kPillars) {
    for (const ks_kpi* kpi : KpisOf(library)) {
      EXPECT_GE(kpi->default_target, kpi->curve[0].value) << Id(*kpi);
      EXPECT_LE(kpi->default_target, kpi->curve[kpi->curve_count - 1].value) << Id(*kpi);
      EXPECT_GE(ScoreOf(*kpi, kpi->default_target), 70) << Id(*kpi);
    }
  }
}

}  // namespace
}  // namespace keyscore::catalogue
