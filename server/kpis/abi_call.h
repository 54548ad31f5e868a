// What every call into a library has in common, here and in a worker: nothing thrown gets out, the
// message is copied whatever the library did to it, and the code becomes a status.
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "keyscore/kpi_abi.h"
#include "kpis/kpi_definition.h"
#include "kpis/kpi_function.h"
#include "kpis/text.h"

namespace keyscore::kpis {

inline constexpr size_t kMaxCallMessageBytes = 2'000;

// How a call ended: 0 is OK, others are google.rpc.Code, or should be.
struct CallOutcome {
  int32_t code = 0;
  std::string message;
};

// Runs one call into the library, which must not throw; some do. `call` takes the ks_error* to hand
// on and returns the code.
template <class Call>
CallOutcome GuardedCall(std::string_view name, Call call) {
  std::array<char, kMaxCallMessageBytes> buffer{};
  ks_error error{sizeof(ks_error), 0, buffer.data(), buffer.size()};
  constexpr auto kInternal = static_cast<int32_t>(absl::StatusCode::kInternal);
  int32_t code = 0;
  try {
    code = call(&error);
  } catch (const std::exception& thrown) {
    return {kInternal, fmt::format("{} threw an exception: {}", name,
                                   SafeText(thrown.what(), kMaxCallMessageBytes))};
  } catch (...) {
    return {kInternal, fmt::format("{} threw an exception", name)};
  }
  if (code == 0) return {};
  return {code, SafeText({buffer.data(), std::min<size_t>(error.size, buffer.size())},
                         kMaxCallMessageBytes)};
}

// The status of a call that failed, its message prefixed with the KPI's id.
absl::Status StatusOf(const std::string& kpi_id, std::string_view call, const CallOutcome& outcome);

// The status with the KPI's id in front of its message, payloads kept.
absl::Status Named(const std::string& kpi_id, const absl::Status& status);

uint32_t AbiSubjectKind(store::SubjectKind kind);

// INTERNAL where columns or parameters are not as many as the KPI declares.
absl::Status CheckQuestion(const KpiDefinition& definition, const EvaluationContext& context,
                           const EvaluationBatch& batch);

// INTERNAL names the first fitted parameter that is not finite.
absl::Status CheckParameters(const KpiDefinition& definition,
                             const std::vector<double>& parameters);

}  // namespace keyscore::kpis
