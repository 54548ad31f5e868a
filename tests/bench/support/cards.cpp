// Asks for cards.
#include "bench/support/cards.h"

#include <grpcpp/generic/generic_stub.h>

#include <fstream>

#include "keyscore/v1/directory_service.grpc.pb.h"

namespace keyscore::bench {
namespace {

void DieUnlessOk(const grpc::Status& status, const std::string& what) {
  if (!status.ok()) Die(what + ": " + status.error_message());
}

// The answer as it came: parsed and serialised again it may have another length.
grpc::ByteBuffer RawAnswer(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                           const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice slice(request);
  const auto call =
      stub.PrepareUnaryCall(&context, "/" + method, grpc::ByteBuffer(&slice, 1), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  DieUnlessOk(status, method);
  return answer;
}

std::string Bytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice whole;
  DieUnlessOk(buffer.DumpToSingleSlice(&whole), "an answer");
  return {reinterpret_cast<const char*>(whole.begin()), whole.size()};
}

// KPIs on a manager's card as the built-in weights have it.
constexpr int kKpisOfCard = 10;
constexpr int kPage = 1'000;

}  // namespace

std::string BareId(const std::string& name) { return name.substr(name.find('/') + 1); }

std::shared_ptr<grpc::Channel> Channel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // Each channel has a connection of its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::vector<std::string> Managers(const std::string& address, size_t count) {
  const auto stub = v1::DirectoryService::NewStub(Channel(address));
  std::vector<std::string> names;
  v1::ListManagersRequest request;
  request.set_page_size(kPage);
  do {
    grpc::ClientContext context;
    v1::ListManagersResponse page;
    DieUnlessOk(stub->ListManagers(&context, request, &page), "ListManagers");
    for (const v1::Manager& manager : page.managers()) {
      if (names.size() < count) names.push_back(manager.name());
    }
    request.set_page_token(page.next_page_token());
  } while (names.size() < count && !request.page_token().empty());
  if (names.empty()) Die("the server has no managers");
  return names;
}

std::vector<Person> People(const std::string& address, size_t count) {
  const auto stub = v1::DirectoryService::NewStub(Channel(address));
  std::vector<Person> people;
  v1::ListContactsRequest request;
  request.set_page_size(kPage);
  do {
    grpc::ClientContext context;
    v1::ListContactsResponse page;
    DieUnlessOk(stub->ListContacts(&context, request, &page), "ListContacts");
    for (const v1::Contact& contact : page.contacts()) {
      if (people.size() < count) {
        people.push_back({BareId(contact.name()), BareId(contact.account())});
      }
    }
    request.set_page_token(page.next_page_token());
  } while (people.size() < count && !request.page_token().empty());
  if (people.empty()) Die("the server has no contacts");
  return people;
}

CardClient::CardClient(const std::string& address)
    : channel_(Channel(address)), stub_(v1::ScorecardService::NewStub(channel_)) {}

v1::Scorecard CardClient::Get(const std::string& manager, const std::string& period) {
  v1::GetScorecardRequest request;
  request.set_name(manager + "/scorecards/" + period);
  grpc::ClientContext context;
  v1::Scorecard card;
  DieUnlessOk(stub_->GetScorecard(&context, request, &card), "GetScorecard");
  return card;
}

grpc::ByteBuffer CardClient::Rank(int page_size) {
  v1::ListScorecardsRequest request;
  request.set_parent("managers/-");
  request.set_period(kQuarter);
  request.set_all_kpis(true);
  request.set_page_size(page_size);
  return RawAnswer(channel_, "keyscore.v1.ScorecardService/ListScorecards",
                   request.SerializeAsString());
}

v1::ListScorecardsResponse ParseRanking(const grpc::ByteBuffer& bytes) {
  v1::ListScorecardsResponse response;
  if (!response.ParseFromString(Bytes(bytes))) Die("ListScorecards answered something else");
  return response;
}

CardCall PrepareCard(const std::string& address) {
  CardClient client(address);
  const std::string manager = Managers(address, 1).front();
  client.Get(manager);
  const v1::Scorecard card = client.Get(manager);
  if (card.kpis_size() != kKpisOfCard) Die("the card doesn't have ten KPIs");
  v1::GetScorecardRequest request;
  request.set_name(card.name());
  CardCall prepared;
  prepared.answer = Bytes(RawAnswer(Channel(address), kGetScorecard, request.SerializeAsString()));
  prepared.call = {.method = kGetScorecard,
                   .request = request.SerializeAsString(),
                   .answer_bytes = prepared.answer.size()};
  return prepared;
}

std::unique_ptr<Server> StartEcho(const std::string& work_dir, const CardCall& card) {
  const std::string file = work_dir + "/card.bin";
  std::ofstream(file, std::ios::binary) << card.answer;
  return std::make_unique<Server>(Sibling("bench_echo"), std::vector<std::string>{file});
}

}  // namespace keyscore::bench
