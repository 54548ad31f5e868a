/* Says at load time that it can't work here. */
#include <keyscore/kpi_abi.h>
#include <string.h>

const ks_library* keyscore_kpi_library(const ks_host* host) {
  static const char kReason[] = "the licence of this library has expired";
  const ks_str reason = {kReason, sizeof(kReason) - 1};
  host->log(host->context, KS_LOG_ERROR, reason);
  return 0;
}
