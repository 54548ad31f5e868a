// Scorecards over the API, as the rows ask for them.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/support/child.h"
#include "bench/support/wire.h"
#include "keyscore/v1/scorecard_service.grpc.pb.h"

namespace keyscore::bench {

inline constexpr char kQuarter[] = "2025-Q3";
inline constexpr char kGetScorecard[] = "keyscore.v1.ScorecardService/GetScorecard";

// "x" of "managers/x".
std::string BareId(const std::string& name);

// A channel that takes answers of any size.
std::shared_ptr<grpc::Channel> Channel(const std::string& address);

// managers/{id}, the first so many.
std::vector<std::string> Managers(const std::string& address, size_t count);
// People at the accounts.
struct Person {
  std::string id;          // bare
  std::string account_id;  // likewise
};
std::vector<Person> People(const std::string& address, size_t count);

// One client over one connection.
class CardClient {
 public:
  explicit CardClient(const std::string& address);

  // The manager's ten-KPI card of the quarter. Dies when it can't be had.
  v1::Scorecard Get(const std::string& manager, const std::string& period = kQuarter);
  // Every manager's card with all KPIs, ranked; a page of so many, as its bytes arrive. Taking them
  // apart is the client's affair, and takes long.
  grpc::ByteBuffer Rank(int page_size);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ScorecardService::Stub> stub_;
};

v1::ListScorecardsResponse ParseRanking(const grpc::ByteBuffer& bytes);

// The call for one manager's ten-KPI card, with the length that its answer has. Asks for it twice,
// so that it is warm.
struct CardCall {
  Call call;
  std::string answer;  // serialised
};
CardCall PrepareCard(const std::string& address);

// A bare gRPC server that answers that call with those bytes.
std::unique_ptr<Server> StartEcho(const std::string& work_dir, const CardCall& card);

}  // namespace keyscore::bench
