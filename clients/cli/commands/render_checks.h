// What came of installing a library: the plugin, and the rules that it was held against.
#pragma once

#include "cli/context.h"
#include "keyscore/v1/plugin_service.pb.h"

namespace keyscore::cli {

struct InstallAsked {
  bool validate_only = false;
  bool shadow = false;
};

void PrintInstalled(const v1::InstallPluginResponse& reply, const InstallAsked& asked,
                    const Terminal& terminal);

}  // namespace keyscore::cli
