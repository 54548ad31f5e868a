// Pins what a call sees.
#include "rpc/backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {

absl::StatusOr<View> ViewOf(const Backend& backend, std::shared_ptr<measures::Source> source,
                            std::shared_ptr<const weighting::Rules> rules, absl::CivilDay today,
                            const Call& call) {
  const int64_t watermark = source->watermark();
  auto directory = backend.directory.At(watermark, call.stop());
  if (!directory.ok()) return directory.status();
  // By the day alone, so that the same question has the same answer all day.
  const absl::Time now = backend.calendar.StartOf(today);
  return View{.watermark = watermark,
              .directory = *std::move(directory),
              .source = std::move(source),
              .pinned = {.registry = backend.plugins.registry().Snapshot(),
                         .rules = std::move(rules),
                         .calendar = backend.calendar,
                         .now = now},
              .time = now};
}

absl::StatusOr<View> ViewNow(const Backend& backend, const Call& call) {
  absl::StatusOr<std::shared_ptr<measures::Source>> source = backend.sources.TryNow();
  if (*source == nullptr) source = backend.sources.Now(call.stop());
  if (!source.ok()) return source.status();
  auto rules = backend.weights.Snapshot();
  // The clock may have been set back since the newest change, which counts all the same.
  const absl::Time now = absl::Now();
  const absl::Time time = std::max(now, rules->changed_at);
  auto view =
      ViewOf(backend, *std::move(source), std::move(rules), backend.calendar.DayOf(time), call);
  if (view.ok()) view->time = time;
  return view;
}

absl::StatusOr<View> ViewAt(const Backend& backend, int64_t watermark, absl::Time time,
                            const Call& call) {
  auto source = backend.sources.At(watermark);
  if (!source.ok()) return source.status();
  auto view = ViewOf(backend, *std::move(source), backend.weights.KnownAt(time),
                     backend.calendar.DayOf(time), call);
  if (view.ok()) view->time = time;
  return view;
}

absl::StatusOr<View> ViewKnownAt(const Backend& backend,
                                 const google::protobuf::Timestamp* known_time, const Call& call) {
  if (known_time == nullptr) return ViewNow(backend, call);
  const absl::StatusOr<absl::Time> instant = FromProto("known_time", *known_time);
  if (!instant.ok()) return instant.status();
  const absl::StatusOr<int64_t> watermark = backend.store.WatermarkAt(*instant);
  if (!watermark.ok()) return watermark.status();
  if (*watermark == 0) {  // which would mean the newest state to the store
    return InvalidField("known_time",
                        fmt::format("nothing was known yet at {}; ask for a later instant",
                                    absl::FormatTime(*instant, absl::UTCTimeZone())),
                        "KNOWN_TIME_TOO_EARLY");
  }
  // What will be known at a later instant is not known; today is the last day there is.
  return *instant > absl::Now() ? ViewNow(backend, call)
                                : ViewAt(backend, *watermark, *instant, call);
}

absl::StatusOr<measures::Period> ParsePeriod(const std::string& field,
                                             const std::string& expression, const View& view) {
  auto period = measures::ParsePeriod(expression, view.pinned.calendar, view.pinned.now);
  if (period.ok()) return period;
  return WithReason(WithField(Prefixed(field + ": ", period.status()), field), "INVALID_PERIOD");
}

absl::StatusOr<const kpis::LoadedKpi*> FindKpi(const std::string& field, const std::string& name,
                                               const kpis::RegistrySnapshot& registry) {
  const absl::StatusOr<std::string> id = ParseName(field, "kpis", name);
  if (!id.ok()) return id.status();
  if (const kpis::LoadedKpi* kpi = registry.FindKpi(*id)) return kpi;
  const std::string nearest = registry.NearestKpi(*id);
  return WithMetadata(
      NotFound("KPI_NOT_FOUND",
               fmt::format("there is no KPI {}{}", name,
                           nearest.empty() ? "; ListKpis shows which there are"
                                           : fmt::format("; did you mean kpis/{}?", nearest))),
      "kpi", name);
}

absl::StatusOr<scoring::KpiSelection> SelectKpis(
    const google::protobuf::RepeatedPtrField<std::string>& names, bool all,
    const kpis::RegistrySnapshot& registry) {
  if (all && !names.empty()) {
    return InvalidField("all_kpis", "can't be combined with kpis; give one of the two");
  }
  scoring::KpiSelection selection{.all = all};
  for (int i = 0; i < names.size(); ++i) {
    const auto kpi = FindKpi(fmt::format("kpis[{}]", i), names[i], registry);
    if (!kpi.ok()) return kpi.status();
    selection.kpi_ids.push_back((*kpi)->definition.id);
  }
  return selection;
}

}  // namespace keyscore::rpc
