// How a process ended, in words.
#pragma once

#include <string>

namespace keyscore::kpis {

// Of a status of waitpid(): "crashed with SIGSEGV" or "exited with code 3".
std::string ExitWords(int wait_status);

}  // namespace keyscore::kpis
