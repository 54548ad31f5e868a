// The hand-written SQL that rows are held against: tests/bench/sql.
#pragma once

#include <string>

namespace keyscore::bench {

// The text of one of its files, such as "rank.sql".
std::string ReadSql(const std::string& name);

}  // namespace keyscore::bench
