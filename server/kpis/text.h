// Text that comes from a library, made fit for messages, logs and replies.
#pragma once

#include <string>
#include <string_view>

namespace keyscore::kpis {

// At most `max_bytes` of well-formed UTF-8 on one line: broken bytes become U+FFFD, control
// characters (line breaks too, so that no library forges a log line) become spaces, what is cut off
// becomes "…".
std::string SafeText(std::string_view bytes, size_t max_bytes);

}  // namespace keyscore::kpis
