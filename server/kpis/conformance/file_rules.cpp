// Judges a library by its symbols.
#include "kpis/conformance/file_rules.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>

#include "absl/cleanup/cleanup.h"
#include "fmt/format.h"
#include "keyscore/kpi_abi.h"
#include "kpis/conformance/elf_file.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr char kBuildFix[] = "build it with keyscore_plugin() of the SDK's CMake package";

// As the author wrote it, where it is a name of C++.
std::string Demangled(const std::string& symbol) {
  int status = 0;
  char* const name = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  const absl::Cleanup free_name = [name] { std::free(name); };
  return name == nullptr ? symbol : name;
}

void JudgeExports(const ElfSymbols& symbols, RuleResult& rule) {
  std::vector<std::string> others;
  for (const std::string& name : symbols.exported) {
    if (name != KS_ENTRY_SYMBOL) others.push_back(Demangled(name));
  }
  if (others.size() == symbols.exported.size()) {
    rule.failures.push_back({"", fmt::format("does not export {}", KS_ENTRY_SYMBOL),
                             "end one source with KEYSCORE_LIBRARY(...), or export that function "
                             "with KS_EXPORT"});
  }
  if (others.empty()) return;
  constexpr size_t kShown = 5;
  const size_t more = others.size() - std::min(kShown, others.size());
  others.resize(others.size() - more);
  rule.failures.push_back(
      {"",
       fmt::format("exports {}{} besides", fmt::join(others, ", "),
                   more > 0 ? fmt::format(" and {} more", more) : ""),
       fmt::format(
           "compile with -fvisibility=hidden and hide the rest with a version script; or {}",
           kBuildFix)});
}

void JudgeUnique(const ElfSymbols& symbols, RuleResult& rule) {
  if (symbols.unique.empty()) return;
  rule.failures.push_back(
      {"",
       fmt::format("{} GNU-unique symbol{}, such as {}: such statics are shared with every other "
                   "library of the process",
                   symbols.unique.size(), symbols.unique.size() == 1 ? "" : "s",
                   Demangled(symbols.unique.front())),
       fmt::format("compile with -fno-gnu-unique (GCC); or {}", kBuildFix)});
}

void JudgeThreadLocals(const ElfSymbols& symbols, RuleResult& rule) {
  for (const std::string& name : symbols.needed) {
    if (name != "__cxa_thread_atexit" && name != "__cxa_thread_atexit_impl") continue;
    rule.failures.push_back(
        {"",
         fmt::format("a thread-local object has a destructor ({} is called): it would run in the "
                     "host's threads, and keeps the library from ever being unloaded",
                     name),
         "keep no thread_local objects but plain data; put scratch space on the stack"});
    return;
  }
}

}  // namespace

std::vector<RuleResult> CheckSymbols(const std::string& path) {
  std::vector<RuleResult> rules = {
      {.rule = "file", .tried = "a shared library for this machine"},
      {.rule = "exports", .tried = "exactly one exported symbol"},
      {.rule = "no_gnu_unique", .tried = "no GNU-unique symbols"},
      {.rule = "no_tls_destructors", .tried = "no destructors of thread-local objects"}};
  const absl::StatusOr<ElfSymbols> symbols = ReadElfSymbols(path);
  if (!symbols.ok()) {
    rules[0].outcome = Outcome::kFailed;
    rules[0].failures.push_back(
        {"", std::string(symbols.status().message()), "name the library that the build made"});
    for (size_t i = 1; i < rules.size(); ++i) rules[i].note = "see file";
    return rules;
  }
  JudgeExports(*symbols, rules[1]);
  JudgeUnique(*symbols, rules[2]);
  JudgeThreadLocals(*symbols, rules[3]);
  for (RuleResult& rule : rules) {
    rule.outcome = rule.failures.empty() ? Outcome::kPassed : Outcome::kFailed;
  }
  return rules;
}

}  // namespace keyscore::kpis::conformance
