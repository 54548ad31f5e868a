// What the ledger's tests have in common: a store in a file, a small registry, short forms for
// changes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "store/audit_log.h"
#include "store/duckdb_store.h"
#include "unit/weighting/registry_of.h"
#include "unit/weighting/rules_of.h"
#include "weighting/ledger.h"

namespace keyscore::weighting {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

#define ASSERT_OK(expression)                                                 \
  do {                                                                        \
    const absl::Status status_ = ::keyscore::weighting::StatusOf(expression); \
    ASSERT_TRUE(status_.ok()) << status_;                                     \
  } while (false)

// Errors say why in upper-snake first.
MATCHER_P2(Fails, code, phrase, "") {
  const absl::Status status = StatusOf(arg);
  *result_listener << status;
  return status.code() == code && std::string(status.message()).find(phrase) != std::string::npos;
}

inline Change By(const std::string& author, const std::string& reason = "because",
                 const std::string& etag = "") {
  return {.author = author, .reason = reason, .etag = etag};
}

class LedgerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ledger-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Open();
  }
  void TearDown() override {
    ledger_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return (folder_ / "facts.duckdb").string(); }

  void Open(LedgerOptions options = {}) {
    ledger_.reset();
    store_.reset();
    auto store = store::OpenDuckDbStore({.path = path(), .threads = 2});
    ASSERT_OK(store);
    store_ = *std::move(store);
    auto ledger = Ledger::Open(*store_, options);
    ASSERT_OK(ledger);
    ledger_ = *std::move(ledger);
  }

  // A profile of its own: for a team, one pillar.
  static ProfileContent For(const std::string& team, double coverage = 0.5,
                            std::optional<absl::CivilDay> effective = std::nullopt) {
    ProfileContent content;
    content.display_name = "For " + team;
    content.selector = {SelectorKind::kTeam, team};
    content.untenured_pillars = {{kpis::Pillar::kRevenue, 1}};
    content.minimum_coverage = coverage;
    content.effective_date = effective;
    return content;
  }
  static auto Coverage(double coverage) {
    return [coverage](ProfileContent content) -> absl::StatusOr<ProfileContent> {
      content.minimum_coverage = coverage;
      return content;
    };
  }

  // Created and published by ada.
  void Published(const std::string& id, const ProfileContent& content) {
    ASSERT_OK(ledger_->CreateProfile(id, content, By("ada"), *registry_));
    ASSERT_OK(ledger_->PublishProfile(id, std::nullopt, By("ada"), *registry_));
  }

  // How much coverage what counts for the team on the day asks for; -1 where nothing does.
  static double CoverageOn(const Rules& rules, const std::string& id, absl::CivilDay day) {
    for (const Version& version : rules.versions) {
      if (version.profile.id == id && version.Holds(day)) {
        return version.profile.content.minimum_coverage;
      }
    }
    return -1;
  }
  double CoverageOn(const std::string& id, absl::CivilDay day) const {
    return CoverageOn(*ledger_->Snapshot(), id, day);
  }

  std::vector<std::string> Actions() const {
    std::vector<std::string> actions;
    const auto entries = store::ListAudit(*store_);
    EXPECT_TRUE(entries.ok()) << entries.status();
    for (const store::AuditEntry& entry : *entries) actions.push_back(entry.action);
    return actions;
  }

  const absl::CivilDay today_ = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  const std::shared_ptr<const kpis::RegistrySnapshot> registry_ =
      kpis::RegistryOf({kpis::MakeKpi("contact", kpis::Pillar::kRelationships, 1),
                        kpis::MakeKpi("plan", kpis::Pillar::kRelationships, 1),
                        kpis::MakeKpi("growth", kpis::Pillar::kRevenue, 1),
                        kpis::MakeKpi("churn_rate", kpis::Pillar::kRetention, 1)});
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace keyscore::weighting
