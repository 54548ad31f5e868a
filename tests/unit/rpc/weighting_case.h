// A ledger of weightings behind the service, over a store in memory: two KPIs of revenue, two of
// relationships, and one manager, kim.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "measures/engine_source.h"
#include "rpc/directory_rows.h"
#include "rpc/fault.h"
#include "rpc/weighting_methods.h"
#include "unit/kpis/fake_store.h"
#include "unit/rpc/fake_plugin_host.h"
#include "unit/weighting/registry_of.h"

namespace keyscore::rpc {

// Its directory holds manager kim alone.
class StoreWithKim : public store::FakeStore {
 public:
  absl::StatusOr<store::RowPage> ListRows(const store::RowQuery& query,
                                          const store::StopFn& /*stop*/) override {
    store::RowPage page;
    if (query.dataset != "manager") return page;
    store::Row row;
    row.fact_id = "kim";
    for (const facts::ColumnSchema& column : DirectorySchema("manager").columns) {
      row.values.emplace_back();
      if (column.name == "manager_id") row.values.back() = std::string("kim");
      if (column.name == "occurred_at") row.values.back() = absl::UnixEpoch();
    }
    page.rows.push_back(std::move(row));
    return page;
  }
};

class WeightingCase : public testing::Test {
 protected:
  explicit WeightingCase(bool four_eyes = false) {
    calendar_ = *measures::MakeCalendar("Europe/Berlin", 1, 1);
    auto library = std::make_shared<kpis::LoadedLibrary>();
    library->id = "test";
    library->kpis.push_back(kpis::MakeKpi("sales", kpis::Pillar::kRevenue, 1));
    library->kpis.push_back(kpis::MakeKpi("margin", kpis::Pillar::kRevenue, 1));
    library->kpis.push_back(kpis::MakeKpi("trust", kpis::Pillar::kRelationships, 1));
    library->kpis.push_back(kpis::MakeKpi("contact", kpis::Pillar::kRelationships, 1));
    host_.published.Publish({std::move(library)}, {});
    auto ledger =
        weighting::Ledger::Open(store_, {.time_zone = calendar_.time_zone, .four_eyes = four_eyes});
    EXPECT_TRUE(ledger.ok()) << ledger.status();
    ledger_ = *std::move(ledger);
    backend_ =
        std::make_unique<Backend>(Backend{config_, calendar_, store_, *sources_, host_, *ledger_,
                                          datasets_, directory_, calls_, operations_, answers_});
  }

  static Change By(const std::string& author, const std::string& etag = "") {
    return {.author = author, .reason = "because", .etag = etag};
  }

  // For the managers of a team: 70 % relationships, 30 % revenue, from 1 March 2026 on.
  static v1::WeightProfile Profile(const std::string& team = "north") {
    v1::WeightProfile profile;
    profile.set_display_name("Northern team");
    profile.mutable_selector()->set_team("teams/" + team);
    AddPillar(profile, v1::PILLAR_RELATIONSHIPS, 0.7);
    AddPillar(profile, v1::PILLAR_REVENUE, 0.3);
    profile.set_minimum_coverage(0.5);
    profile.set_effective_date("2026-03-01");
    return profile;
  }
  static void AddPillar(v1::WeightProfile& profile, v1::Pillar pillar, double weight) {
    auto& added = *profile.add_untenured_pillars();
    added.set_pillar(pillar);
    added.set_weight(weight);
  }

  absl::StatusOr<v1::WeightProfile> Create(const std::string& id, const v1::WeightProfile& profile,
                                           const Change& change = By("ada")) {
    v1::CreateWeightProfileRequest request;
    request.set_weight_profile_id(id);
    *request.mutable_weight_profile() = profile;
    return Performed<v1::WeightProfile>(request, change);
  }
  absl::StatusOr<v1::WeightProfile> Publish(const std::string& id,
                                            const Change& change = By("ada")) {
    v1::PublishWeightProfileRequest request;
    request.set_name("weightProfiles/" + id);
    return Performed<v1::WeightProfile>(request, change);
  }
  // A change of the profile `id`: `fill` sets what is new.
  template <typename Fill>
  absl::StatusOr<v1::WeightProfile> Update(const std::string& id,
                                           const std::vector<std::string>& paths, Fill fill,
                                           const Change& change = By("ada")) {
    v1::UpdateWeightProfileRequest request;
    request.mutable_weight_profile()->set_name("weightProfiles/" + id);
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    fill(request);
    return Performed<v1::WeightProfile>(request, change);
  }
  absl::StatusOr<v1::WeightProfile> Get(const std::string& name) {
    v1::GetWeightProfileRequest request;
    request.set_name(name);
    return Answered<v1::WeightProfile>(request);
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Answered(const Request& request) {
    Response response;
    if (absl::Status status = Answer(*backend_, request, response); !status.ok()) return status;
    return response;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Performed(const Request& request, const Change& change) {
    Response response;
    absl::Status status = Perform(*backend_, request, change, response);
    if (!status.ok()) return status;
    return response;
  }

  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const Violation& violation : FaultOf(status).violations) {
      fields.push_back(violation.field);
    }
    return fields;
  }
  static std::string ReasonOf(const absl::Status& status) { return FaultOf(status).reason; }

  config::Config config_;
  measures::Calendar calendar_;
  StoreWithKim store_;
  kpis::FakePluginHost host_;
  std::unique_ptr<weighting::Ledger> ledger_;
  DatasetCatalog datasets_{store_};
  DirectoryCache directory_{store_};
  WorkPool pool_{1, 1};
  CallRunner calls_{pool_, absl::Seconds(1)};
  Operations operations_;
  AnswerCache answers_{1 << 20};
  std::unique_ptr<measures::Sources> sources_ = measures::EngineSources(store_);
  std::unique_ptr<Backend> backend_;
};

class FourEyesCase : public WeightingCase {
 protected:
  FourEyesCase() : WeightingCase(/*four_eyes=*/true) {}
};

}  // namespace keyscore::rpc
