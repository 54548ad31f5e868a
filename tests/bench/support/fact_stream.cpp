// Batches by the clock.
#include "bench/support/fact_stream.h"

#include <fmt/format.h>
#include <unistd.h>

#include "keyscore/client/fact_batch.h"
#include "keyscore/v1/fact_service.grpc.pb.h"

namespace keyscore::bench {
namespace {

constexpr int kBatch = 100;
constexpr int64_t kQuarterStart = 1'751'328'000'000'000;  // 2025-07-01, in microseconds
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kQuarterSeconds = int64_t{92} * 86'400;

}  // namespace

std::vector<std::string> BareIds(const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  ids.reserve(names.size());
  for (const std::string& name : names) ids.push_back(BareId(name));
  return ids;
}

v1::AppendFactsRequest Interactions(const std::string& prefix, int64_t first, int count,
                                    const std::vector<std::string>& managers,
                                    const std::vector<Person>& people) {
  using Type = v1::DatasetColumn;
  client::FactColumnBuilder id("fact_id", Type::TYPE_STRING),
      account("account_id", Type::TYPE_STRING), contact("contact_id", Type::TYPE_STRING),
      manager("manager_id", Type::TYPE_STRING), occurred("occurred_at", Type::TYPE_TIMESTAMP),
      channel("channel", Type::TYPE_STRING), direction("direction", Type::TYPE_STRING),
      minutes("minutes", Type::TYPE_DOUBLE), quality("quality", Type::TYPE_DOUBLE),
      check_in("check_in", Type::TYPE_BOOL);
  for (int64_t i = first; i < first + count; ++i) {
    const auto at = static_cast<size_t>(i);
    id.AddString(fmt::format("{}-{}", prefix, i));
    manager.AddString(managers[at % managers.size()]);
    account.AddString(people[at % people.size()].account_id);
    contact.AddString(people[at % people.size()].id);
    // Days in no order, as a late import has them.
    occurred.AddTimestamp(kQuarterStart + i * 7'919'777 % kQuarterSeconds * kSecond);
    channel.AddString("call");
    direction.AddString(i % 3 == 0 ? "inbound" : "outbound");
    minutes.AddDouble(static_cast<double>(5 + i % 55));
    quality.AddDouble(static_cast<double>(1 + i % 5));
    check_in.AddBool(i % 11 == 0);
  }
  v1::AppendFactsRequest request;
  request.set_dataset("datasets/interaction");
  request.set_row_count(static_cast<uint32_t>(count));
  for (client::FactColumnBuilder* column : {&id, &account, &contact, &manager, &occurred, &channel,
                                            &direction, &minutes, &quality, &check_in}) {
    *request.add_columns() = column->Take();
  }
  return request;
}

FactStream::FactStream(const std::string& address, std::vector<std::string> managers,
                       std::vector<Person> people, int per_second)
    : managers_(std::move(managers)),
      people_(std::move(people)),
      thread_([this, address, per_second] { Send(address, per_second); }) {}

FactStream::~FactStream() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void FactStream::Send(const std::string& address, int per_second) {
  static std::atomic<int> streams{0};  // ids are new in every stream
  const std::string prefix = fmt::format("stream-{}-{}", getpid(), ++streams);
  const auto stub = v1::FactService::NewStub(Channel(address));
  while (!stop_) {
    const double due = static_cast<double>(sent_) / per_second;
    if (const double early = due - watch_.Seconds(); early > 0) {
      std::this_thread::sleep_for(std::chrono::duration<double>(early));
    }
    grpc::ClientContext context;
    v1::AppendFactsResponse response;
    const auto writer = stub->AppendFacts(&context, &response);
    writer->Write(Interactions(prefix, sent_, kBatch, managers_, people_));
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok() || response.rows_inserted() != kBatch) {
      error_ = status.ok() ? "not every fact was new" : status.error_message();
      return;
    }
    sent_ += kBatch;
    seconds_ = watch_.Seconds();
  }
}

double FactStream::Stop() {
  stop_ = true;
  thread_.join();
  if (!error_.empty()) Die("AppendFacts: " + error_);
  return seconds_ > 0 ? static_cast<double>(sent_) / seconds_ : 0;
}

}  // namespace keyscore::bench
