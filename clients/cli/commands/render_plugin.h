// Plugins as people and spreadsheets read them.
#pragma once

#include <ostream>
#include <string>

#include "cli/context.h"
#include "cli/text/table.h"
#include "keyscore/v1/plugin_service.pb.h"

namespace keyscore::cli {

void PrintPlugins(const v1::ListPluginsResponse& reply, const Terminal& terminal);
void PrintPluginsCsv(const v1::ListPluginsResponse& reply, std::ostream& out);

// Everything about one, with how it does at work.
void PrintPlugin(const v1::Plugin& plugin, const Terminal& terminal);
// The record that a list has of it.
void PrintPluginCsv(const v1::Plugin& plugin, std::ostream& out);

// After a change: one line that says how the plugin stands now.
void PrintPluginChanged(const v1::Plugin& plugin, const Terminal& terminal);

Cell StateOf(const v1::Plugin& plugin);
// "built in", "directory", "installed".
std::string SourceWords(const v1::Plugin& plugin);
// Where an active one runs: "worker" or "server"; else empty.
std::string PlaceOf(const v1::Plugin& plugin);

// "2017-07-01 12:30:05" in UTC; empty for a time that is not set.
std::string Moment(const google::protobuf::Timestamp& time);

// As much of a SHA-256 as people compare.
std::string ShortDigest(const std::string& sha256);

}  // namespace keyscore::cli
