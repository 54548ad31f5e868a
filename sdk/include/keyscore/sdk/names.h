// Names that the compiler turns into positions: row["won"] costs no search at run time, and a
// misspelt name does not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "keyscore/sdk/definition.h"
#include "keyscore/sdk/input.h"

namespace keyscore::sdk {
namespace internal {

// Not constexpr on purpose: reaching one of these at compile time is the error message.
inline void NoInputOfThisName() {}
inline void NoInputAtThisPosition() {}
inline void ThisInputIsAListReadItWithList() {}
inline void ThisInputIsNotAList() {}
inline void NoSettingOfThisName() {}
inline void NoDetailOfThisName() {}
inline void NoParameterOfThisName() {}

// K::kDetails and K::kParameters, empty where K has none.
template <class K>
constexpr std::span<const Figure> Details() {
  if constexpr (requires { K::kDetails; }) return K::kDetails;
  return {};
}
template <class K>
constexpr std::span<const Figure> Parameters() {
  if constexpr (requires { K::kParameters; }) return K::kParameters;
  return {};
}

template <class K>
consteval std::size_t InputPosition(std::string_view name) {
  for (std::size_t i = 0; i < std::size(K::kInputs); ++i) {
    if (K::kInputs[i].name == name) return i;
  }
  NoInputOfThisName();
  return 0;
}

template <class K>
consteval std::size_t InputPosition(int position) {
  if (position < 0 || position >= static_cast<int>(std::size(K::kInputs))) {
    NoInputAtThisPosition();
  }
  return static_cast<std::size_t>(position);
}

}  // namespace internal

// A number among K's inputs, by name or position in K::kInputs.
template <class K>
struct NumberInput {
  std::size_t position;
  bool is_count;

  template <std::size_t kSize>
  consteval NumberInput(const char (&name)[kSize])
      : NumberInput(internal::InputPosition<K>(std::string_view(name, kSize - 1)), nullptr) {}
  consteval NumberInput(int index) : NumberInput(internal::InputPosition<K>(index), nullptr) {}

 private:
  consteval NumberInput(std::size_t found, std::nullptr_t)
      : position(found), is_count(K::kInputs[found].IsCount()) {
    if (K::kInputs[found].IsList()) internal::ThisInputIsAListReadItWithList();
  }
};

// A list among K's inputs.
template <class K>
struct ListInput {
  std::size_t position;

  template <std::size_t kSize>
  consteval ListInput(const char (&name)[kSize])
      : position(internal::InputPosition<K>(std::string_view(name, kSize - 1))) {
    if (!K::kInputs[position].IsList()) internal::ThisInputIsNotAList();
  }
};

// One of K::kDetails.
template <class K>
struct DetailName {
  std::size_t position = 0;

  template <std::size_t kSize>
  consteval DetailName(const char (&name)[kSize]) {
    constexpr std::span<const Figure> kFigures = internal::Details<K>();
    while (position < kFigures.size() &&
           kFigures[position].name != std::string_view(name, kSize - 1)) {
      ++position;
    }
    if (position == kFigures.size()) internal::NoDetailOfThisName();
  }
};

// One of K::kParameters.
template <class K>
struct ParameterName {
  std::size_t position = 0;

  template <std::size_t kSize>
  consteval ParameterName(const char (&name)[kSize]) {
    constexpr std::span<const Figure> kFigures = internal::Parameters<K>();
    while (position < kFigures.size() &&
           kFigures[position].name != std::string_view(name, kSize - 1)) {
      ++position;
    }
    if (position == kFigures.size()) internal::NoParameterOfThisName();
  }
};

// A setting of K's definition.
template <class K>
struct SettingName {
  std::size_t position = 0;

  template <std::size_t kSize>
  consteval SettingName(const char (&name)[kSize]) {
    const auto& settings = K::kDefinition.settings;
    while (position < settings.count &&
           settings.items[position].name != std::string_view(name, kSize - 1)) {
      ++position;
    }
    if (position == settings.count) internal::NoSettingOfThisName();
  }
};

}  // namespace keyscore::sdk
