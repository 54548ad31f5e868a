// Completion scripts of shells, from a tree of commands.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace keyscore::cli {

// `shell` is bash, zsh or fish. Completes commands, options, the values of options that take one of
// a few, and files where a file is meant.
std::string CompletionScript(const CLI::App& app, const std::string& shell);

}  // namespace keyscore::cli
