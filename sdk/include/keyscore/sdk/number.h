// An input's value for one row: a number, or null (the smallest, largest, first or last of no
// rows). Arithmetic with null gives null, comparison with null is false, as in SQL.
#pragma once

#include <concepts>

namespace keyscore::sdk {

class Number {
 public:
  constexpr Number() = default;  // null
  template <class T>
  requires std::integral<T> || std::floating_point<T>
  constexpr Number(T value) : value_(static_cast<double>(value)), known_(true) {}
  constexpr Number(double value, bool known) : value_(value), known_(known) {}

  constexpr bool IsNull() const { return !known_; }
  // 0 where null.
  constexpr double value() const { return known_ ? value_ : 0; }
  constexpr double ValueOr(double fallback) const { return known_ ? value_ : fallback; }

  friend constexpr Number operator+(Number a, Number b) {
    return {a.value_ + b.value_, a.known_ && b.known_};
  }
  friend constexpr Number operator-(Number a, Number b) {
    return {a.value_ - b.value_, a.known_ && b.known_};
  }
  friend constexpr Number operator-(Number a) { return {-a.value_, a.known_}; }
  friend constexpr Number operator*(Number a, Number b) {
    return {a.value_ * b.value_, a.known_ && b.known_};
  }
  // Null where b is 0; Ratio() makes that NO_DATA.
  friend constexpr Number operator/(Number a, Number b) {
    const bool defined = a.known_ && b.known_ && b.value_ != 0;
    return {defined ? a.value_ / b.value_ : 0, defined};
  }
  friend constexpr bool operator==(Number a, Number b) {
    return a.known_ && b.known_ && a.value_ == b.value_;
  }
  friend constexpr bool operator<(Number a, Number b) {
    return a.known_ && b.known_ && a.value_ < b.value_;
  }
  friend constexpr bool operator<=(Number a, Number b) {
    return a.known_ && b.known_ && a.value_ <= b.value_;
  }
  friend constexpr bool operator>(Number a, Number b) { return b < a; }
  friend constexpr bool operator>=(Number a, Number b) { return b <= a; }

 private:
  double value_ = 0;
  bool known_ = false;
};

}  // namespace keyscore::sdk
