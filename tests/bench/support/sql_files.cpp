// Read where they lie in the source tree.
#include "bench/support/sql_files.h"

#include <fstream>
#include <iterator>

#include "bench/support/child.h"

namespace keyscore::bench {

std::string ReadSql(const std::string& name) {
  const std::string path = std::string(KEYSCORE_BENCH_SOURCE) + "/tests/bench/sql/" + name;
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.empty()) Die("can't read " + path);
  return text;
}

}  // namespace keyscore::bench
