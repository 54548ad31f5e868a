// What a preview is about is pinned while its call lasts; the work is done after it.
#include "rpc/weight_preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"
#include "rpc/weight_drafts.h"

namespace keyscore::rpc {
namespace {

constexpr int kDefaultPeriods = 4;
constexpr int kMaxPeriods = 12;
constexpr int kMaxDrafts = 100;

absl::StatusOr<std::vector<measures::Period>> PeriodsOf(const v1::PreviewWeightsRequest& request,
                                                        const View& view) {
  const int count = request.period_count();
  if (!request.periods().empty() && count != 0) {
    return InvalidField("period_count", "can't be combined with periods; give one of the two");
  }
  if (request.periods_size() > kMaxPeriods || count > kMaxPeriods || count < 0) {
    return InvalidField(count == 0 ? "periods" : "period_count",
                        fmt::format("1 to {} periods can be looked at; {} were asked for",
                                    kMaxPeriods, count == 0 ? request.periods_size() : count));
  }
  const measures::Calendar& calendar = view.pinned.calendar;
  if (request.periods().empty()) {
    return QuartersBefore(calendar.DayOf(view.pinned.now), count == 0 ? kDefaultPeriods : count,
                          calendar);
  }
  std::vector<measures::Period> periods;
  for (int i = 0; i < request.periods_size(); ++i) {
    auto period = ParsePeriod(fmt::format("periods[{}]", i), request.periods(i), view);
    if (!period.ok()) return period.status();
    periods.push_back(*std::move(period));
  }
  std::stable_sort(periods.begin(), periods.end(),
                   [](const auto& a, const auto& b) { return a.from_day < b.from_day; });
  return periods;
}

absl::StatusOr<std::vector<weighting::WeightProfile>> DraftsOf(
    const Backend& backend, const v1::PreviewWeightsRequest& request,
    const kpis::RegistrySnapshot& registry) {
  const int count = request.names_size() + request.profiles_size();
  if (count == 0 || count > kMaxDrafts) {
    return InvalidField(
        "names", fmt::format("give 1 to {} drafts, here by name or in profiles; there are {}",
                             kMaxDrafts, count));
  }
  DraftReader drafts(backend, registry);
  for (int i = 0; i < request.names_size(); ++i) {
    const absl::Status added = drafts.AddStored(fmt::format("names[{}]", i), request.names(i));
    if (!added.ok()) return added;
  }
  for (int i = 0; i < request.profiles_size(); ++i) {
    drafts.AddGiven(fmt::format("profiles[{}]", i), request.profiles(i));
  }
  return drafts.Take();
}

// How far the work is. Called from the one thread that does it.
class Progress {
 public:
  Progress(size_t subjects, absl::Time begun) {
    progress_.set_subjects_total(static_cast<int32_t>(subjects));
    *progress_.mutable_create_time() = ToProto(begun);
  }

  void Done(size_t subjects) { progress_.set_subjects_done(static_cast<int32_t>(subjects)); }
  void End(absl::Time time) { *progress_.mutable_end_time() = ToProto(time); }
  const v1::PreviewProgress& message() const { return progress_; }

 private:
  v1::PreviewProgress progress_;
};

}  // namespace

absl::Status StartPreview(Backend& backend, const v1::PreviewWeightsRequest& request,
                          google::longrunning::Operation& response, const Call& call) {
  const auto kind =
      ParseSubjectCollection("parent", request.parent().empty() ? "managers/-" : request.parent());
  if (!kind.ok()) return kind.status();
  const absl::StatusOr<View> view = ViewNow(backend, call);
  if (!view.ok()) return view.status();
  const auto periods = PeriodsOf(request, *view);
  if (!periods.ok()) return periods.status();
  const auto drafts = DraftsOf(backend, request, *view->pinned.registry);
  if (!drafts.ok()) return drafts.status();

  scoring::PreviewRequest preview;
  preview.kind = *kind;
  preview.watermark = view->watermark;
  preview.drafted = scoring::WithDrafts(*view->pinned.rules, *drafts);
  const auto limit = static_cast<size_t>(backend.config.limits.max_listed_subjects);
  size_t total = 0;
  for (const measures::Period& period : *periods) {
    auto subjects = view->directory->List(*kind, period, backend.calendar);
    if (subjects.size() > limit) {
      return WithReason(absl::ResourceExhaustedError(fmt::format(
                            "{} {} in {}, limits.max_listed_subjects allows {}", subjects.size(),
                            std::string(CollectionOf(*kind)), period.expression, limit)),
                        "TOO_MANY_SUBJECTS");
    }
    total += subjects.size();
    preview.periods.push_back({.period = period, .subjects = std::move(subjects)});
  }

  const Progress begun(total, absl::Now());
  auto operation = backend.operations.Start(
      "preview", begun.message(),
      [source = view->source, pinned = view->pinned, preview = std::move(preview), begun, total](
          const Operations::Report& report, const store::StopFn& stop) mutable
      -> absl::StatusOr<std::unique_ptr<google::protobuf::Message>> {
        Progress progress = begun;
        preview.stop = stop;
        preview.progress = [&](size_t done) {
          progress.Done(done);
          report(progress.message());
        };
        const auto periods = scoring::Preview(preview, pinned, *source);
        progress.End(absl::Now());
        if (periods.ok()) progress.Done(total);
        report(progress.message());
        if (!periods.ok()) return periods.status();
        return std::make_unique<v1::WeightPreview>(ToProto(*periods, pinned.calendar));
      });
  if (!operation.ok()) return operation.status();
  response = *std::move(operation);
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
