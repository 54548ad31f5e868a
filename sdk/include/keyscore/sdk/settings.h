// What a KPI's constructor is given: the values of its settings, and the host's log.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "keyscore/kpi_abi.h"
#include "keyscore/sdk/names.h"
#include "keyscore/sdk/terms.h"

namespace keyscore::sdk {

// The host, as far as a KPI may use it. Valid until the process ends; thread-safe.
class Host {
 public:
  explicit Host(const ks_host* host) : host_(host) {}

  // One line in the server's log. Nothing happens where the host offers no log.
  void Log(LogLevel level, std::string_view message) const {
    if (host_ != nullptr && host_->struct_size >= offsetof(ks_host, log) + sizeof(host_->log) &&
        host_->log != nullptr) {
      host_->log(host_->context, static_cast<uint32_t>(level), ToAbi(message));
    }
  }

 private:
  const ks_host* host_;
};

// The settings of K, within their bounds.
template <class K>
class SettingsOf {
 public:
  static constexpr std::size_t kCount = K::kDefinition.settings.count;

  SettingsOf(const std::array<double, kCount + 1>& values, Host host)
      : values_(values), host_(host) {}

  // The value of the setting of this name, found by the compiler.
  double operator[](SettingName<K> setting) const { return values_[setting.position]; }
  Host host() const { return host_; }

 private:
  std::array<double, kCount + 1> values_;  // one spare, so that none is not an empty array
  Host host_;
};

}  // namespace keyscore::sdk
