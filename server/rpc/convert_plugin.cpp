// Plugins, what the checker says of them, their revisions, and how a shadow compares.
#include <fmt/format.h>

#include "rpc/convert.h"
#include "rpc/convert_time.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

static_assert(static_cast<int>(kpis::PluginState::kUninstalled) == v1::Plugin::STATE_UNINSTALLED);
static_assert(static_cast<int>(kpis::PluginSource::kInstalled) == v1::Plugin::SOURCE_INSTALLED);
static_assert(static_cast<int>(kpis::BreakerState::kHalfOpen) == v1::KpiRuntime::BREAKER_HALF_OPEN);
static_assert(static_cast<int>(kpis::CheckOutcome::kSkipped) ==
              v1::ConformanceCheck::OUTCOME_SKIPPED);

v1::KpiRuntime ToProto(const kpis::KpiStats& stats) {
  v1::KpiRuntime runtime;
  runtime.set_kpi(MakeName("kpis", stats.kpi_id));
  runtime.set_calls(stats.calls);
  runtime.set_rows(stats.rows);
  int64_t failures = 0;
  for (const auto& [reason, count] : stats.failures) failures += count;
  runtime.set_failures(failures);
  runtime.set_breaker(static_cast<v1::KpiRuntime::Breaker>(stats.breaker.state));
  runtime.set_consecutive_failures(stats.breaker.consecutive_failures);
  runtime.set_last_failure(stats.breaker.last_failure);
  if (stats.breaker.last_failure_time > absl::UnixEpoch()) {
    *runtime.mutable_last_failure_time() = rpc::ToProto(stats.breaker.last_failure_time);
  }
  if (stats.breaker.retry_time > absl::UnixEpoch()) {
    *runtime.mutable_retry_time() = rpc::ToProto(stats.breaker.retry_time);
  }
  return runtime;
}

v1::PluginRuntime ToProto(const kpis::LibraryStats& stats) {
  v1::PluginRuntime runtime;
  for (const kpis::KpiStats& kpi : stats.kpis) *runtime.add_kpis() = ToProto(kpi);
  runtime.set_worker_process_id(stats.worker.process_id);
  runtime.set_worker_resident_bytes(stats.worker.resident_bytes);
  runtime.set_worker_restarts(stats.worker.restarts);
  runtime.set_suppressed_log_lines(stats.worker.suppressed_log_lines);
  return runtime;
}

v1::ShadowVersion ToProto(const kpis::ShadowVersion& shadow) {
  v1::ShadowVersion message;
  message.set_version(shadow.version);
  message.set_sha256(shadow.sha256);
  *message.mutable_start_time() = rpc::ToProto(shadow.start_time);
  for (const std::string& id : shadow.kpi_ids) message.add_kpis(MakeName("kpis", id));
  return message;
}

// As KpiResult.State names them, without the prefix: VALUE, NO_DATA, …
std::string NameOf(kpis::State state) {
  const std::string name = v1::KpiResult::State_Name(rpc::ToProto(state));
  constexpr std::string_view kPrefix = "STATE_";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

v1::ShadowReport::KpiComparison ToProto(const kpis::ShadowComparison& comparison) {
  v1::ShadowReport::KpiComparison message;
  message.set_kpi(MakeName("kpis", comparison.kpi_id));
  message.set_compared(comparison.compared);
  message.set_equal(comparison.equal);
  message.set_different(comparison.different);
  message.set_max_difference(comparison.max_difference);
  message.set_failed(comparison.failed);
  return message;
}

v1::ShadowReport::Difference ToProto(const kpis::ShadowDifference& difference) {
  v1::ShadowReport::Difference message;
  message.set_kpi(MakeName("kpis", difference.kpi_id));
  message.set_subject(MakeSubject({difference.kind, difference.subject_id}));
  *message.mutable_period_start_time() = rpc::ToProto(difference.period_from);
  *message.mutable_period_end_time() = rpc::ToProto(difference.period_to);
  message.set_served_state(NameOf(difference.served_state));
  if (difference.served_value.has_value()) message.set_served_value(*difference.served_value);
  message.set_shadow_state(NameOf(difference.shadow_state));
  if (difference.shadow_value.has_value()) message.set_shadow_value(*difference.shadow_value);
  message.set_shadow_reason(difference.shadow_reason);
  *message.mutable_time() = rpc::ToProto(difference.time);
  return message;
}

}  // namespace

