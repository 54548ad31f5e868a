// Weightings as a file that people keep in git: YAML in, a set of the API out, and back. What is
// written here and read again is the same to the last bit. docs/weighting.md describes the format.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/context.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore::cli {

struct FileFault {
  int line = 0;       // from 1; 0 = of the whole file
  std::string field;  // by its name in the API, e.g. profiles[0].kpis[2].weight
  std::string message;
};

// A file as it was read. With faults the set has what could be read all the same, so that a server
// can be asked about the rest.
struct WeightsFile {
  std::string path;  // as messages name it
  v1::WeightSet set;
  std::map<std::string, int> lines;  // where each field of the set stands
  std::vector<FileFault> faults;

  // The line of a field, or of the nearest thing around it; 0 where nothing is known of it.
  int LineOf(const std::string& field) const;
};

// Every fault of the text is in `faults`: a key that is not known, a value of another kind.
WeightsFile ParseWeightsFile(const std::string& yaml, const std::string& path);

// Reads a file; "-" is standard input. A usage error where there is none.
absl::StatusOr<WeightsFile> ReadWeightsFile(const std::string& path);

// The file's own faults and the server's, by line. What the server says of a field that could not
// be read is left out: it judged a value that stands nowhere.
std::vector<FileFault> AllFaults(
    const WeightsFile& file, const google::protobuf::RepeatedPtrField<v1::WeightFault>& of_server);

// Prints "FILE:LINE: fault", one a line, to standard error and returns the usage error that counts
// them; OK where there are none.
absl::Status ReportFaults(const WeightsFile& file, const std::vector<FileFault>& faults,
                          const Context& context);

// The set as a file. Doubles have as many digits as they need to be read back.
std::string WriteWeightsFile(const v1::WeightSet& set);

// Words of the file and what they stand for, e.g. "in-pillar". Reading and writing share them.
struct WeightsWord {
  const char* word;
  int value;
};
extern const std::vector<WeightsWord> kMissingDataWords;
extern const std::vector<WeightsWord> kCurveBasisWords;
extern const std::vector<WeightsWord> kBandPolicyWords;
extern const std::vector<WeightsWord> kPacingWords;
extern const std::vector<WeightsWord> kPillarWords;
// The word of a value; the first one where it is unspecified.
std::string WordOf(const std::vector<WeightsWord>& words, int value);

}  // namespace keyscore::cli
