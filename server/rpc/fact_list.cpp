// ListFacts: the rows behind a KPI's input, or any rows of a dataset.
#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "config/nearest.h"
#include "rpc/convert.h"
#include "rpc/fact_service.h"
#include "rpc/fault.h"
#include "rpc/filter.h"
#include "rpc/page_token.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// As in scorecard_list.cpp: under what gRPC clients take by default.
constexpr size_t kMaxPageBytes = 3 << 20;

absl::StatusOr<const measures::MeasureSpec*> FindInput(const kpis::KpiDefinition& definition,
                                                       const std::string& input) {
  std::vector<std::string> names;
  for (const measures::MeasureSpec& spec : definition.inputs) {
    if (spec.name == input) return &spec;
    names.push_back(spec.name);
  }
  return InvalidField(
      "input",
      fmt::format("'{}' is no input of kpis/{}; it has {}.{}", input.substr(0, 80), definition.id,
                  fmt::join(names, ", "), config::DidYouMean(input, names)),
      "INPUT_NOT_FOUND");
}

// Which rows are asked for: by a KPI's input, or by dataset and period.
class Query {
 public:
  Query(const v1::ListFactsRequest& request, const View& view, const Backend& backend)
      : request_(request), view_(view), backend_(backend) {}

  absl::Status Build() {
    if (absl::Status status = TakePeriod(); !status.ok()) return status;
    if (absl::Status status = TakeInput(); !status.ok()) return status;
    if (absl::Status status = TakeDataset(); !status.ok()) return status;
    return TakeSubject();
  }

  store::RowQuery rows;
  facts::DatasetSchema schema;

 private:
  absl::Status TakePeriod() {
    if (request_.period().empty()) return absl::OkStatus();
    auto period = ParsePeriod("period", request_.period(), view_);
    if (!period.ok()) return period.status();
    period_ = *std::move(period);
    return absl::OkStatus();
  }

  absl::Status TakeInput() {
    if (request_.kpi().empty()) {
      if (request_.input().empty()) return absl::OkStatus();
      return InvalidField("input", "needs its KPI; give kpi as well");
    }
    const auto kpi = FindKpi("kpi", request_.kpi(), *view_.pinned.registry);
    if (!kpi.ok()) return kpi.status();
    const auto input = FindInput((*kpi)->definition, request_.input());
    if (!input.ok()) return input.status();
    if (!period_.has_value()) {
      return InvalidField("period", "is needed to know which rows the input counts");
    }
    rows.measure = measures::Resolve(**input, *period_, backend_.calendar);
    rows.dataset = (*input)->dataset;
    return absl::OkStatus();
  }

  absl::Status TakeDataset() {
    if (!request_.parent().empty()) {
      const auto id = ParseName("parent", "datasets", request_.parent());
      if (!id.ok()) return id.status();
      if (rows.measure.has_value() && *id != rows.dataset) {
        return InvalidField("parent", fmt::format("the input counts rows of datasets/{}; give that "
                                                  "or nothing",
                                                  rows.dataset));
      }
      rows.dataset = *id;
    } else if (!rows.measure.has_value()) {
      return InvalidField("parent", "is empty; give datasets/{id}, or kpi and input");
    }
    auto found = backend_.datasets.Find(rows.dataset);
    if (!found.ok()) return found.status();
    schema = *std::move(found);
    const auto comparisons = ParseFilter(request_.filter());
    if (!comparisons.ok()) return comparisons.status();
    auto conditions = RowConditions(*comparisons, schema);
    if (!conditions.ok()) return conditions.status();
    rows.conditions = *std::move(conditions);
    if (period_.has_value() && !rows.measure.has_value()) {
      rows.conditions.push_back(
          {"occurred_at", store::Condition::Op::kGe, {store::Value(period_->from)}});
      rows.conditions.push_back(
          {"occurred_at", store::Condition::Op::kLt, {store::Value(period_->to)}});
    }
    return absl::OkStatus();
  }

  absl::Status TakeSubject() {
    if (request_.subject().empty()) return absl::OkStatus();
    const auto subject = ParseSubject("subject", request_.subject());
    if (!subject.ok()) return subject.status();
    const auto known =
        view_.directory->Find(*subject, period_.value_or(measures::Period{}), backend_.calendar,
                              backend_.config.organization_display_name);
    if (!known.ok()) return known.status();
    store::Scope scope{.kind = subject->kind};
    if (subject->kind != store::SubjectKind::kOrganization) scope.subject_ids = {subject->id};
    rows.scope = std::move(scope);
    return absl::OkStatus();
  }

  const v1::ListFactsRequest& request_;
  const View& view_;
  const Backend& backend_;
  std::optional<measures::Period> period_;
};

}  // namespace

absl::Status ListFacts(Backend& backend, const v1::ListFactsRequest& request,
                       v1::ListFactsResponse& response, const Call& call) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const auto position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  auto view =
      ViewKnownAt(backend, request.has_known_time() ? &request.known_time() : nullptr, call);
  if (!view.ok()) return view.status();
  Query query(request, *view, backend);
  if (absl::Status status = query.Build(); !status.ok()) return status;
  query.rows.watermark = view->watermark;
  query.rows.limit = static_cast<size_t>(*page_size);
  if (!request.page_token().empty()) {
    query.rows.watermark = position->watermark;
    query.rows.after = {position->time, position->id};
  }
  const auto page = backend.store.ListRows(query.rows, call.stop());
  if (!page.ok()) return page.status();

  size_t bytes = 0;
  const store::Row* last = nullptr;
  for (const store::Row& row : page->rows) {
    v1::Fact fact = ToProto(query.schema, row);
    bytes += fact.ByteSizeLong();
    if (bytes > kMaxPageBytes && last != nullptr) break;
    *response.add_facts() = std::move(fact);
    last = &row;
  }
  response.set_fact_watermark(page->watermark);
  if (last != nullptr && (page->more || last != &page->rows.back())) {
    response.set_next_page_token(MakePageToken(
        request, {.watermark = page->watermark, .time = last->time, .id = last->fact_id}));
  }
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
