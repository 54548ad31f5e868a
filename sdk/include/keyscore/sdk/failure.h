// How a KPI fails a whole call: throw Failure from a constructor or from Evaluate. The SDK catches
// everything at the library's edge and hands the host a google.rpc code and a message.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "keyscore/kpi_abi.h"

namespace keyscore::sdk {

// google.rpc.Code.
enum class Code : int32_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
};

// `message` says what is wrong and what would put it right.
class Failure : public std::runtime_error {
 public:
  Failure(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Code code() const noexcept { return code_; }

 private:
  Code code_;
};

namespace internal {

// Joins `parts` into the host's buffer, cut at its capacity but never inside a UTF-8 character, and
// returns the code. A host that passed no buffer gets the code alone.
inline int32_t Fail(ks_error* error, Code code,
                    std::initializer_list<std::string_view> parts) noexcept {
  if (error == nullptr || error->struct_size < sizeof(uint32_t) * 2 + sizeof(void*) * 2 ||
      error->message == nullptr) {
    return static_cast<int32_t>(code);
  }
  uint64_t size = 0;
  bool cut = false;
  for (const std::string_view part : parts) {
    const uint64_t room = error->capacity - size;
    const uint64_t bytes = part.size() < room ? part.size() : room;
    if (bytes > 0) std::memcpy(error->message + size, part.data(), bytes);
    size += bytes;
    cut = cut || bytes < part.size();
  }
  if (cut) {
    uint64_t start = size;  // of the last character
    while (start > 0 && (error->message[start - 1] & 0xC0) == 0x80) --start;
    if (start > 0) {
      const auto lead = static_cast<unsigned char>(error->message[start - 1]);
      const uint64_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      if (start - 1 + length > size) size = start - 1;
    }
  }
  error->size = static_cast<uint32_t>(size);
  return static_cast<int32_t>(code);
}

// For use in a catch (...) block: code and message of the exception in flight. `where` names the
// KPI and the step.
inline int32_t FailFromException(ks_error* error, std::string_view where) noexcept {
  try {
    throw;
  } catch (const Failure& failure) {
    // An author's kOk would claim success with rows unwritten.
    const Code code = failure.code() == Code::kOk ? Code::kUnknown : failure.code();
    return Fail(error, code, {where, failure.what()});
  } catch (const std::bad_alloc&) {
    return Fail(error, Code::kResourceExhausted, {where, "out of memory"});
  } catch (const std::out_of_range& exception) {
    return Fail(error, Code::kOutOfRange, {where, exception.what()});
  } catch (const std::invalid_argument& exception) {
    return Fail(error, Code::kInvalidArgument, {where, exception.what()});
  } catch (const std::exception& exception) {
    return Fail(error, Code::kInternal, {where, exception.what()});
  } catch (...) {
    return Fail(error, Code::kUnknown, {where, "threw something that is not a std::exception"});
  }
}

}  // namespace internal
}  // namespace keyscore::sdk
