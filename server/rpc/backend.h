// What the services share: the rooms behind them, and one consistent view of them per call.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "rpc/call.h"
#include "rpc/dataset_catalog.h"
#include "rpc/directory.h"
#include "scoring/scorecard.h"
#include "store/store.h"
#include "weighting/profile.h"

namespace keyscore::rpc {

// Set up once at start; everything in it may be used from any thread.
struct Backend {
  const config::Config& config;
  measures::Calendar calendar;
  store::Store& store;
  kpis::PluginHost& plugins;
  std::shared_ptr<const std::vector<weighting::WeightProfile>> profiles;
  DatasetCatalog& datasets;
  DirectoryCache& directory;
  CallRunner& calls;
};

// What one call sees, from beginning to end.
struct View {
  int64_t watermark = 0;
  std::shared_ptr<const Directory> directory;
  scoring::Pinned pinned;
};

// The newest state.
absl::StatusOr<View> ViewNow(const Backend& backend, const Call& call);
// The state at an earlier watermark, `now` being the instant that open-ended periods end with.
absl::StatusOr<View> ViewAt(const Backend& backend, int64_t watermark, absl::Time now,
                            const Call& call);
// As known at `known_time`, which is null when the request has none. INVALID_ARGUMENT
// (KNOWN_TIME_TOO_EARLY) when nothing was known then.
absl::StatusOr<View> ViewKnownAt(const Backend& backend,
                                 const google::protobuf::Timestamp* known_time, const Call& call);

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
