// One HTTP request.
#include "bench/support/scrape.h"

#include <boost/asio/ip/tcp.hpp>
#include <iterator>
#include <regex>

namespace keyscore::bench {

std::string Scrape(const Server& server) {
  const std::string log = server.Log();
  std::smatch match;
  if (!std::regex_search(log, match, std::regex("metrics on http://([0-9.]+):([0-9]+)/metrics"))) {
    Die("the server shows no metrics:\n" + log);
  }
  boost::asio::ip::tcp::iostream stream(match[1].str(), match[2].str());
  stream << "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n" << std::flush;
  return {std::istreambuf_iterator<char>(stream), {}};
}

double Total(const std::string& page, const std::string& name) {
  const std::regex line("(?:^|\n)" + name + "(?:\\{[^}]*\\})? ([-+0-9.eE]+)");
  double total = 0;
  size_t found = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), line), end; it != end; ++it, ++found) {
    total += std::stod((*it)[1]);
  }
  if (found == 0) Die("the server doesn't report " + name);
  return total;
}

}  // namespace keyscore::bench
