// Passes on.
#include "measures/engine_source.h"

namespace keyscore::measures {
namespace {

class FromEngine final : public Source {
 public:
  FromEngine(store::Store& store, int64_t watermark) : store_(store), watermark_(watermark) {}

  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>& measures,
                                              const store::Scope& scope, int64_t watermark,
                                              const store::StopFn& stop) override {
    return store_.Measure(measures, scope, watermark == 0 ? watermark_ : watermark, stop);
  }

  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string& dataset) override {
    return store_.Stats(dataset);
  }

  absl::StatusOr<int64_t> Watermark() override { return watermark_; }
  int64_t watermark() const override { return watermark_; }
  // The engine doesn't tell whom a batch was about.
  int64_t ChangedAt(store::SubjectKind, const std::string&) const override { return watermark_; }

 private:
  store::Store& store_;
  const int64_t watermark_;
};

class AllFromEngine final : public Sources {
 public:
  explicit AllFromEngine(store::Store& store) : store_(store) {}

  absl::StatusOr<std::shared_ptr<Source>> Now(const store::StopFn&) override {
    const absl::StatusOr<int64_t> newest = store_.Watermark();
    if (!newest.ok()) return newest.status();
    return EngineSource(store_, *newest);
  }

  std::shared_ptr<Source> TryNow() override {
    const absl::StatusOr<int64_t> newest = store_.Watermark();
    return newest.ok() ? EngineSource(store_, *newest) : nullptr;
  }

  void Acknowledge(int64_t, bool) override {}

  absl::StatusOr<std::shared_ptr<Source>> At(int64_t watermark) override {
    return EngineSource(store_, watermark);
  }

 private:
  store::Store& store_;
};

}  // namespace

std::shared_ptr<Source> EngineSource(store::Store& store, int64_t watermark) {
  return std::make_shared<FromEngine>(store, watermark);
}

std::unique_ptr<Sources> EngineSources(store::Store& store) {
  return std::make_unique<AllFromEngine>(store);
}

}  // namespace keyscore::measures
