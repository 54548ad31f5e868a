// The progress line.
#include "cli/import/progress.h"

#include <fmt/format.h>

#include "absl/time/clock.h"
#include "cli/text/format.h"

namespace keyscore::cli {

void Progress::Show(const std::string& what, int64_t done, int64_t total, const char* noun) {
  if (!on_) return;
  const absl::Time now = absl::Now();
  if (now - last_ < absl::Milliseconds(100) && done < total) return;
  last_ = now;
  shown_ = true;
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
  err_ << fmt::format("\r\x1b[2K{:<18} {} {} of {} {}", what, Bar(share, 24), FormatCount(done),
                      FormatCount(total), noun)
       << std::flush;
}

void Progress::Clear() {
  if (shown_) err_ << "\r\x1b[2K" << std::flush;
  shown_ = false;
}

}  // namespace keyscore::cli
