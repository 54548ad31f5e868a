// A log of facts that changes in every way: new, late, corrected, deleted and repeated facts of
// every dataset, and a directory in which accounts move, leave and come back.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "keyscore/client/client.h"
#include "support/duck.h"

namespace keyscore::testing {

// The same seed gives the same changes. For one thread.
class StressFacts {
 public:
  // `duck` holds the tables of a small sample, of which some facts are held back for later.
  StressFacts(Duck& duck, uint64_t seed);

  // What the log begins with.
  std::vector<v1::AppendFactsRequest> Start();
  // One call's worth: one to three batches. No row of it is wrong.
  std::vector<v1::AppendFactsRequest> Next();

  // Uniform from 0 to below `count`.
  size_t Below(size_t count);
  const std::string& OneOf(const std::vector<std::string>& list) {
    return list[Below(list.size())];
  }

  // All there ever are: managers/…, accounts/…, teams/… and organization.
  const std::vector<std::string>& subjects() const { return subjects_; }

 private:
  struct Log {
    std::vector<std::string> sent;  // fact_ids
    std::vector<std::string> held_back;
  };

  v1::AppendFactsRequest Change();
  v1::AppendFactsRequest New(const std::string& dataset);
  v1::AppendFactsRequest Correction(const std::string& dataset);
  v1::AppendFactsRequest Deletion(const std::string& dataset);
  v1::AppendFactsRequest Repeat(const std::string& dataset);
  v1::AppendFactsRequest Ownership();
  v1::AppendFactsRequest Manager();
  v1::AppendFactsRequest Account();
  v1::AppendFactsRequest Contact();
  v1::AppendFactsRequest Team();

  // Rows of the dataset by their ids.
  v1::AppendFactsRequest Rows(const std::string& dataset, const std::vector<std::string>& ids);
  // One row: that of an id with other values in some columns, as SQL: "'a' AS b, …".
  v1::AppendFactsRequest Changed(const std::string& dataset, const std::string& id,
                                 const std::string& changes);
  std::string Day();  // some time within the sample's years, as SQL
  std::string NewId();
  // Some of the list, at most so many; taken out of it where `take`.
  std::vector<std::string> Some(std::vector<std::string>& list, size_t most, bool take);
  std::vector<std::string> Column(const std::string& sql);

  Duck& duck_;
  std::mt19937_64 random_;
  int64_t ids_ = 0;
  std::map<std::string, Log> logs_;    // by dataset, the directory's apart from ownership left out
  std::vector<std::string> datasets_;  // of facts
  std::vector<std::string> accounts_, managers_, teams_, subjects_;
};

}  // namespace keyscore::testing
