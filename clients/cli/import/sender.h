// Turns the result of an import's statement into batches of facts and sends them.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "cli/import/rejects.h"
#include "cli/import/statement.h"
#include "keyscore/client/fact_batch.h"
#include "keyscore/client/fact_writer.h"
#include "store/expression/connection.h"

namespace keyscore::cli {

// What became of the rows of one dataset.
struct SendResult {
  int64_t read = 0;
  int64_t inserted = 0;
  int64_t updated = 0;
  int64_t replayed = 0;
  int64_t rejected = 0;     // here or by the server
  int64_t refused = 0;      // faultless, but of a batch that was refused as a whole
  int64_t unexplained = 0;  // of those rejected: more than the server lists reasons for
  std::vector<RejectedRow> rejects;
};

class Sender {
 public:
  // `fact_ids` remembers what was sent of the dataset, so that an id that comes twice is noticed
  // also across batches. `progress` is called with the rows done so far.
  Sender(const v1::Dataset& dataset, const ImportStatement& statement, size_t batch_rows,
         bool refuse_batch, client::FactWriter* writer,
         absl::flat_hash_set<std::pair<size_t, size_t>>* fact_ids,
         std::function<void(int64_t)> progress);

  // Runs the statement and sends everything. On an error, result() has what was confirmed.
  absl::Status Run(store::Connection& connection);

  const SendResult& result() const { return result_; }

 private:
  absl::Status AddChunk(const store::Chunk& chunk);
  void Reject(const store::Chunk& chunk, size_t row, const std::string& column,
              const std::string& reason);
  void AddCells(const store::Chunk& chunk, size_t column, const std::vector<size_t>& rows);
  absl::Status Flush();
  void Confirmed(const v1::AppendFactsRequest& batch, const v1::AppendFactsResponse& response,
                 const std::vector<int64_t>& rowids);

  const v1::Dataset& dataset_;
  const ImportStatement& statement_;
  const size_t batch_rows_;
  const bool refuse_batch_;
  client::FactWriter* const writer_;
  absl::flat_hash_set<std::pair<size_t, size_t>>* const fact_ids_;
  const std::function<void(int64_t)> progress_;
  std::vector<client::FactColumnBuilder> builders_;
  std::vector<int64_t> rowids_;  // of the rows in the builders
  bool faulty_ = false;          // a row of this batch was rejected here
  size_t seen_ = 0;              // rows of this batch, the rejected ones too
  SendResult result_;
};

}  // namespace keyscore::cli
