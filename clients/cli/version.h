// The version of the command, from the build where it says so.
#pragma once

namespace keyscore::cli {

#ifndef KEYSCORE_VERSION
#define KEYSCORE_VERSION "0.1.0"
#endif
inline constexpr char kVersion[] = KEYSCORE_VERSION;

}  // namespace keyscore::cli
