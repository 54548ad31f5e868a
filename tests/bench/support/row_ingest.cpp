// `ingest`: what durability, validation, idempotency and the wire cost above DuckDB's own appender.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <filesystem>
#include <random>

#include "bench/support/child.h"
#include "bench/support/clock.h"
#include "bench/support/duck.h"
#include "bench/support/rows.h"
#include "keyscore/v1/fact_service.grpc.pb.h"

namespace keyscore::bench {
namespace {

constexpr int kBatchRows = 100'000;

// The columns of one batch of invoice lines, in plain vectors.
struct Lines {
  std::vector<std::string> fact_ids, accounts, managers, invoices;
  std::vector<int64_t> occurred_at;
  std::vector<double> amounts;
};

Lines MakeLines(int64_t first_id) {
  std::mt19937_64 random(static_cast<uint64_t>(first_id) + 1);
  Lines lines;
  for (int i = 0; i < kBatchRows; ++i) {
    const uint64_t draw = random();
    lines.fact_ids.push_back(fmt::format("bench-{}", first_id + i));
    lines.accounts.push_back(fmt::format("account-{}", draw % 600));
    lines.managers.push_back(fmt::format("manager-{}", draw % 40));
    lines.invoices.push_back(fmt::format("invoice-{}", (first_id + i) / 4));
    lines.occurred_at.push_back(1'735'689'600'000'000 +
                                static_cast<int64_t>(draw % 31'536'000) * 1'000'000);
    lines.amounts.push_back(static_cast<double>(draw % 100'000) / 100);
  }
  return lines;
}

void AddStrings(v1::AppendFactsRequest& request, const std::string& name,
                const std::vector<std::string>& values) {
  v1::FactColumn* column = request.add_columns();
  column->set_name(name);
  v1::StringValues* strings = column->mutable_strings();
  for (const std::string& value : values) {
    strings->mutable_data()->append(value);
    strings->add_lengths(static_cast<uint32_t>(value.size()));
  }
}

v1::AppendFactsRequest MakeRequest(const Lines& lines) {
  v1::AppendFactsRequest request;
  request.set_dataset("datasets/invoice_line");
  request.set_row_count(kBatchRows);
  AddStrings(request, "fact_id", lines.fact_ids);
  AddStrings(request, "account_id", lines.accounts);
  AddStrings(request, "manager_id", lines.managers);
  AddStrings(request, "invoice_id", lines.invoices);
  AddStrings(request, "sale_kind", std::vector<std::string>(kBatchRows, "base"));
  v1::FactColumn* times = request.add_columns();
  times->set_name("occurred_at");
  times->mutable_timestamps()->mutable_micros()->Add(lines.occurred_at.begin(),
                                                     lines.occurred_at.end());
  v1::FactColumn* amounts = request.add_columns();
  amounts->set_name("amount");
  amounts->mutable_doubles()->mutable_values()->Add(lines.amounts.begin(), lines.amounts.end());
  return request;
}

double AppendThroughGrpc(v1::FactService::Stub& stub,
                         const std::vector<v1::AppendFactsRequest>& requests) {
  const Stopwatch watch;
  grpc::ClientContext context;
  v1::AppendFactsResponse response;
  const auto writer = stub.AppendFacts(&context, &response);
  for (const auto& request : requests) writer->Write(request);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) Die("AppendFacts: " + status.error_message());
  const auto expected = static_cast<int64_t>(requests.size()) * kBatchRows;
  if (response.rows_inserted() != expected) Die("not every row was new");
  return static_cast<double>(expected) / watch.Seconds();
}

void AppendStrings(duckdb_data_chunk chunk, idx_t column, const std::vector<std::string>& values,
                   size_t first, size_t count) {
  const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
  for (size_t i = 0; i < count; ++i) {
    duckdb_vector_assign_string_element_len(vector, i, values[first + i].data(),
                                            values[first + i].size());
  }
}

// One transaction, and so one fsync, a batch: as durable as ours.
double AppendToDuckDb(Duck& duck, const std::vector<Lines>& batches) {
  const Stopwatch watch;
  const std::vector<std::string> kinds(kBatchRows, "base");
  for (const Lines& lines : batches) {
    duck.Run("begin");
    duckdb_appender appender;
    if (duckdb_appender_create(duck.connection(), nullptr, "invoice_line", &appender) ==
        DuckDBError) {
      Die("no appender");
    }
    std::vector<duckdb_logical_type> types;
    for (duckdb_type type :
         {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR,
          DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_DOUBLE}) {
      types.push_back(duckdb_create_logical_type(type));
    }
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types.data(), types.size());
    const size_t chunk_rows = duckdb_vector_size();
    for (size_t first = 0; first < kBatchRows; first += chunk_rows) {
      const size_t count = std::min<size_t>(chunk_rows, kBatchRows - first);
      duckdb_data_chunk_reset(chunk);
      AppendStrings(chunk, 0, lines.fact_ids, first, count);
      AppendStrings(chunk, 1, lines.accounts, first, count);
      AppendStrings(chunk, 2, lines.managers, first, count);
      AppendStrings(chunk, 3, lines.invoices, first, count);
      AppendStrings(chunk, 4, kinds, first, count);
      std::copy_n(
          lines.occurred_at.begin() + static_cast<ptrdiff_t>(first), count,
          static_cast<int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 5))));
      std::copy_n(
          lines.amounts.begin() + static_cast<ptrdiff_t>(first), count,
          static_cast<double*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 6))));
      duckdb_data_chunk_set_size(chunk, count);
      if (duckdb_append_data_chunk(appender, chunk) == DuckDBError) Die("append failed");
    }
    if (duckdb_appender_destroy(&appender) == DuckDBError) Die("append failed");
    duckdb_destroy_data_chunk(&chunk);
    for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
    duck.Run("commit");
  }
  return static_cast<double>(batches.size()) * kBatchRows / watch.Seconds();
}

}  // namespace

Rows Ingest(Scene& scene) {
  // A server of its own, so that both sides start from an empty file.
  const Server server(Sibling("keyscored"),
                      {"--data", scene.work_dir() + "/ingest", "--listen", "127.0.0.1:0"});
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(64 << 20);
  const auto stub = v1::FactService::NewStub(
      grpc::CreateCustomChannel(server.address(), grpc::InsecureChannelCredentials(), arguments));
  Duck duck(scene.work_dir() + "/ingest-reference.duckdb");
  duck.Run(
      "create table invoice_line (fact_id varchar, account_id varchar, manager_id varchar, "
      "invoice_id varchar, sale_kind varchar, occurred_at timestamp, amount double)");

  const int batches_a_round = scene.quick() ? 2 : 5;
  int64_t next_of_grpc = 0;
  int64_t next_of_duck = 0;
  const auto make = [&](int64_t& next) {
    std::vector<Lines> batches;
    for (int i = 0; i < batches_a_round; ++i, next += kBatchRows)
      batches.push_back(MakeLines(next));
    return batches;
  };

  Row row = MakeRow("ingest", "facts/s", Comparison::kRatio, Aim::kAtLeast, 0.5,
                    "durable facts through gRPC / rows of DuckDB's own appender with the same "
                    "columns, one commit per 100,000");
  Alternate(
      row, scene.rounds(), [&] { return AppendToDuckDb(duck, make(next_of_duck)); },
      [&] {
        std::vector<v1::AppendFactsRequest> requests;
        for (const Lines& lines : make(next_of_grpc)) requests.push_back(MakeRequest(lines));
        return AppendThroughGrpc(*stub, requests);
      });
  return {row};
}

}  // namespace keyscore::bench
