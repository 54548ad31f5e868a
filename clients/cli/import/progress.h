// One line that moves, on a terminal only.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/time/time.h"

namespace keyscore::cli {

class Progress {
 public:
  // `on` is false where the output is no terminal: nothing is printed then.
  Progress(std::ostream& err, bool on) : err_(err), on_(on) {}
  ~Progress() { Clear(); }

  // At most ten times a second. `noun` is what is counted.
  void Show(const std::string& what, int64_t done, int64_t total, const char* noun = "rows");
  void Clear();

 private:
  std::ostream& err_;
  const bool on_;
  bool shown_ = false;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace keyscore::cli
