// A plugin host that answers as the test says and remembers what it was asked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "kpis/plugins/plugin_host.h"

namespace keyscore::kpis {

class FakePluginHost : public PluginHost {
 public:
  // What the tests set up.
  std::vector<PluginView> views;
  std::vector<LibraryStats> stats;
  absl::Status answer;               // of every change
  std::function<void()> on_install;  // called in the middle of Install
  std::function<void()> on_list;     // called in the middle of List
  Registry published;

  // What the tests look at.
  std::vector<InstallRequest> installs;
  std::function<void()> observer;

  const Registry& registry() const override { return published; }
  std::vector<PluginView> List() const override {
    if (on_list) on_list();
    return views;
  }
  std::vector<LibraryStats> Stats() const override { return stats; }
  void SetObserver(std::function<void()> changed) override { observer = std::move(changed); }

  absl::StatusOr<Installed> Install(const InstallRequest& request,
                                    const store::StopFn& /*stop*/) override {
    installs.push_back(request);
    if (on_install) on_install();
    if (!answer.ok()) return answer;
    Installed installed;
    installed.plugin.id = request.file_name.substr(0, request.file_name.size() - 3);
    installed.checks = {{.rule = "values are finite", .outcome = CheckOutcome::kPassed}};
    return installed;
  }
  absl::StatusOr<PluginView> Enable(const std::string& id, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> Disable(const std::string& id, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> Uninstall(const std::string& id, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> Reload(const std::string& id, const Change&,
                                    const store::StopFn&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> Rollback(const std::string& id, int64_t, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> Promote(const std::string& id, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<PluginView> DiscardShadow(const std::string& id, const Change&) override {
    return Changed(id);
  }
  absl::StatusOr<std::vector<PluginRevision>> ListRevisions(const std::string&) const override {
    return std::vector<PluginRevision>();
  }
  absl::StatusOr<ShadowReport> GetShadowReport(const std::string&) const override {
    return ShadowReport();
  }

 private:
  absl::StatusOr<PluginView> Changed(const std::string& id) const {
    if (!answer.ok()) return answer;
    PluginView view;
    view.id = id;
    return view;
  }
};

}  // namespace keyscore::kpis
