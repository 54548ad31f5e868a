// Bytes of answers, and whether they still stand.
#include "rpc/answer.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <array>
#include <limits>

#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using google::protobuf::io::CodedOutputStream;

// Of a kept answer beside its bytes: the object, its place in the cache, the allocator's part.
constexpr int64_t kOverheadBytes = 512;
constexpr int64_t kTextBytes = 32;  // of a text beside its characters

// A length-delimited field that holds fact_watermark, field 1 of every receipt.
std::string ReceiptOf(int field, int64_t watermark) {
  constexpr uint32_t kMessageType = 2;
  constexpr uint8_t kWatermarkTag = 1 << 3;
  std::array<uint8_t, 32> bytes;  // two numbers of at most 5 bytes, a tag, one of at most 10
  std::array<uint8_t, 16> content;
  content[0] = kWatermarkTag;
  const auto size = static_cast<uint32_t>(
      CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(watermark), &content[1]) -
      content.data());
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(field) << 3 | kMessageType, bytes.data());
  end = CodedOutputStream::WriteVarint32ToArray(size, end);
  end = std::copy_n(content.data(), size, end);
  return {bytes.data(), end};
}

}  // namespace

std::string_view ScopeOf(const grpc::CallbackServerContext& /*context*/) { return "everything"; }

int64_t Answer::bytes() const {
  int64_t total = kOverheadBytes + static_cast<int64_t>(body.size());
  for (const std::string& id : ranking) total += kTextBytes + static_cast<int64_t>(id.size());
  return total;
}

void Answer::RaiseTo(int64_t watermark) {
  int64_t known = true_until.load(std::memory_order_relaxed);
  while (known < watermark &&
         !true_until.compare_exchange_weak(known, watermark, std::memory_order_relaxed)) {
  }
}

absl::StatusOr<std::shared_ptr<Answer>> MakeAnswer(const google::protobuf::Message& message,
                                                   int receipt_field, int64_t watermark) {
  const size_t size = message.ByteSizeLong();
  if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    return WithReason(absl::ResourceExhaustedError(
                          "the answer is larger than a message can be; ask for less at a time"),
                      "ANSWER_TOO_LARGE");
  }
  auto answer = std::make_shared<Answer>();
  answer->body = grpc::Slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(answer->body.begin()));
  answer->receipt_field = receipt_field;
  answer->true_until = watermark;
  return answer;
}

grpc::ByteBuffer OnTheWire(const Answer& answer) {
  if (answer.receipt_field == 0) return grpc::ByteBuffer(&answer.body, 1);
  const std::string receipt = ReceiptOf(answer.receipt_field, answer.true_until);
  const std::array<grpc::Slice, 2> slices = {answer.body, grpc::Slice(receipt)};
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace keyscore::rpc
