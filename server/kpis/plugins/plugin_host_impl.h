// The plugin host at work. Its changes are in changes.cpp (new libraries) and switches.cpp (those
// it has), how they become durable in commit.cpp, how it starts in start.cpp.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "kpis/plugins/examine.h"
#include "kpis/plugins/hosted_plugin.h"
#include "kpis/plugins/kept_files.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/plugins/shadow.h"
#include "kpis/plugins/turns.h"

namespace keyscore::kpis {

// Who is told of changes; libraries hold it, so it may outlive the host.
class Listener {
 public:
  void Set(std::function<void()> changed) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    changed_ = std::move(changed);
  }
  void Tell() const ABSL_LOCKS_EXCLUDED(mutex_) {
    std::function<void()> changed;
    {
      absl::MutexLock lock(&mutex_);
      changed = changed_;
    }
    if (changed) changed();
  }

 private:
  mutable absl::Mutex mutex_;
  std::function<void()> changed_ ABSL_GUARDED_BY(mutex_);
};

// A change that is checked and ready to be made.
struct Step {
  std::string action;                    // "install", …
  HostedPlugin plugin;                   // as it will be, but for the revision
  const Candidate* candidate = nullptr;  // whose library it brings, if it does
};

// The plugin with the candidate in force, enabled and without a shadow.
HostedPlugin WithActive(HostedPlugin plugin, const Candidate& candidate, PluginSource source,
                        std::string path);
// What Examine says of a library, as the answer to who wants to put it in force.
absl::Status AsRefusal(const absl::Status& status);

class PluginHostImpl final : public PluginHost {
 public:
  PluginHostImpl(PluginHostOptions options, store::Store& store,
                 std::shared_ptr<WorkerHost> workers);
  ~PluginHostImpl() override;

  // Finds and loads all there is; once, before anything else.
  absl::Status Load();

  const Registry& registry() const override { return registry_; }
  std::vector<PluginView> List() const override { return State()->Views(); }
  absl::StatusOr<Installed> Install(const InstallRequest& request,
                                    const store::StopFn& stop) override;
  absl::StatusOr<PluginView> Enable(const std::string& id, const Change& change) override;
  absl::StatusOr<PluginView> Disable(const std::string& id, const Change& change) override;
  absl::StatusOr<PluginView> Uninstall(const std::string& id, const Change& change) override;
  absl::StatusOr<PluginView> Reload(const std::string& id, const Change& change,
                                    const store::StopFn& stop) override;
  absl::StatusOr<PluginView> Rollback(const std::string& id, int64_t revision,
                                      const Change& change) override;
  absl::StatusOr<PluginView> Promote(const std::string& id, const Change& change) override;
  absl::StatusOr<PluginView> DiscardShadow(const std::string& id, const Change& change) override;
  absl::StatusOr<std::vector<PluginRevision>> ListRevisions(const std::string& id) const override;
  absl::StatusOr<ShadowReport> GetShadowReport(const std::string& id) const override;
  std::vector<LibraryStats> Stats() const override;
  void SetObserver(std::function<void()> changed) override { listener_->Set(std::move(changed)); }

  // For tests: until all that was handed to the shadow is compared.
  void AwaitShadow() const { shadows_->AwaitIdle(); }

 private:
  std::shared_ptr<const HostedPlugins> State() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The plugin as it is, if the change may be made: NOT_FOUND, ABORTED for another etag.
  absl::StatusOr<HostedPlugin> ToChange(const HostedPlugins& state, const std::string& id,
                                        const Change& change) const;

  // What Load found wrong with the settings.
  absl::Status CheckSettings() const;

  // ---- changes.cpp
  // One that isn't there: with the revision that an earlier one of its id left behind.
  absl::StatusOr<HostedPlugin> Fresh(const std::string& id, const std::string& file_name) const;
  absl::StatusOr<Offer> OfferOf(const InstallRequest& request) const;
  // The path of the file in the plugin directories; empty = it lies in none.
  std::string FindInDirectories(const std::string& file_name) const;
  absl::Status CheckInstall(const InstallRequest& request, const HostedPlugin* known,
                            const std::string& id, const std::string& sha256) const;
  // The plugin as it is, or a fresh one, where the request fits it.
  absl::StatusOr<HostedPlugin> ToInstall(const InstallRequest& request, const HostedPlugins& state,
                                         const std::string& id, const std::string& sha256) const;
  absl::StatusOr<Step> Prepare(const InstallRequest& request, HostedPlugin plugin,
                               const Candidate& candidate) const;

  // ---- switches.cpp
  // One that is kept, examined again.
  absl::StatusOr<Candidate> FromKept(const HostedPlugin& plugin, const std::string& sha256,
                                     const Libraries& others) const;
  // The digest to go back to.
  absl::StatusOr<std::string> RollbackTarget(const HostedPlugin& plugin, int64_t revision) const;

  // ---- commit.cpp
  // Keeps the library, defines its datasets, writes document and audit entry, puts the result in
  // force. Where it fails, nothing but compatible additions to datasets has changed.
  absl::StatusOr<PluginView> Commit(const HostedPlugins& before, Step step, const Change& change);
  absl::Status Write(const HostedPlugin* before, Step& step, const Change& change) const;
  void Publish(HostedPlugins next) ABSL_LOCKS_EXCLUDED(mutex_);
  // The digests of a plugin's history whose files are worth keeping, and those that aren't.
  struct Retained {
    std::set<std::string> keep;
    std::set<std::string> drop;
  };
  absl::StatusOr<Retained> Retain(const std::string& id) const;
  void RemoveOldFiles(const std::string& id) const;
  // Of what a server that was killed had not written down yet.
  void RemoveOrphans(const HostedPlugins& stored, const HostedPlugins& state) const;

  // ---- start.cpp
  // What the documents say, without any library loaded.
  absl::StatusOr<HostedPlugins> ReadDocuments() const;
  absl::Status LoadFile(const std::string& path, bool builtin_directory,
                        const HostedPlugins& stored, HostedPlugins& state);
  absl::Status LoadInstalled(HostedPlugin plugin, HostedPlugins& state);
  // Puts the library into `plugin`, or the reasons why not.
  absl::Status LoadInto(HostedPlugin& plugin, absl::StatusOr<Offer> offer,
                        const HostedPlugins& state);
  absl::Status Admit(const Candidate& candidate, HostedPlugin& plugin) const;
  void LoadShadows(HostedPlugins& state) const;

  const PluginHostOptions options_;
  store::Store& store_;
  const std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
  const std::shared_ptr<WorkerHost> workers_;
  const KeptFiles kept_;
  const Examiner examiner_;
  const std::shared_ptr<ShadowRunner> shadows_;
  Registry registry_;
  Turns turns_;  // who has it, alone replaces state_
  mutable absl::Mutex mutex_;
  std::shared_ptr<const HostedPlugins> state_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> setting_faults_;  // found by Load
};

}  // namespace keyscore::kpis