v1::Plugin ToProto(const kpis::PluginView& view) {
  v1::Plugin plugin;
  plugin.set_name(MakeName("plugins", view.id));
  plugin.set_state(static_cast<v1::Plugin::State>(view.state));
  plugin.set_file_name(view.file_name);
  plugin.set_sha256(view.sha256);
  plugin.set_version(view.version);
  plugin.set_vendor(view.vendor);
  plugin.set_description(view.description);
  plugin.set_abi_version(view.abi_version);
  for (const std::string& id : view.kpi_ids) plugin.add_kpis(MakeName("kpis", id));
  for (const std::string& id : view.dataset_ids) plugin.add_datasets(MakeName("datasets", id));
  for (const std::string& reason : view.refusal_reasons) plugin.add_refusal_reasons(reason);
  *plugin.mutable_load_time() = ToProto(view.load_time);
  plugin.set_builtin(view.source == kpis::PluginSource::kBuiltin);
  plugin.set_source(static_cast<v1::Plugin::Source>(view.source));
  plugin.set_isolated(view.isolated);
  plugin.set_revision(view.revision);
  plugin.set_etag(view.etag);
  if (view.stats.has_value()) *plugin.mutable_runtime() = ToProto(*view.stats);
  if (view.shadow.has_value()) *plugin.mutable_shadow() = ToProto(*view.shadow);
  return plugin;
}

v1::ConformanceCheck ToProto(const kpis::ConformanceResult& result) {
  v1::ConformanceCheck check;
  check.set_rule(result.rule);
  check.set_tried(result.tried);
  check.set_outcome(static_cast<v1::ConformanceCheck::Outcome>(result.outcome));
  check.set_note(result.note);
  for (const kpis::ConformanceFailure& failure : result.failures) {
    v1::ConformanceCheck::Failure& message = *check.add_failures();
    message.set_kpi(MakeOptionalName("kpis", failure.kpi_id));
    message.set_happened(failure.happened);
    message.set_fix(failure.fix);
  }
  return check;
}

v1::PluginRevision ToProto(const std::string& plugin_id, const kpis::PluginRevision& revision) {
  v1::PluginRevision message;
  message.set_name(fmt::format("plugins/{}/revisions/{}", plugin_id, revision.revision));
  message.set_revision(revision.revision);
  *message.mutable_create_time() = ToProto(revision.time);
  message.set_author(revision.author);
  message.set_action(revision.action);
  message.set_reason(revision.reason);
  message.set_state(static_cast<v1::Plugin::State>(revision.state));
  message.set_version(revision.version);
  message.set_sha256(revision.sha256);
  message.set_shadow_version(revision.shadow_version);
  message.set_shadow_sha256(revision.shadow_sha256);
  message.set_available(revision.available);
  return message;
}

v1::ShadowReport ToProto(const std::string& plugin_id, const kpis::ShadowReport& report) {
  v1::ShadowReport message;
  message.set_name(MakeName("plugins", plugin_id));
  message.set_served_version(report.served_version);
  message.set_served_sha256(report.served_sha256);
  message.set_shadow_version(report.shadow_version);
  message.set_shadow_sha256(report.shadow_sha256);
  *message.mutable_start_time() = ToProto(report.start_time);
  for (const kpis::ShadowComparison& kpi : report.kpis) *message.add_kpis() = ToProto(kpi);
  for (const kpis::ShadowDifference& difference : report.differences) {
    *message.add_differences() = ToProto(difference);
  }
  for (const std::string& id : report.only_served) message.add_only_served(MakeName("kpis", id));
  for (const std::string& id : report.only_shadow) message.add_only_shadow(MakeName("kpis", id));
  message.set_skipped_requests(report.skipped_requests);
  return message;
}

}  // namespace keyscore::rpc
