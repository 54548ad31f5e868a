// What the compiler checks of a definition where the library is registered. The rules are those of
// kpi_abi.h; a host applies them again to libraries that were written without this SDK.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "keyscore/sdk/dataset.h"
#include "keyscore/sdk/definition.h"
#include "keyscore/sdk/input.h"

namespace keyscore::sdk::internal {

// Lower-case letters, digits and single underscores inside; starts with a letter.
constexpr bool IsSnakeCase(std::string_view text) {
  if (text.empty() || text.front() < 'a' || text.front() > 'z' || text.back() == '_') return false;
  char before = ' ';
  for (const char c : text) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && (c != '_' || before == '_')) return false;
    before = c;
  }
  return true;
}

// `name` (built-in) or `library.name`.
constexpr bool IsId(std::string_view id) {
  const std::size_t dot = id.find('.');
  return dot == std::string_view::npos
             ? IsSnakeCase(id)
             : IsSnakeCase(id.substr(0, dot)) && IsSnakeCase(id.substr(dot + 1));
}

constexpr bool BelongsTo(std::string_view id, std::string_view library) {
  const std::size_t dot = id.find('.');
  return dot == std::string_view::npos || id.substr(0, dot) == library;
}

// Three dotted numbers without leading zeros, and whatever follows a - or a +.
constexpr bool IsSemVer(std::string_view version) {
  for (int part = 0; part < 3; ++part) {
    std::size_t digits = 0;
    while (digits < version.size() && version[digits] >= '0' && version[digits] <= '9') ++digits;
    if (digits == 0 || (digits > 1 && version.front() == '0')) return false;
    version.remove_prefix(digits);
    if (part < 2) {
      if (version.empty() || version.front() != '.') return false;
      version.remove_prefix(1);
    }
  }
  return version.empty() ||
         ((version.front() == '-' || version.front() == '+') && version.size() > 1);
}

constexpr bool IsFinite(double number) { return number - number == 0; }

constexpr bool HasAllWords(const Definition& d) {
  return !d.title.empty() && !d.description.empty() && !d.formula.empty() && !d.unit.empty();
}

constexpr bool HasKind(const Definition& d) {
  return d.pillar != Pillar::kUnset && d.direction != Direction::kUnset &&
         d.timing != Timing::kUnset;
}

constexpr bool CurveAscends(const Curve& curve) {
  if (curve.count < 2) return false;
  for (uint32_t i = 0; i < curve.count; ++i) {
    const ks_curve_point& point = curve.items[i];
    if (!IsFinite(point.value) || !(point.score >= 0 && point.score <= 100)) return false;
    if (i > 0 && !(curve.items[i - 1].value < point.value)) return false;
  }
  return true;
}

constexpr bool CurveFollows(const Curve& curve, Direction direction) {
  bool falling = false;
  for (uint32_t i = 1; i < curve.count; ++i) {
    const double step = curve.items[i].score - curve.items[i - 1].score;
    if (direction == Direction::kHigherIsBetter && step < 0) return false;
    if (direction == Direction::kLowerIsBetter && step > 0) return false;
    if (direction == Direction::kRangeIsBest && falling && step > 0) return false;
    falling = falling || step < 0;
  }
  return true;
}

constexpr bool SettingsAreSound(const SettingList& settings) {
  for (uint32_t i = 0; i < settings.count; ++i) {
    const Setting& s = settings.items[i];
    if (!IsSnakeCase(s.name) || s.description.empty() || !IsFinite(s.minimum) ||
        !IsFinite(s.maximum)) {
      return false;
    }
    if (!(s.minimum <= s.default_value && s.default_value <= s.maximum)) return false;
    for (uint32_t j = 0; j < i; ++j) {
      if (settings.items[j].name == s.name) return false;
    }
  }
  return true;
}

constexpr bool FiguresAreNamed(std::span<const Figure> figures) {
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (!IsSnakeCase(figures[i].name) || figures[i].title.empty()) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (figures[i].name == figures[j].name) return false;
    }
  }
  return figures.size() <= 32;
}

template <std::size_t kCount>
constexpr bool InputsAreNamed(const Input (&inputs)[kCount]) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (!IsSnakeCase(inputs[i].name) || inputs[i].title.empty()) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (inputs[i].name == inputs[j].name) return false;
    }
  }
  return true;
}

// Each has a dataset, what it aggregates, and a window with what the window needs.
template <std::size_t kCount>
constexpr bool InputsAreComplete(const Input (&inputs)[kCount]) {
  for (const Input& input : inputs) {
    const bool spans = input.window == Window::kAtStart || input.window == Window::kAtEnd;
    if (!IsId(input.dataset)) return false;
    if (input.aggregate != Aggregate::kCount && input.value.empty()) return false;
    if (spans == input.end_column.empty()) return false;
    const bool counted = input.window == Window::kTrailing || input.window == Window::kFollowing;
    if (counted != (input.window_days > 0)) return false;
    if (input.window_days > 3660) return false;
  }
  return true;
}

template <std::size_t kCount>
constexpr bool ColumnsAreSound(const Column (&columns)[kCount]) {
  for (std::size_t i = 0; i < kCount; ++i) {
    const Column& c = columns[i];
    const bool number = c.type == KS_TYPE_INT64 || c.type == KS_TYPE_DOUBLE;
    const bool text = c.type == KS_TYPE_STRING;
    if (!IsSnakeCase(c.name) || c.description.empty()) return false;
    if (c.has_range && (!number || !(c.minimum <= c.maximum))) return false;
    if ((c.allowed_values.count > 0 || !c.references.empty()) && !text) return false;
    for (const std::string_view given : {"fact_id", "account_id", "manager_id", "occurred_at"}) {
      if (c.name == given) return false;
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (columns[j].name == c.name) return false;
    }
  }
  return true;
}

}  // namespace keyscore::sdk::internal
