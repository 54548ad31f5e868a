// Makes, imports, remembers. What is half done stands under another name until it is whole.
#include "bench/support/samples.h"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "bench/support/child.h"
#include "bench/support/clock.h"
#include "bench/support/duck.h"
#include "store/format.h"

namespace keyscore::bench {
namespace {

namespace fs = std::filesystem;

std::string Checksum(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return fmt::format("{:08x}", crc.checksum());
}

// Writes the Parquet files; returns how many facts they hold.
int64_t Generate(const Organisation& organisation, const std::string& out) {
  const std::string said = Run(
      Sibling("keyscore-sample"),
      {"--out", out, "--scale", fmt::format("{:g}", organisation.scale), "--managers",
       std::to_string(organisation.managers), "--accounts", std::to_string(organisation.accounts)});
  std::smatch match;
  static const std::regex kFacts("([0-9]+) facts:");
  if (!std::regex_search(said, match, kFacts)) Die("the generator said something else:\n" + said);
  return std::stoll(match[1]);
}

nlohmann::json ReadNotes(const std::string& folder) {
  std::ifstream file(folder + "/sample.json");
  return nlohmann::json::parse(file);
}

}  // namespace

Samples::Samples(std::string folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
}

std::string Samples::Folder(const Organisation& organisation) const {
  return fmt::format("{}/scale-{:g}-managers-{}-accounts-{}-by-{}-format-{}", folder_,
                     organisation.scale, organisation.managers, organisation.accounts,
                     Checksum(Sibling("keyscore-sample")), store::kFormatVersion);
}

void Samples::Make(const Organisation& organisation, const std::string& folder) {
  fmt::print(stderr, "Making and importing an organisation at scale {:g}\n", organisation.scale);
  const std::string part = folder + ".part";
  fs::remove_all(part);
  fs::create_directories(part);
  nlohmann::json notes;
  notes["facts"] = Generate(organisation, part + "/files");
  {
    // Nothing but the import is asked of this server, so nothing else need be ready.
    const auto server = StartKeyscored(part + "/data", {.measures = false, .answers = false});
    const Stopwatch watch;
    Run(Sibling("keyscore"),
        {"--server", server->address(), "--timeout", "600", "import", "--mapping", "keyscore",
         "--rejects", part + "/rejects.csv", part + "/files"});
    notes["import_seconds"] = watch.Seconds();
  }
  notes["imported_by"] = Checksum(Sibling("keyscored"));
  std::ofstream(part + "/sample.json") << notes.dump(2) << '\n';
  fs::remove_all(part + "/files");
  fs::remove_all(folder + "/data");
  fs::create_directories(folder);
  fs::rename(part + "/data", folder + "/data");
  fs::rename(part + "/sample.json", folder + "/sample.json");  // last: now it counts
  fs::remove_all(part);
}

Sample Samples::Get(const Organisation& organisation) {
  const std::string folder = Folder(organisation);
  if (!fs::exists(folder + "/sample.json")) Make(organisation, folder);
  const nlohmann::json notes = ReadNotes(folder);
  return {folder + "/data", notes.at("facts").get<int64_t>(),
          notes.at("import_seconds").get<double>()};
}

Sample Samples::ImportedByThisServer(const Organisation& organisation) {
  const std::string folder = Folder(organisation);
  if (fs::exists(folder + "/sample.json") &&
      ReadNotes(folder).at("imported_by") != Checksum(Sibling("keyscored"))) {
    fs::remove(folder + "/sample.json");
  }
  return Get(organisation);
}

std::string Samples::Reference(const Organisation& organisation) {
  const std::string folder = Folder(organisation);
  const std::string file = folder + "/reference.duckdb";
  if (fs::exists(file)) return file;
  fmt::print(stderr, "Loading the same facts into a DuckDB file\n");
  const std::string part = folder + ".reference";
  fs::remove_all(part);
  fs::create_directories(part);
  fs::create_directories(folder);
  Generate(organisation, part + "/files");
  {
    Duck duck(part + "/reference.duckdb");
    for (const auto& entry : fs::directory_iterator(part + "/files")) {
      duck.Run(fmt::format("create table {} as from read_parquet('{}')",
                           entry.path().stem().string(), entry.path().string()));
    }
    duck.Run("checkpoint");
  }
  fs::rename(part + "/reference.duckdb", file);
  fs::remove_all(part);
  return file;
}

void Copy(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
  fs::permissions(to, fs::perms::owner_all);
}

}  // namespace keyscore::bench
