// Calls a library's create, evaluate and destroy; lets no exception in and no broken status out.
#include "kpis/abi_function.h"

#include <limits>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "kpis/abi_batch.h"
#include "kpis/abi_call.h"
#include "kpis/instance_pool.h"

namespace keyscore::kpis {
namespace {

int32_t IsCancelled(void* stop) {
  const auto& asked = *static_cast<const store::StopFn*>(stop);
  try {
    return asked && asked() ? 1 : 0;
  } catch (...) {  // must not cross the library
    return 1;
  }
}

// Views of `context`, which must outlive it.
ks_context AbiContext(const EvaluationContext& context) {
  return {sizeof(ks_context),
          AbiSubjectKind(context.subject_kind),
          absl::ToUnixMicros(context.period_from),
          absl::ToUnixMicros(context.period_to),
          context.period_days,
          const_cast<store::StopFn*>(&context.stop),
          &IsCancelled,
          context.parameters.empty() ? nullptr : context.parameters.data(),
          static_cast<uint32_t>(context.parameters.size()),
          0};
}

absl::StatusOr<void*> CreateInstance(const KpiDefinition& definition,
                                     const KpiEntryPoints& functions, const ks_host* host) {
  if (functions.create == nullptr) return nullptr;
  std::vector<ks_config_value> values;
  for (const KpiSetting& setting : definition.settings) {
    values.push_back(
        {sizeof(ks_config_value), 0, {setting.name.data(), setting.name.size()}, setting.value});
  }
  void* instance = nullptr;
  const CallOutcome created = GuardedCall("create", [&](ks_error* error) {
    return functions.create(host, values.data(), static_cast<uint32_t>(values.size()),
                            sizeof(ks_config_value), &instance, error);
  });
  if (created.code != 0) return StatusOf(definition.id, "create", created);
  return instance;
}

class AbiFunction : public KpiFunction {
 public:
  AbiFunction(const KpiDefinition& definition, const KpiEntryPoints& functions, const ks_host* host,
              void* first)
      : definition_(definition),
        functions_(functions),
        pool_(definition_.reentrant, first,
              [this, host] { return CreateInstance(definition_, functions_, host); }) {}

  ~AbiFunction() override {
    for (void* instance : pool_.Drain()) {
      if (instance == nullptr || functions_.destroy == nullptr) continue;
      GuardedCall("destroy", [&](ks_error*) {
        functions_.destroy(instance);
        return 0;
      });
    }
  }

  absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext& context,
                                                  const EvaluationBatch& batch) const override {
    if (absl::Status fits = CheckQuestion(definition_, context, batch); !fits.ok()) return fits;
    if (batch.row_count == 0) return std::vector<RowResult>();
    absl::StatusOr<std::unique_ptr<AbiBatch>> buffers =
        AbiBatch::Make(batch, definition_.details.size());
    if (!buffers.ok()) return buffers.status();
    const auto lease = pool_.Acquire(context.stop);
    if (!lease.ok()) return lease.status();

    const ks_context asked = AbiContext(context);
    const CallOutcome evaluated = GuardedCall("evaluate", [&](ks_error* error) {
      return functions_.evaluate(lease->instance(), &asked, (*buffers)->input(),
                                 (*buffers)->output(), error);
    });
    if (evaluated.code != 0) return StatusOf(definition_.id, "evaluate", evaluated);
    auto results = (*buffers)->Results();
    if (!results.ok()) return Named(definition_.id, results.status());
    return results;
  }

  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& context,
                                          const EvaluationBatch& population) const override {
    if (functions_.fit == nullptr) {
      return absl::InternalError(fmt::format("{}: it has no model to fit", definition_.id));
    }
    absl::StatusOr<std::unique_ptr<AbiBatch>> buffers = AbiBatch::Make(population, 0);
    if (!buffers.ok()) return buffers.status();
    const auto lease = pool_.Acquire(context.stop);
    if (!lease.ok()) return lease.status();

    std::vector<double> parameters(definition_.parameters.size(),
                                   std::numeric_limits<double>::quiet_NaN());
    const ks_context asked = AbiContext(context);
    const CallOutcome fitted = GuardedCall("fit", [&](ks_error* error) {
      return functions_.fit(lease->instance(), &asked, (*buffers)->input(), parameters.data(),
                            static_cast<uint32_t>(parameters.size()), error);
    });
    if (fitted.code != 0) return StatusOf(definition_.id, "fit", fitted);
    if (absl::Status sound = CheckParameters(definition_, parameters); !sound.ok()) return sound;
    return parameters;
  }

 private:
  const KpiDefinition definition_;
  const KpiEntryPoints functions_;
  mutable InstancePool pool_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const KpiFunction>> MakeAbiFunction(const KpiDefinition& definition,
                                                                   const KpiEntryPoints& functions,
                                                                   const ks_host* host) {
  const absl::StatusOr<void*> first = CreateInstance(definition, functions, host);
  if (!first.ok()) return first.status();
  return std::make_shared<AbiFunction>(definition, functions, host, *first);
}

}  // namespace keyscore::kpis
