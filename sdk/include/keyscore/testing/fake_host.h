// A stand-in for keyscored in a KPI's own unit test. In the program that holds the library:
//
//   keyscore::testing::FakeHost host(keyscore_kpi_library);
//   auto result = host.Kpi("acme_health.churn").Set("active", {100}).Set("churned",
//   {5}).Evaluate(); EXPECT_EQ(result[0].value, 5);
//
// FakeHost("path/to/acme_health.so") loads the built library instead. Like the host it aligns
// buffers to 64 bytes, presets outputs and shows a KPI only what it declared; beyond that it checks
// that inputs were left alone and nothing was written out of bounds. Misuse and failing calls throw
// std::runtime_error, except from TryEvaluate. One thread.
#pragma once

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "keyscore/kpi_abi.h"
#include "keyscore/testing/fake_batch.h"

namespace keyscore::testing {

// One row of results; members as in ks_output_batch.
struct RowResult {
  int state = KS_STATE_NO_DATA;
  double value = 0;
  int64_t sample_size = 0;
  double weight = 1;
  double low = 0;
  double high = 0;
  std::map<std::string, double> details;  // those that the KPI set
};

// What fit came back with: a google.rpc code, its message, and the parameters (none if it failed).
struct Fitted {
  int32_t code = 0;
  std::string message;
  std::map<std::string, double> parameters;
};

// What a call came back with: a google.rpc code, its message, and the rows (none if it failed).
struct Evaluation {
  int32_t code = 0;
  std::string message;
  std::vector<RowResult> rows;

