// The figures that a server shows to Prometheus.
#pragma once

#include <string>

#include "bench/support/child.h"

namespace keyscore::bench {

// The page whose address the server's log names (Setup::metrics).
std::string Scrape(const Server& server);

// A figure of such a page, added up over its labels. Dies when there is none.
double Total(const std::string& page, const std::string& name);

}  // namespace keyscore::bench
