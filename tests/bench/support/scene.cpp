// Copies on demand.
#include "bench/support/scene.h"

#include <fmt/format.h>

namespace keyscore::bench {

Scene::Scene(std::string work_dir, Samples& samples, double scale, bool quick, int rounds)
    : work_dir_(std::move(work_dir)),
      samples_(samples),
      scale_(scale),
      quick_(quick),
      rounds_(rounds) {}

std::string Scene::FreeData() {
  server_.reset();
  std::string data = work_dir_ + "/large";
  if (facts_ == 0) {
    const Sample sample = samples_.Get(Large());
    Copy(sample.data, data);
    facts_ = sample.facts;
  }
  return data;
}

const Server& Scene::Serve(const Setup& setup) {
  if (server_ == nullptr || !(setup == setup_)) {
    server_ = StartKeyscored(FreeData(), setup);
    setup_ = setup;
  }
  return *server_;
}

std::unique_ptr<Server> Scene::ServeOther(const Organisation& organisation, const Setup& setup) {
  const std::string data = fmt::format("{}/other{}", work_dir_, ++others_);
  Copy(samples_.Get(organisation).data, data);
  return StartKeyscored(data, setup);
}

}  // namespace keyscore::bench
