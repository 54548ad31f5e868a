// The server's log: one line an event on stderr, as text for people or as JSON for collectors.
//
// Never hand it secrets: no key material, no values of facts, no request bodies.
#pragma once

#include <string_view>

namespace keyscore::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

// To be called once, before other threads log. Also takes over what is logged through spdlog.
void InitLog(Level level, Format format);

// Safe from any thread; drops what is under the level. An event is always one line.
void Log(Level level, std::string_view message);

inline void LogDebug(std::string_view message) { Log(Level::kDebug, message); }
inline void LogInfo(std::string_view message) { Log(Level::kInfo, message); }
inline void LogWarning(std::string_view message) { Log(Level::kWarning, message); }
inline void LogError(std::string_view message) { Log(Level::kError, message); }

// Whether events of the level are written, to spare the work of making their message.
bool Enabled(Level level);

}  // namespace keyscore::telemetry
