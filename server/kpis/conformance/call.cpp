// Makes the calls and keeps what came of them.
#include "kpis/conformance/call.h"

#include <array>
#include <bit>
#include <cmath>
#include <exception>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "kpis/conformance/call_buffers.h"
#include "kpis/text.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kMessageBytes = 500;

// Runs one call, which must not throw; some do.
template <class Call>
CallResult Guarded(Call call) {
  CallResult result;
  std::array<char, kMessageBytes> text{};
  ks_error error{sizeof(ks_error), 0, text.data(), text.size()};
  try {
    result.code = call(&error);
  } catch (const std::exception& thrown) {
    result.thrown = fmt::format("threw an exception: {}", SafeText(thrown.what(), kMessageBytes));
  } catch (...) {
    result.thrown = "threw an exception";
  }
  result.message =
      SafeText({text.data(), std::min<size_t>(error.size, text.size())}, kMessageBytes);
  return result;
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

}  // namespace

bool OutputRow::SameBits(const OutputRow& other) const {
  using conformance::SameBits;
  if (state != other.state) return false;
  if (details.size() != other.details.size()) return false;
  for (size_t i = 0; i < details.size(); ++i) {
    if (!SameBits(details[i], other.details[i])) return false;
  }
  // The host reads the rest of rows with a value only.
  return state != KS_STATE_VALUE ||
         (SameBits(value, other.value) && sample_size == other.sample_size &&
          SameBits(weight, other.weight) && SameBits(low, other.low) && SameBits(high, other.high));
}

std::string ToWords(const OutputRow& row) {
  constexpr const char* kStates[] = {"NO_DATA", "VALUE", "NOT_APPLICABLE", "ERROR"};
  if (row.state > KS_STATE_ERROR) return fmt::format("state {}", row.state);
  if (row.state != KS_STATE_VALUE) return kStates[row.state];
  std::string text =
      fmt::format("VALUE {}, sample size {}, weight {}", row.value, row.sample_size, row.weight);
  if (!std::isnan(row.low) || !std::isnan(row.high)) {
    text += fmt::format(", interval {} to {}", row.low, row.high);
  }
  return text;
}

std::string Complaint(const CallResult& result) {
  if (!result.thrown.empty()) return result.thrown;
  if (!result.damage.empty()) return result.damage;
  if (result.code == 0) return "";
  constexpr auto kLast = static_cast<int32_t>(absl::StatusCode::kUnauthenticated);
  const std::string name =
      result.code < 0 || result.code > kLast
          ? "which is no google.rpc.Code"
          : absl::StatusCodeToString(static_cast<absl::StatusCode>(result.code));
  return fmt::format("returned {} ({}){}", result.code, name,
                     result.message.empty() ? " without a message" : ": " + result.message);
}

SettingValues DefaultSettings(const KpiDefinition& definition) {
  SettingValues settings;
  for (const KpiSetting& setting : definition.settings) {
    settings.values.push_back(setting.default_value);
  }
  return settings;
}

Instance Instance::Make(const DescribedKpi& kpi, const ks_host* host, const SettingValues& settings,
                        CallResult& made) {
  made = {};
  void* instance = nullptr;
  if (kpi.functions.create != nullptr) {
    std::vector<ks_config_value> values;
    for (size_t i = 0; i < settings.values.size(); ++i) {
      const std::string& name =
          settings.names.empty() ? kpi.definition.settings[i].name : settings.names[i];
      values.push_back(
          {sizeof(ks_config_value), 0, {name.data(), name.size()}, settings.values[i]});
    }
    made = Guarded([&](ks_error* error) {
      return kpi.functions.create(host, values.data(), static_cast<uint32_t>(values.size()),
                                  sizeof(ks_config_value), &instance, error);
    });
  }
  const bool usable = made.code == 0 && made.thrown.empty();
  return Instance(kpi, usable ? instance : nullptr);
}

Instance::Instance(Instance&& other) noexcept
    : kpi_(other.kpi_), instance_(std::exchange(other.instance_, nullptr)) {}

Instance::~Instance() {
  if (instance_ != nullptr && kpi_->functions.destroy != nullptr) {
    kpi_->functions.destroy(instance_);
  }
}

CallResult Instance::Evaluate(const InputRows& rows, const Question& question,
                              const Layout& layout) const {
  CallBuffers buffers(kpi_->definition, rows, question, layout, kpi_->definition.details.size());
  return Evaluate(buffers);
}

CallResult Instance::Evaluate(CallBuffers& buffers) const {
  CallResult result = Guarded([&](ks_error* error) {
    return kpi_->functions.evaluate(instance_, buffers.context(), buffers.input(), buffers.output(),
                                    error);
  });
  result.damage = buffers.Damage();
  if (Complaint(result).empty()) result.rows = buffers.Rows();
  return result;
}

CallResult Instance::Fit(const InputRows& population, const Question& question,
                         const Layout& layout) const {
  CallBuffers buffers(kpi_->definition, population, question, layout, 0);
  const size_t count = kpi_->definition.parameters.size();
  GuardedBuffer parameters(count * sizeof(double), layout.placement, "the parameters");
  std::fill_n(parameters.As<double>(), count, std::nan(""));
  CallResult result = Guarded([&](ks_error* error) {
    return kpi_->functions.fit(instance_, buffers.context(), buffers.input(),
                               parameters.As<double>(), static_cast<uint32_t>(count), error);
  });
  result.damage = buffers.Damage();
  if (result.damage.empty()) result.damage = parameters.Damage().value_or("");
  if (Complaint(result).empty()) {
    result.parameters.assign(parameters.As<double>(), parameters.As<double>() + count);
  }
  return result;
}

}  // namespace keyscore::kpis::conformance