  const RowResult& operator[](std::size_t row) const { return rows.at(row); }
};

inline std::string_view Text(ks_str text) {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

// One KPI with what it is asked. Setters return *this. Made by FakeHost::Kpi.
class FakeKpi {
 public:
  // What lies behind the struct_size of a library of an older minor version counts as zero.
  FakeKpi(const ks_host* host, const ks_kpi* kpi) : host_(host) {
    std::memcpy(&kpi_, kpi, std::min<std::size_t>(kpi->struct_size, sizeof kpi_));
  }

  const ks_kpi& descriptor() const { return kpi_; }

  // The values of one input, a row each; a single one stands for all rows. Inputs that are not set
  // are 0 for counts and sums, empty for lists, null otherwise.
  FakeKpi& Set(const std::string& input, NumberColumn values) {
    inputs_[input] = std::move(values);
    return *this;
  }
  FakeKpi& SetLists(const std::string& input, ListColumn lists) {
    inputs_[input] = std::move(lists);
    return *this;
  }
  // A setting in place of its default.
  FakeKpi& Setting(const std::string& name, double value) {
    settings_[name] = value;
    return *this;
  }
  // The parameters of the KPI's model, as Fit returned them or made up; all of them.
  FakeKpi& Parameters(std::map<std::string, double> parameters) {
    parameters_ = std::move(parameters);
    return *this;
  }
  // The asked period; 30 days from 2024-01-01 UTC unless said. `days` is its length in days.
  FakeKpi& Period(int64_t from_unix_seconds, int64_t days) {
    from_us_ = from_unix_seconds * 1'000'000;
    days_ = days;
    return *this;
  }
  FakeKpi& Subject(ks_subject_kind kind) {
    subject_ = kind;
    return *this;
  }
  // The caller goes away when the KPI asks for the (n + 1)-th time.
  FakeKpi& CancelAfter(int questions) {
    cancel_after_ = questions;
    return *this;
  }
  // Structs and strides grow by `bytes`, a multiple of 8, as in a host of a later minor version.
  FakeKpi& GrowStructs(std::size_t bytes) {
    growth_ = bytes;
    return *this;
  }

  // Makes an instance, evaluates, destroys the instance. Throws where either call fails.
  Evaluation Evaluate() {
    Evaluation result = TryEvaluate();
    if (result.code != 0) {
      throw std::runtime_error("code " + std::to_string(result.code) + ": " + result.message);
    }
    return result;
  }

  // The same, but a failing call is an Evaluation with its code and message.
  Evaluation TryEvaluate() {
    Evaluation result;
    const std::size_t rows = CheckInputs();
    FakeBatch batch(rows, growth_, kpi_.detail_count);
    std::vector<double> parameters;
    for (uint32_t i = 0; i < kpi_.parameter_count; ++i) {
      const auto found = parameters_.find(NameOf(kpi_.parameters, kpi_.parameter_stride, i));
      if (found == parameters_.end()) {
        throw std::runtime_error("a parameter of the model is not set");
      }
      parameters.push_back(found->second);
    }
    result.code = Call(
        batch, rows, result.message,
        [&](void* instance, ks_context& context, const ks_input_batch& input, ks_error& error) {
          context.parameters = parameters.data();
          context.parameter_count = static_cast<uint32_t>(parameters.size());
          ks_output_batch output = batch.Output();
          return kpi_.evaluate(instance, &context, &input, &output, &error);
        });
    if (result.code != 0) return result;
    const ks_output_batch output = batch.Output();
    for (std::size_t i = 0; i < rows; ++i) {
      result.rows.push_back({output.state[i],
                             output.value[i],
                             output.sample_size[i],
                             output.weight[i],
                             output.low[i],
                             output.high[i],
                             {}});
      for (uint32_t d = 0; d < output.detail_count; ++d) {
        const double detail = output.details[d * rows + i];
        if (detail != detail) continue;  // NaN: not set
        result.rows.back().details[NameOf(kpi_.details, kpi_.detail_stride, d)] = detail;
      }
    }
    return result;
  }

  // Fits the KPI's model with the inputs that were set as the population, a row an account.
  Fitted Fit() {
    if (kpi_.fit == nullptr) throw std::runtime_error("the KPI has no model to fit");
    Fitted fitted;
    const std::size_t rows = CheckInputs();
    FakeBatch batch(rows, growth_);
    AlignedBuffer buffer(kpi_.parameter_count * sizeof(double));
    const std::span<double> parameters = buffer.As<double>();
    for (double& parameter : parameters) parameter = std::numeric_limits<double>::quiet_NaN();
    fitted.code = Call(
        batch, rows, fitted.message,
        [&](void* instance, ks_context& context, const ks_input_batch& input, ks_error& error) {
          return kpi_.fit(instance, &context, &input, parameters.data(), kpi_.parameter_count,
                          &error);
        });
    if (!buffer.GuardsIntact()) throw std::runtime_error("fit wrote outside of its parameters");
    if (fitted.code != 0) return fitted;
    for (uint32_t i = 0; i < kpi_.parameter_count; ++i) {
      fitted.parameters[NameOf(kpi_.parameters, kpi_.parameter_stride, i)] = parameters[i];
    }
    return fitted;
  }

 private:
  // Makes an instance, lays out the inputs, calls `run` with them, destroys the instance. Returns
  // the code of what failed, its message in `message`.
  template <class Run>
  int32_t Call(FakeBatch& batch, std::size_t rows, std::string& message, Run run) {
    char text[512];
    ks_error error{};
    error.struct_size = sizeof error;
    error.message = text;
    error.capacity = sizeof text;

    void* instance = nullptr;
    const std::vector<std::byte> settings = Settings();
    const std::size_t stride = sizeof(ks_config_value) + growth_;
    int32_t code = 0;
    if (kpi_.create != nullptr) {
      code = kpi_.create(host_, reinterpret_cast<const ks_config_value*>(settings.data()),
                         kpi_.config_count, static_cast<uint32_t>(stride), &instance, &error);
    }
    if (code != 0) {
      message.assign(text, error.size);
      return code;
    }
    const std::unique_ptr<void, void (*)(void*)> owner(
        instance, kpi_.destroy != nullptr ? kpi_.destroy : +[](void*) {});

    for (uint32_t i = 0; i < kpi_.input_count; ++i) batch.Add(Measure(i), Column(Measure(i), rows));
    const uint64_t before = batch.InputFingerprint();
    const ks_input_batch input = batch.Input();
    questions_ = 0;
    ks_context context{};
    context.struct_size = static_cast<uint32_t>(sizeof(ks_context) + growth_);
    context.subject_kind = subject_;
    context.period_from_us = from_us_;
    context.period_to_us = from_us_ + days_ * 86'400'000'000;
    context.period_days = days_;
    context.cancel_context = this;
    context.cancelled = &Cancelled;
    code = run(instance, context, input, error);

    if (!batch.GuardsIntact()) throw std::runtime_error("the KPI wrote outside of its buffers");
    if (batch.InputFingerprint() != before) throw std::runtime_error("the KPI changed its inputs");
    if (code != 0) message.assign(text, error.size);
    return code;
  }

  static std::string NameOf(const ks_figure* figures, uint32_t stride, uint32_t index) {
    const auto* figure = reinterpret_cast<const ks_figure*>(reinterpret_cast<const char*>(figures) +
                                                            std::size_t{index} * stride);
    return std::string(Text(figure->name));
  }

  static int32_t Cancelled(void* self) {
    auto* kpi = static_cast<FakeKpi*>(self);
    return kpi->cancel_after_ >= 0 && kpi->questions_++ >= kpi->cancel_after_ ? 1 : 0;
  }

  const ks_measure& Measure(uint32_t i) const {
    return *reinterpret_cast<const ks_measure*>(reinterpret_cast<const char*>(kpi_.inputs) +
                                                std::size_t{i} * kpi_.input_stride);
  }

  static std::size_t Length(const InputColumn& column) {
    return std::visit([](const auto& values) { return values.size(); }, column);
  }

  // The number of rows; throws where an input is unknown, of another kind, or of another length.
  std::size_t CheckInputs() const {
    std::size_t rows = 1;
    for (const auto& [name, column] : inputs_) {
      if (Length(column) != 1) rows = Length(column);
    }
    for (const auto& [name, column] : inputs_) {
      const ks_measure* measure = nullptr;
      for (uint32_t i = 0; i < kpi_.input_count; ++i) {
        if (Text(Measure(i).name) == name) measure = &Measure(i);
      }
      if (measure == nullptr) throw std::runtime_error("the KPI has no input '" + name + "'");
      if (std::holds_alternative<ListColumn>(column) != (measure->aggregate == KS_LIST)) {
        throw std::runtime_error("input '" + name +
                                 "': lists are set with SetLists, and only they");
      }
      if (Length(column) != rows && Length(column) != 1) {
        throw std::runtime_error("input '" + name + "' has " + std::to_string(Length(column)) +
                                 " rows, another has " + std::to_string(rows));
      }
    }
    return rows;
  }

  // The column of `measure`, repeated or filled in to `rows` rows.
  InputColumn Column(const ks_measure& measure, std::size_t rows) const {
    const auto found = inputs_.find(std::string(Text(measure.name)));
    InputColumn column;
    if (found != inputs_.end()) {
      column = found->second;
    } else if (measure.aggregate == KS_LIST) {
      column = ListColumn(1);
    } else {
      const bool additive = measure.aggregate == KS_COUNT || measure.aggregate == KS_SUM ||
                            measure.aggregate == KS_COUNT_DISTINCT;
      column = additive ? NumberColumn{0.0} : NumberColumn{std::nullopt};
    }
    std::visit(
        [rows](auto& values) {
          if (values.size() == rows) return;
          const auto single = values.at(0);
          values.assign(rows, single);
        },
        column);
    return column;
  }

  std::vector<std::byte> Settings() const {
    const std::size_t stride = sizeof(ks_config_value) + growth_;
    std::vector<std::byte> bytes(kpi_.config_count * stride, std::byte{0xEE});
    std::size_t used = 0;
    for (uint32_t i = 0; i < kpi_.config_count; ++i) {
      const auto& field = *reinterpret_cast<const ks_config_field*>(
          reinterpret_cast<const char*>(kpi_.config) + std::size_t{i} * kpi_.config_stride);
      ks_config_value value{};
      value.struct_size = static_cast<uint32_t>(stride);
      value.name = field.name;
      const auto found = settings_.find(std::string(Text(field.name)));
      value.value = found == settings_.end() ? field.default_value : found->second;
      used += found == settings_.end() ? 0 : 1;
      std::memcpy(bytes.data() + i * stride, &value, sizeof value);
    }
    if (used != settings_.size()) throw std::runtime_error("a setting that the KPI does not have");
    return bytes;
  }

  const ks_host* host_;
  ks_kpi kpi_{};
  std::map<std::string, InputColumn> inputs_;
  std::map<std::string, double> settings_;
  std::map<std::string, double> parameters_;
  ks_subject_kind subject_ = KS_SUBJECT_MANAGER;
  int64_t from_us_ = 1'704'067'200'000'000;
  int64_t days_ = 30;
  int cancel_after_ = -1;
  int questions_ = 0;
  std::size_t growth_ = 0;
};

struct LogLine {
  uint32_t level;  // ks_log_level
  std::string message;
};

// The host and one library. Neither copied nor moved: the library may keep the host's address.
class FakeHost {
 public:
  // The library that `entry` returns, usually keyscore_kpi_library of the same program. A host of
  // another version may be played.
  explicit FakeHost(ks_library_fn entry, uint32_t abi_major = KS_ABI_MAJOR,
                    uint32_t abi_minor = KS_ABI_MINOR) {
    host_.struct_size = sizeof host_;
    host_.abi_major = abi_major;
    host_.abi_minor = abi_minor;
    host_.context = this;
    host_.log = [](void* self, uint32_t level, ks_str message) {
      static_cast<FakeHost*>(self)->log_.push_back({level, std::string(Text(message))});
    };
    library_ = entry(&host_);
  }

  // The built library at `path`. It stays loaded until the program ends.
  explicit FakeHost(const std::string& path) : FakeHost(Load(path)) {}

  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  // False where the library refused this host; log() has the reason.
  bool admitted() const { return library_ != nullptr; }
  const ks_library& library() const {
    if (library_ == nullptr) throw std::runtime_error("the library refused the host");
    return *library_;
  }
  const std::vector<LogLine>& log() const { return log_; }

  // The KPI of this id; throws where there is none.
  FakeKpi Kpi(std::string_view id) const {
    for (uint32_t i = 0; i < library().kpi_count; ++i) {
      const auto* kpi = reinterpret_cast<const ks_kpi*>(
          reinterpret_cast<const char*>(library_->kpis) + std::size_t{i} * library_->kpi_stride);
      if (Text(kpi->id) == id) return FakeKpi(&host_, kpi);
    }
    throw std::runtime_error("the library has no KPI '" + std::string(id) + "'");
  }

 private:
  static ks_library_fn Load(const std::string& path) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) throw std::runtime_error(dlerror());
    void* symbol = dlsym(handle, KS_ENTRY_SYMBOL);
    if (symbol == nullptr) throw std::runtime_error(path + " does not export " + KS_ENTRY_SYMBOL);
    return reinterpret_cast<ks_library_fn>(symbol);
  }

  ks_host host_{};
  const ks_library* library_ = nullptr;
  std::vector<LogLine> log_;
};

}  // namespace keyscore::testing
