// The same data behind a second server, which keeps no measures and no answers in memory: what it
// says is the engine's, and the first server must say the same, byte for byte.
#pragma once

#include <google/protobuf/message.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "support/server.h"

namespace keyscore::testing {

// Configuration under which every measure is the engine's and every answer made anew.
inline constexpr char kEngineOnly[] = "limits:\n  measure_memory: 0\n  answer_cache: 0\n";

class EngineTwin {
 public:
  // On a copy of the data of a server with these options, which is at rest: nobody writes.
  static absl::StatusOr<std::unique_ptr<EngineTwin>> Of(ServerOptions options);

  client::Client& client() { return server_->client(); }
  Server& server() { return *server_; }

 private:
  EngineTwin() = default;

  TempDir data_;
  std::unique_ptr<Server> server_;
};

// Asks both servers the same and notes where they differ. Of all fields only next_page_token is
// left out, which names the time of the question: also the receipts are equal.
class PathComparison {
 public:
  PathComparison(client::Client& fast, client::Client& engine) : fast_(fast), engine_(engine) {}

  // The cards with every KPI: as a batch, and one by one, twice each, so that also an answer that
  // was kept is looked at. `singly` of them are asked of the engine one by one too.
  void CompareCards(const std::vector<std::string>& subjects, const std::string& period,
                    size_t singly);
  // Every page of managers, accounts and teams with every KPI, by `order_by`.
  void CompareLists(const std::string& period, const std::string& order_by, int page_size);
  void CompareExplanation(const std::string& name, const std::string& kpi);

  // The first few, a line each and more; "" = none.
  const std::string& differences() const { return differences_; }
  int answers() const { return answers_; }  // that were compared

 private:
  void Note(const std::string& what, const absl::Status& fast_status,
            const google::protobuf::Message* fast, const absl::Status& engine_status,
            const google::protobuf::Message* engine);
  template <class Message>
  void Compare(const std::string& what, const absl::StatusOr<Message>& fast,
               const absl::StatusOr<Message>& engine) {
    Note(what, fast.status(), fast.ok() ? &*fast : nullptr, engine.status(),
         engine.ok() ? &*engine : nullptr);
  }

  client::Client& fast_;
  client::Client& engine_;
  int answers_ = 0;
  int differing_ = 0;
  std::string differences_;
};

}  // namespace keyscore::testing
