// The data under the benchmarks: made-up organisations, imported once and kept.
#pragma once

#include <cstdint>
#include <string>

namespace keyscore::bench {

// What keyscore-sample is asked for.
struct Organisation {
  double scale = 1;
  int managers = 40;  // at scale 1
  int accounts = 600;
};

// An organisation in a data directory.
struct Sample {
  std::string data;  // nobody serves from it: Copy() it
  int64_t facts = 0;
  double import_seconds = 0;  // through the server, of all files
};

// Keeps the samples in a folder, by organisation, generator and format of the store, so that a
// second run is quick.
class Samples {
 public:
  explicit Samples(std::string folder);

  // Makes and imports it unless that was done before.
  Sample Get(const Organisation& organisation);
  // The same, but what another keyscored than the present one has imported is imported anew.
  Sample ImportedByThisServer(const Organisation& organisation);
  // A DuckDB file with the same facts in native tables, one a dataset.
  std::string Reference(const Organisation& organisation);

 private:
  std::string Folder(const Organisation& organisation) const;
  void Make(const Organisation& organisation, const std::string& folder);

  const std::string folder_;
};

// Copies a data directory.
void Copy(const std::string& from, const std::string& to);

}  // namespace keyscore::bench
