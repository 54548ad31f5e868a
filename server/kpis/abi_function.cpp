// Calls a library's create, evaluate and destroy; lets no exception in and no broken status out.
#include "kpis/abi_function.h"

#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "kpis/abi_batch.h"
#include "kpis/instance_pool.h"
#include "kpis/text.h"

namespace keyscore::kpis {
namespace {

constexpr size_t kMaxMessageBytes = 2'000;

// The text that a failing call leaves behind.
class ErrorText {
 public:
  ks_error* abi() { return &error_; }

  // What the library wrote, whatever it did to the struct.
  std::string Text() const {
    return SafeText({buffer_.data(), std::min<size_t>(error_.size, buffer_.size())},
                    kMaxMessageBytes);
  }

 private:
  std::array<char, kMaxMessageBytes> buffer_{};
  ks_error error_{sizeof(ks_error), 0, buffer_.data(), buffer_.size()};
};

// `call` returned `code`; 0 is OK.
absl::Status StatusOf(const std::string& kpi_id, std::string_view call, int32_t code,
                      const std::string& text) {
  if (code == 0) return absl::OkStatus();
  // Most libraries name the KPI themselves.
  const std::string prefix = absl::StartsWith(text, kpi_id + ":") ? "" : kpi_id + ": ";
  const std::string message =
      text.empty() ? fmt::format("{} failed without a message", call) : text;
  constexpr int32_t kLastCode = static_cast<int32_t>(absl::StatusCode::kUnauthenticated);
  if (code < 0 || code > kLastCode) {
    return absl::InternalError(fmt::format("{}{} ({} returned {}, which is no google.rpc.Code)",
                                           prefix, message, call, code));
  }
  return absl::Status(static_cast<absl::StatusCode>(code), prefix + message);
}

// Runs one call into the library, which must not throw; some do.
template <class Call>
absl::Status Guarded(const std::string& kpi_id, std::string_view name, Call call) {
  ErrorText error;
  int32_t code = 0;
  try {
    code = call(error.abi());
  } catch (const std::exception& thrown) {
    return absl::InternalError(fmt::format("{}: {} threw an exception: {}", kpi_id, name,
                                           SafeText(thrown.what(), kMaxMessageBytes)));
  } catch (...) {
    return absl::InternalError(fmt::format("{}: {} threw an exception", kpi_id, name));
  }
  return StatusOf(kpi_id, name, code, error.Text());
}

int32_t IsCancelled(void* stop) {
  const auto& asked = *static_cast<const store::StopFn*>(stop);
  try {
    return asked && asked() ? 1 : 0;
  } catch (...) {  // must not cross the library
    return 1;
  }
}

uint32_t AbiKind(store::SubjectKind kind) {
  switch (kind) {
    case store::SubjectKind::kManager:
      return KS_SUBJECT_MANAGER;
    case store::SubjectKind::kAccount:
      return KS_SUBJECT_ACCOUNT;
    case store::SubjectKind::kTeam:
      return KS_SUBJECT_TEAM;
    case store::SubjectKind::kOrganization:
      return KS_SUBJECT_ORGANIZATION;
  }
  return 0;
}

// Views of `context`, which must outlive it.
ks_context AbiContext(const EvaluationContext& context) {
  return {sizeof(ks_context),
          AbiKind(context.subject_kind),
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
  const absl::Status created = Guarded(definition.id, "create", [&](ks_error* error) {
    return functions.create(host, values.data(), static_cast<uint32_t>(values.size()),
                            sizeof(ks_config_value), &instance, error);
  });
  if (!created.ok()) return created;
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
      Guarded(definition_.id, "destroy", [&](ks_error*) {
        functions_.destroy(instance);
        return 0;
      }).IgnoreError();
    }
  }

  absl::StatusOr<std::vector<RowResult>> Evaluate(const EvaluationContext& context,
                                                  const EvaluationBatch& batch) const override {
    const size_t inputs = definition_.inputs.size();
    if (batch.columns.size() != inputs || batch.aggregates.size() != inputs) {
      return absl::InternalError(fmt::format("{}: {} input columns given, {} declared",
                                             definition_.id, batch.columns.size(), inputs));
    }
    if (batch.row_count == 0) return std::vector<RowResult>();
    if (context.parameters.size() != definition_.parameters.size()) {
      return absl::InternalError(fmt::format("{}: {} parameters given, {} declared", definition_.id,
                                             context.parameters.size(),
                                             definition_.parameters.size()));
    }
    absl::StatusOr<AbiBatch> buffers = AbiBatch::Make(batch, definition_.details.size());
    if (!buffers.ok()) return buffers.status();
    const auto lease = pool_.Acquire(context.stop);
    if (!lease.ok()) return lease.status();

    const ks_context asked = AbiContext(context);
    const absl::Status evaluated = Guarded(definition_.id, "evaluate", [&](ks_error* error) {
      return functions_.evaluate(lease->instance(), &asked, buffers->input(), buffers->output(),
                                 error);
    });
    if (!evaluated.ok()) return evaluated;
    return buffers->Results();
  }

  absl::StatusOr<std::vector<double>> Fit(const EvaluationContext& context,
                                          const EvaluationBatch& population) const override {
    if (functions_.fit == nullptr) {
      return absl::InternalError(fmt::format("{}: it has no model to fit", definition_.id));
    }
    absl::StatusOr<AbiBatch> buffers = AbiBatch::Make(population, 0);
    if (!buffers.ok()) return buffers.status();
    const auto lease = pool_.Acquire(context.stop);
    if (!lease.ok()) return lease.status();

    std::vector<double> parameters(definition_.parameters.size(),
                                   std::numeric_limits<double>::quiet_NaN());
    const ks_context asked = AbiContext(context);
    const absl::Status fitted = Guarded(definition_.id, "fit", [&](ks_error* error) {
      return functions_.fit(lease->instance(), &asked, buffers->input(), parameters.data(),
                            static_cast<uint32_t>(parameters.size()), error);
    });
    if (!fitted.ok()) return fitted;
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (!std::isfinite(parameters[i])) {
        return absl::InternalError(fmt::format("{}: fit: parameter '{}' is not finite",
                                               definition_.id, definition_.parameters[i].name));
      }
    }
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
