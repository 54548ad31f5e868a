// Turns chunks of the engine's rows into chunks of events.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/event_sql.h"
#include "store/expression/connection.h"

namespace keyscore::store {

// One for a scan: buffers are used again for the next chunk.
class EventReader {
 public:
  // `statement` must outlive the reader.
  EventReader(const EventStatement& statement, bool with_ends)
      : statement_(statement), with_ends_(with_ends), texts_(statement.cells.size()) {
    events_.measures.resize(statement.cells.size());
  }

  // The events point into `chunk` and the reader.
  absl::StatusOr<const EventChunk*> Read(const Chunk& chunk);

 private:
  absl::Status ReadMeasure(const Chunk& chunk, size_t measure);

  const EventStatement& statement_;
  const bool with_ends_;
  EventChunk events_;
  std::vector<std::string> texts_;  // one a measure: what values other than texts are written as
};

}  // namespace keyscore::store
