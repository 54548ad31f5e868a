// What the rows of one run share: the data, and the servers over them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bench/support/child.h"
#include "bench/support/report.h"
#include "bench/support/samples.h"

namespace keyscore::bench {

class Scene {
 public:
  // `scale` is keyscore-sample's, of the large data.
  Scene(std::string work_dir, Samples& samples, double scale, bool quick, int rounds);

  const std::string& work_dir() const { return work_dir_; }  // private to this run
  bool quick() const { return quick_; }
  int rounds() const { return rounds_; }
  // Of rows whose every round takes many seconds.
  int few_rounds() const { return rounds_ < 3 ? rounds_ : 3; }
  double load_seconds() const { return quick_ ? 1 : 3; }

  // At scale 50: 10 million facts about 2,000 managers, 100 thousand about 20, and 1,000 managers.
  Organisation Large() const { return {.scale = scale_}; }
  Organisation Small() const { return {.scale = scale_ / 100}; }
  Organisation Population() const { return {.scale = scale_ / 2}; }

  // The server over the large data, set up like this; the one before is stopped if it differs.
  // Facts that rows append stay in its copy of the data.
  const Server& Serve(const Setup& setup);
  // A copy of the large data that no server holds.
  std::string FreeData();
  // Stops the server over the large data.
  void StopServing() { server_.reset(); }
  // A server of its own over another organisation.
  std::unique_ptr<Server> ServeOther(const Organisation& organisation, const Setup& setup);
  std::string LargeReference() { return samples_.Reference(Large()); }
  // Of the large data; 0 when no row has asked for it.
  int64_t facts() const { return facts_; }

 private:
  const std::string work_dir_;
  Samples& samples_;
  const double scale_;
  const bool quick_;
  const int rounds_;
  int64_t facts_ = 0;
  int others_ = 0;
  Setup setup_;
  std::unique_ptr<Server> server_;
};

}  // namespace keyscore::bench
