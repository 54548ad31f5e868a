// What tests of the plugin host share: a host over a data directory of its own, with two versions
// of one plugin to change, all in this process.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/evaluate.h"
#include "kpis/plugins/plugin_host_impl.h"
#include "kpis/staging.h"
#include "store/audit_log.h"
#include "store/sha256.h"
#include "unit/kpis/fake_store.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {

inline std::string Bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PluginHostTest : public ::testing::Test {
 protected:
  PluginHostTest() {
    std::filesystem::create_directories(folder_ / "plugins");
    options_.directories = {{.path = (folder_ / "plugins").string()}};
    options_.data_directory = (folder_ / "data").string();
    options_.conformance.mode = ConformanceMode::kOff;
    store_.facts = {
        {.dataset = "interaction",
         .manager_id = "anna",
         .account_id = "acme",
         .occurred_at = absl::FromCivil(absl::CivilDay(2024, 3, 10), absl::UTCTimeZone()),
         .numbers = {{"coalesce(minutes, 0)", 7}},
         .tags = {"channel = 'call'"}}};
  }

  // Ends the host that runs, and starts one over the same store and folders.
  void Start() {
    host_.reset();
    auto host = PluginHost::Start(options_, store_);
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = *std::move(host);
  }
  PluginHostImpl& impl() { return static_cast<PluginHostImpl&>(*host_); }

  static InstallRequest Upload(const std::string& library,
                               const std::string& file_name = "swapping.so") {
    InstallRequest request;
    request.file_name = file_name;
    request.content = Bytes(TestPlugin(library));
    request.change = kAda;
    return request;
  }
  absl::StatusOr<Installed> Install(const InstallRequest& request) {
    return host_->Install(request, {});
  }
  // Expected to go well.
  PluginView Put(const std::string& library, bool shadow = false) {
    InstallRequest request = Upload(library);
    request.shadow = shadow;
    const auto installed = Install(request);
    EXPECT_TRUE(installed.ok()) << installed.status();
    return installed.ok() ? installed->plugin : PluginView();
  }
  void PutInDirectory(const std::string& library, const std::string& file_name) const {
    std::filesystem::copy_file(TestPlugin(library), folder_ / "plugins" / file_name,
                               std::filesystem::copy_options::overwrite_existing);
  }

  PluginView View(const std::string& id = "swapping") const {
    for (const PluginView& view : host_->List()) {
      if (view.id == id) return view;
    }
    return {.id = "none", .state = PluginState::kUninstalled};
  }
  int64_t Generation() const { return host_->registry().Snapshot()->generation(); }

  // swapping.minutes of Anna in March 2024: 7 of version 1, 1,007 of version 2; -1 = it is not
  // there.
  double Minutes() { return Minutes(*host_->registry().Snapshot()); }
  double Minutes(const RegistrySnapshot& snapshot) {
    const LoadedKpi* const kpi = snapshot.FindKpi("swapping.minutes");
    if (kpi == nullptr) return -1;
    const measures::Calendar calendar;
    EvaluationRequest request;
    request.kpis = {kpi};
    request.subject_ids = {"anna"};
    request.period.from_day = absl::CivilDay(2024, 3, 1);
    request.period.to_day = absl::CivilDay(2024, 4, 1);
    request.period.from = calendar.StartOf(request.period.from_day);
    request.period.to = calendar.StartOf(request.period.to_day);
    request.observer = snapshot.observer();
    const auto result = Evaluate(request, store_, calendar, request.period.to);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) return -1;
    EXPECT_EQ(result->outcomes[0][0].state, State::kValue) << result->outcomes[0][0].reason;
    return result->outcomes[0][0].value;
  }

  // The digests of the libraries that the host keeps.
  std::set<std::string> Kept() const {
    std::set<std::string> kept;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / "plugins")) {
      if (entry.path().extension() == ".so") kept.insert(entry.path().stem().string());
    }
    return kept;
  }
  static std::string Digest(const std::string& library) {
    return store::Sha256Hex(Bytes(TestPlugin(library))).value_or("");
  }
  std::vector<std::string> AuditedActions() {
    const auto entries = store::ListAudit(store_);
    EXPECT_TRUE(entries.ok()) << entries.status();
    if (!entries.ok()) return {};
    EXPECT_EQ(store::VerifyAudit(*entries), absl::OkStatus());
    std::vector<std::string> actions;
    for (const store::AuditEntry& entry : *entries) actions.push_back(entry.action);
    return actions;
  }

  inline static const Change kAda = {.author = "ada", .reason = "because"};

  ScratchFolder folder_;
  store::FakeStore store_;
  PluginHostOptions options_;
  std::unique_ptr<PluginHost> host_;
};

}  // namespace keyscore::kpis
