// Settings, and what an error of opening means to the person who started the server.
#include "store/open_database.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "store/exact_sum_function.h"
#include "store/expression/host_functions.h"

namespace keyscore::store {
namespace {

constexpr char kInMemory[] = ":memory:";
// The write-ahead log is merged into the file when it has grown to this size. A batch of 100,000
// rows takes about 10 MB of it.
constexpr char kCheckpointThreshold[] = "128MB";

absl::Status ExplainOpenError(const std::string& path, const std::string& message) {
  if (message.find("Conflicting lock") != std::string::npos ||
      message.find("Could not set lock") != std::string::npos) {
    std::smatch match;
    const std::string holder = std::regex_search(message, match, std::regex("PID (\\d+)"))
                                   ? fmt::format("process {}", match[1].str())
                                   : std::string("another process");
    return absl::FailedPreconditionError(
        fmt::format("{} is in use by {}: stop it or use another data directory", path, holder));
  }
  if (message.find("not a valid DuckDB database file") != std::string::npos ||
      message.find("Serialization Error") != std::string::npos ||
      message.find("checksum") != std::string::npos ||
      message.find("Corrupt") != std::string::npos) {
    return absl::DataLossError(
        fmt::format("{} is no Keyscore store or is damaged: {}", path, message));
  }
  return absl::UnavailableError(fmt::format("{} cannot be opened: {}", path, message));
}

// The engine's lock keeps other processes out, but not a second open of this one, which would
// write over the first. So the files that are open are remembered here.
class OpenFiles {
 public:
  // Null if the file is open already. The file is free again when the last copy is gone.
  static std::shared_ptr<void> Take(const std::string& path) {
    std::error_code ignored;
    std::string file = std::filesystem::weakly_canonical(path, ignored).string();
    absl::MutexLock lock(&mutex_);
    if (!Files().insert(file).second) return nullptr;
    return std::shared_ptr<void>(&mutex_, [file = std::move(file)](void*) {
      absl::MutexLock lock(&mutex_);
      Files().erase(file);
    });
  }

 private:
  static absl::flat_hash_set<std::string>& Files() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    static auto* const files = new absl::flat_hash_set<std::string>;
    return *files;
  }
  static absl::Mutex mutex_;
};

ABSL_CONST_INIT absl::Mutex OpenFiles::mutex_(absl::kConstInit);

absl::StatusOr<std::shared_ptr<Database>> OpenWithSettings(const DuckDbOptions& options) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"memory_limit", fmt::format("{}B", options.memory_limit_bytes)},
      {"autoload_known_extensions", "false"},
      {"autoinstall_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"preserve_insertion_order", "false"},
      {"checkpoint_threshold", kCheckpointThreshold},
  };
  if (options.threads > 0) settings.emplace_back("threads", fmt::format("{}", options.threads));
  if (options.path == kInMemory) return Database::Open(kInMemory, settings);

  settings.emplace_back("temp_directory", options.path + ".tmp");
  std::shared_ptr<void> taken = OpenFiles::Take(options.path);
  if (taken == nullptr) {
    return absl::FailedPreconditionError(
        fmt::format("{} is in use by this process (process {}) already", options.path, getpid()));
  }
  absl::StatusOr<std::shared_ptr<Database>> database = Database::Open(options.path, settings);
  if (!database.ok()) return ExplainOpenError(options.path, MessageOf(database.status()));
  Database* const bare = database->get();
  return std::shared_ptr<Database>(
      bare, [owner = *std::move(database), taken = std::move(taken)](Database*) mutable {
        owner.reset();  // closes the file, which must come before it counts as free
        taken.reset();
      });
}

}  // namespace

absl::StatusOr<std::shared_ptr<Database>> OpenDatabase(const DuckDbOptions& options) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(options.time_zone, &zone)) {
    return absl::InvalidArgumentError(
        fmt::format("time zone '{}' is unknown; give an IANA name", options.time_zone));
  }
  absl::StatusOr<std::shared_ptr<Database>> database = OpenWithSettings(options);
  if (!database.ok()) return database.status();
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(*database);
  if (!connection.ok()) return connection.status();
  absl::Status status = RegisterHostFunctions(**connection, zone);
  status.Update(RegisterExactSum(**connection));
  // From here on no statement can reach a file, the network or these settings.
  status.Update((*connection)
                    ->Execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL enable_external_access = "
                              "false; SET GLOBAL lock_configuration = true"));
  if (!status.ok()) return status;
  return database;
}

}  // namespace keyscore::store
