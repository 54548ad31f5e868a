// The tools of descriptor.cpp: reads structs by size and stride, and fields with their checks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "keyscore/kpi_abi.h"

namespace keyscore::kpis {

// Longest texts, in bytes.
inline constexpr size_t kMaxNameBytes = 63;
inline constexpr size_t kMaxVersionBytes = 64;
inline constexpr size_t kMaxTitleBytes = 200;
inline constexpr size_t kMaxProseBytes = 4'000;
inline constexpr size_t kMaxExpressionBytes = 8'000;

// Lower-case letters, digits and single underscores inside; starts with a letter; at most
// kMaxNameBytes.
bool IsSnakeCase(std::string_view text);

// `<library_id>.name`, the name in snake_case.
bool IsNamespaced(std::string_view id, std::string_view library_id);

// Semantic Versioning 2.0.0.
bool IsSemVer(std::string_view text);

// Reads the fields of one described thing and notes what is wrong with them, each fault with the
// thing's name in front.
class FieldReader {
 public:
  FieldReader(std::string where, std::vector<std::string>& faults)
      : where_(std::move(where)), faults_(faults) {}

  const std::string& where() const { return where_; }
  FieldReader Inside(std::string_view part) const;
  void Fault(std::string_view what) const;
  // A fault that another room found; `repeated` is dropped where its message starts with that.
  void Fault(const absl::Status& status, std::string_view repeated) const;
  size_t fault_count() const { return faults_.size(); }

  // Well-formed UTF-8 of at most max_bytes; "" after a fault.
  std::string Optional(std::string_view field, ks_str text, size_t max_bytes) const;
  // … and not empty.
  std::string Required(std::string_view field, ks_str text, size_t max_bytes) const;
  std::string Version(ks_str text) const;
  std::string SnakeCase(std::string_view field, ks_str text) const;
  double Finite(std::string_view field, double value) const;

  // ABI enums count from 1; `last` is the last one of this version. `first` is what 1 means to us.
  template <class Enum>
  Enum OneOf(std::string_view field, uint32_t value, Enum first, Enum last) const {
    const int64_t count = static_cast<int64_t>(last) - static_cast<int64_t>(first) + 1;
    if (value < 1 || value > count) {
      Fault(fmt::format("{} is {}, it must be one of 1 to {}", field, value, count));
      return first;
    }
    return static_cast<Enum>(static_cast<int64_t>(first) + value - 1);
  }

  // The struct at `at`, of which its writer filled struct_size bytes: what it lacks is zero, what
  // we don't know is left out. Absent when its size can't be true.
  template <class Struct>
  std::optional<Struct> Read(const void* at) const {
    uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    if (size < 2 * sizeof size || size % alignof(Struct) != 0) {
      Fault(fmt::format("struct_size is {}, it must be the sizeof of the struct", size));
      return std::nullopt;
    }
    Struct copy{};
    std::memcpy(&copy, at, std::min<size_t>(size, sizeof copy));
    return copy;
  }

  // The elements of an array of structs that may be longer or shorter than ours. Each comes with a
  // reader named "<array>[index]".
  template <class Struct, class Visit>
  void ReadArray(std::string_view array, const Struct* first, uint64_t count, uint64_t stride,
                 uint64_t max_count, Visit visit) const {
    if (!CheckArray(array, first, count, max_count)) return;
    if (count > 0 && !CheckStride(array, stride, alignof(Struct))) return;
    for (uint64_t i = 0; i < count; ++i) {
      const char* at = reinterpret_cast<const char*>(first) + i * stride;
      const FieldReader element = Inside(fmt::format("{}[{}]", array, i));
      uint32_t size = 0;
      std::memcpy(&size, at, sizeof size);
      if (size > stride) {
        element.Fault(fmt::format("struct_size is {}, above the array's stride {}", size, stride));
      } else if (const std::optional<Struct> copy = element.template Read<Struct>(at)) {
        visit(*copy, element);
      }
    }
  }

  // Whether an array of fixed elements may be walked.
  bool CheckArray(std::string_view array, const void* first, uint64_t count,
                  uint64_t max_count) const;

 private:
  bool CheckStride(std::string_view array, uint64_t stride, uint64_t alignment) const;

  std::string where_;
  std::vector<std::string>& faults_;
};

}  // namespace keyscore::kpis
