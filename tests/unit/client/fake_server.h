// A small Keyscore server inside a test: it keeps facts in a map, answers from what the test put
// in, and fails when it is told to.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/synchronization/mutex.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "keyscore/v1/dataset_service.grpc.pb.h"
#include "keyscore/v1/directory_service.grpc.pb.h"
#include "keyscore/v1/fact_service.grpc.pb.h"
#include "keyscore/v1/kpi_service.grpc.pb.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"

namespace keyscore::testing {

// An error as the real server sends it: a message, a reason, perhaps a field.
inline grpc::Status RichError(grpc::StatusCode code, const std::string& message,
                              const std::string& reason, const std::string& field = "",
                              const std::string& description = "") {
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("keyscore");
  rich.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
    rich.add_details()->PackFrom(bad);
  }
  return {code, message, rich.SerializeAsString()};
}

class FakeServer final : public v1::FactService::Service,
                         public v1::DatasetService::Service,
                         public v1::DirectoryService::Service,
                         public v1::KpiService::Service,
                         public v1::ScorecardService::Service {
 public:
  FakeServer() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(64 << 20);
    builder.RegisterService(static_cast<v1::FactService::Service*>(this));
    builder.RegisterService(static_cast<v1::DatasetService::Service*>(this));
    builder.RegisterService(static_cast<v1::DirectoryService::Service*>(this));
    builder.RegisterService(static_cast<v1::KpiService::Service*>(this));
    builder.RegisterService(static_cast<v1::ScorecardService::Service*>(this));
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  ~FakeServer() override { server_->Shutdown(); }

  const std::string& address() const { return address_; }

  // ---- What the test sets up (before the calls), and looks at (after them) ----
  std::vector<v1::Dataset> datasets;
  std::string time_zone = "UTC";
  v1::Scorecard scorecard;
  v1::GetScorecardRequest scorecard_request;  // the last one
  std::vector<v1::Scorecard> ranking;         // served two a page
  std::set<std::string> refused_fact_ids;     // rejected with the reason "not today"
  std::atomic<int> unavailable_after = -1;    // batches until every append is UNAVAILABLE
  std::atomic<int> unavailable_times = 0;     // this many appends fail first
  std::atomic<int> lost_answers = 0;          // appends that are done, but answered UNAVAILABLE
  std::atomic<int> failing_reads = 0;         // this many GetScorecard fail with UNAVAILABLE first
  std::atomic<int> calls = 0;

  std::vector<size_t> batch_rows;  // of the appends taken
  // Facts by "dataset/fact_id": their cells as text, by column; null cells left out.
  std::map<std::string, std::map<std::string, std::string>> facts;

  grpc::Status AppendFacts(grpc::ServerContext*, grpc::ServerReader<v1::AppendFactsRequest>* reader,
                           v1::AppendFactsResponse* response) override {
    ++calls;
    v1::AppendFactsRequest batch;
    while (reader->Read(&batch)) {
      absl::MutexLock lock(&mutex_);
      if (unavailable_after == 0 || unavailable_times > 0) {
        if (unavailable_times > 0) --unavailable_times;
        return {grpc::StatusCode::UNAVAILABLE, "Socket closed"};
      }
      if (unavailable_after > 0) --unavailable_after;
      Take(batch, *response);
      if (lost_answers > 0) {
        --lost_answers;
        return {grpc::StatusCode::UNAVAILABLE, "Connection reset by peer"};
      }
    }
    return grpc::Status::OK;
  }

  grpc::Status ListDatasets(grpc::ServerContext*, const v1::ListDatasetsRequest*,
                            v1::ListDatasetsResponse* response) override {
    for (const v1::Dataset& dataset : datasets) *response->add_datasets() = dataset;
    return grpc::Status::OK;
  }

  grpc::Status GetOrganization(grpc::ServerContext*, const v1::GetOrganizationRequest*,
                               v1::Organization* response) override {
    response->set_name("organization");
    response->mutable_calendar()->set_time_zone(time_zone);
    return grpc::Status::OK;
  }

  grpc::Status GetKpi(grpc::ServerContext*, const v1::GetKpiRequest* request, v1::Kpi*) override {
    return RichError(grpc::StatusCode::NOT_FOUND, "there is no KPI " + request->name(),
                     "KPI_NOT_FOUND", "name", "did you mean kpis/churn_rate?");
  }

  grpc::Status GetScorecard(grpc::ServerContext*, const v1::GetScorecardRequest* request,
                            v1::Scorecard* response) override {
    ++calls;
    if (failing_reads > 0) {
      --failing_reads;
      return {grpc::StatusCode::UNAVAILABLE, "warming up"};
    }
    scorecard_request = *request;
    *response = scorecard;
    response->set_name(request->name());
    return grpc::Status::OK;
  }

  grpc::Status ListScorecards(grpc::ServerContext*, const v1::ListScorecardsRequest* request,
                              v1::ListScorecardsResponse* response) override {
    const size_t from = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    const size_t to = std::min(ranking.size(), from + 2);
    for (size_t i = from; i < to; ++i) *response->add_scorecards() = ranking[i];
    if (to < ranking.size()) response->set_next_page_token(std::to_string(to));
    response->set_total_size(static_cast<int32_t>(ranking.size()));
    return grpc::Status::OK;
  }

 private:
  static std::string CellText(const v1::FactColumn& column, int row, size_t text_start) {
    switch (column.values_case()) {
      case v1::FactColumn::kBools:
        return column.bools().values(row) ? "true" : "false";
      case v1::FactColumn::kInt64S:
        return std::to_string(column.int64s().values(row));
      case v1::FactColumn::kDoubles:
        return std::to_string(column.doubles().values(row));
      case v1::FactColumn::kTimestamps:
        return std::to_string(column.timestamps().micros(row));
      default:
        return column.strings().data().substr(text_start, column.strings().lengths(row));
    }
  }

  void Take(const v1::AppendFactsRequest& batch, v1::AppendFactsResponse& response) {
    batch_rows.push_back(batch.row_count());
    std::vector<std::map<std::string, std::string>> rows(batch.row_count());
    for (const v1::FactColumn& column : batch.columns()) {
      size_t start = 0;
      for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
        const bool valid =
            column.validity().empty() ||
            (static_cast<unsigned char>(column.validity().at(static_cast<size_t>(row) / 8)) >>
                 (row % 8) &
             1) != 0;
        if (valid) rows[static_cast<size_t>(row)][column.name()] = CellText(column, row, start);
        if (column.has_strings()) start += column.strings().lengths(row);
      }
    }
    response.set_rows_received(response.rows_received() + batch.row_count());
    for (size_t i = 0; i < rows.size(); ++i) {
      if (refused_fact_ids.contains(rows[i]["fact_id"])) {
        response.set_rows_rejected(response.rows_rejected() + 1);
        v1::RowReject* reject = response.add_rejects();
        reject->set_row(static_cast<uint32_t>(i));
        reject->set_column("amount");
        reject->set_reason("not today");
        continue;
      }
      const std::string key = batch.dataset() + "/" + rows[i]["fact_id"];
      const auto known = facts.find(key);
      if (known == facts.end()) {
        response.set_rows_inserted(response.rows_inserted() + 1);
      } else if (known->second == rows[i]) {
        response.set_rows_replayed(response.rows_replayed() + 1);
      } else {
        response.set_rows_updated(response.rows_updated() + 1);
      }
      if (!batch.validate_only()) facts[key] = rows[i];
    }
    response.set_batches_committed(response.batches_committed() + 1);
    response.set_fact_watermark(++watermark_);
  }

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  absl::Mutex mutex_;
  int64_t watermark_ = 0;
};

}  // namespace keyscore::testing
