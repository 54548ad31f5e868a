// What the services share: the rooms behind them, and one consistent view of them per call.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "measures/source.h"
#include "rpc/answer_cache.h"
#include "rpc/call.h"
#include "rpc/dataset_catalog.h"
#include "rpc/directory.h"
#include "rpc/operations.h"
#include "scoring/scorecard.h"
#include "store/store.h"
#include "weighting/ledger.h"

namespace keyscore::rpc {

// Set up once at start; everything in it may be used from any thread.
struct Backend {
  const config::Config& config;
  measures::Calendar calendar;
  store::Store& store;
  measures::Sources& sources;
  kpis::PluginHost& plugins;
  weighting::Ledger& weights;
  DatasetCatalog& datasets;
  DirectoryCache& directory;
  CallRunner& calls;
  Operations& operations;
  AnswerCache& answers;
  std::function<void()> registry_changed;  // called after each change of it; any thread
};

// What one call sees, from beginning to end.
struct View {
  int64_t watermark = 0;
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<measures::Source> source;  // as of the watermark
  scoring::Pinned pinned;  // `now` is the first instant of the day that counts as today
  absl::Time time;         // as known at which: ViewAt gives the same view for it and the watermark
};

// The newest state.
absl::StatusOr<View> ViewNow(const Backend& backend, const Call& call);
// The state at an earlier watermark with the weightings known at `time`, whose day counts as today.
absl::StatusOr<View> ViewAt(const Backend& backend, int64_t watermark, absl::Time time,
                            const Call& call);
// As known at `known_time`, which is null when the request has none. INVALID_ARGUMENT
// (KNOWN_TIME_TOO_EARLY) when nothing was known then.
absl::StatusOr<View> ViewKnownAt(const Backend& backend,
                                 const google::protobuf::Timestamp* known_time, const Call& call);
// Of given parts; `today` need not be the day of anything else.
absl::StatusOr<View> ViewOf(const Backend& backend, std::shared_ptr<measures::Source> source,
                            std::shared_ptr<const weighting::Rules> rules, absl::CivilDay today,
                            const Call& call);

// INVALID_ARGUMENT names `field`.
absl::StatusOr<measures::Period> ParsePeriod(const std::string& field,
                                             const std::string& expression, const View& view);

// kpis/{id}: NOT_FOUND (KPI_NOT_FOUND) names the nearest.
absl::StatusOr<const kpis::LoadedKpi*> FindKpi(const std::string& field, const std::string& name,
                                               const kpis::RegistrySnapshot& registry);
absl::StatusOr<scoring::KpiSelection> SelectKpis(
    const google::protobuf::RepeatedPtrField<std::string>& names, bool all,
    const kpis::RegistrySnapshot& registry);

}  // namespace keyscore::rpc
