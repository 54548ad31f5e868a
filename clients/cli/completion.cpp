// Walks the tree once and prints what each shell wants to know.
#include "cli/completion.h"

#include <functional>
#include <vector>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace keyscore::cli {
namespace {

struct OptionInfo {
  std::vector<std::string> names;  // "--period", "-p"
  std::string help;
  bool takes_value = false;
  bool is_file = false;
  std::vector<std::string> choices;
};

struct CommandInfo {
  std::string path;                  // "kpis show"; empty for the root
  std::vector<std::string> aliases;  // other last words: "plugin" of "plugins"
  std::string help;
  std::vector<std::pair<std::string, std::string>> commands;  // name, help
  std::vector<OptionInfo> options;
  std::vector<std::string> words;  // choices of positionals
  bool takes_files = false;
};

// The choices of an option that is checked by CLI::IsMember, which prints them as "{a,b}".
std::vector<std::string> Choices(const CLI::Option& option) {
  std::vector<std::string> choices;
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return choices;
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

bool MeansFile(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.find("FILE") != std::string::npos || type.find("PATH") != std::string::npos;
}

CommandInfo Describe(const CLI::App& app, const std::string& path) {
  CommandInfo info{.path = path, .aliases = app.get_aliases(), .help = app.get_description()};
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    info.commands.emplace_back(sub->get_name(), sub->get_description());
  }
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) {
      const auto choices = Choices(*option);
      info.words.insert(info.words.end(), choices.begin(), choices.end());
      info.takes_files = info.takes_files || MeansFile(*option);
      continue;
    }
    OptionInfo described{.help = option->get_description(),
                         .takes_value = option->get_items_expected_max() > 0,
                         .is_file = MeansFile(*option),
                         .choices = Choices(*option)};
    for (const std::string& name : option->get_lnames()) described.names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) described.names.push_back("-" + name);
    info.options.push_back(std::move(described));
  }
  return info;
}

std::vector<CommandInfo> Walk(const CLI::App& app) {
  std::vector<CommandInfo> all;
  const std::function<void(const CLI::App&, const std::string&)> visit =
      [&](const CLI::App& at, const std::string& path) {
        all.push_back(Describe(at, path));
        for (const CLI::App* sub : at.get_subcommands([](const CLI::App*) { return true; })) {
          visit(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
        }
      };
  visit(app, "");
  // Global options may follow any command.
  const std::vector<OptionInfo> global = all.front().options;
  for (size_t i = 1; i < all.size(); ++i) {
    for (const OptionInfo& option : global) {
      if (option.names.front() != "--help" && option.names.front() != "--version") {
        all[i].options.push_back(option);
      }
    }
  }
  return all;
}

std::string SingleQuoted(const std::string& text) {
  return "'" + absl::StrReplaceAll(text, {{"'", "'\\''"}}) + "'";
}

// bash and zsh share the search for the command: the words of the line that name one, in order.
constexpr char kBashHead[] =
    R"(# Completion of keyscore for bash: source <(keyscore completion bash)
_keyscore() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' word
  local words='' files=''
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
)";

std::string Bash(const std::vector<CommandInfo>& all) {
  std::string script = kBashHead;
  for (const CommandInfo& command : all) {
    if (command.path.empty()) continue;
    const size_t space = command.path.rfind(' ');
    const std::string parent = space == std::string::npos ? "" : command.path.substr(0, space);
    const std::string name = command.path.substr(space == std::string::npos ? 0 : space + 1);
    std::string pattern = fmt::format("'{} {}'", parent, name);
    for (const std::string& alias : command.aliases) {
      pattern += fmt::format("|'{} {}'", parent, alias);
    }
    script += fmt::format("      {}) path='{}' ;;\n", pattern, command.path);
  }
  script += "    esac\n  done\n  case \"$path:$prev\" in\n";
  for (const CommandInfo& command : all) {
    for (const OptionInfo& option : command.options) {
      if (!option.takes_value) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) {
        patterns.push_back(fmt::format("'{}:{}'", command.path, name));
      }
      const std::string action =
          !option.choices.empty() ? fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))",
                                                absl::StrJoin(option.choices, " "))
          : option.is_file        ? std::string("COMPREPLY=($(compgen -f -- \"$cur\"))")
                                  : std::string(":");
      script += fmt::format("    {}) {}; return ;;\n", absl::StrJoin(patterns, "|"), action);
    }
  }
  script += "  esac\n  case \"$path\" in\n";
  for (const CommandInfo& command : all) {
    std::vector<std::string> words;
    for (const auto& [name, help] : command.commands) words.push_back(name);
    words.insert(words.end(), command.words.begin(), command.words.end());
    std::vector<std::string> options;
    for (const OptionInfo& option : command.options) options.push_back(option.names.front());
    script += fmt::format("    '{}') [[ $cur == -* ]] && words='{}' || words='{}'{} ;;\n",
                          command.path, absl::StrJoin(options, " "), absl::StrJoin(words, " "),
                          command.takes_files ? "; files=1" : "");
  }
  script +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
      "  [[ -n $files && $cur != -* ]] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
      "}\n"
      "complete -o filenames -F _keyscore keyscore\n";
  return script;
}

// One _arguments specification: '(--period -p)'{--period,-p}'[help]:value:action'.
std::string ZshOption(const OptionInfo& option) {
  const std::string help =
      absl::StrReplaceAll(option.help, {{"'", "'\\''"}, {"[", "("}, {"]", ")"}, {":", "\\:"}});
  std::string value;
  if (option.takes_value) {
    const std::string action = !option.choices.empty()
                                   ? fmt::format("({})", absl::StrJoin(option.choices, " "))
                               : option.is_file ? std::string("_files")
                                                : std::string(" ");
    value = fmt::format(":value:{}", action);
  }
  if (option.names.size() == 1) return fmt::format("'{}[{}]{}'", option.names.front(), help, value);
  return fmt::format("'({})'{{{}}}'[{}]{}'", absl::StrJoin(option.names, " "),
                     absl::StrJoin(option.names, ","), help, value);
}

std::string Zsh(const std::vector<CommandInfo>& all) {
  std::string script =
      "#compdef keyscore\n"
      "# Completion of keyscore for zsh: keyscore completion zsh > \"${fpath[1]}/_keyscore\"\n";
  const auto function_of = [](const std::string& path) {
    return "_keyscore" + (path.empty() ? "" : "_" + absl::StrReplaceAll(path, {{" ", "_"}}));
  };
  for (const CommandInfo& command : all) {
    script += fmt::format(
        "{}() {{\n  local context state state_descr line\n  typeset -A opt_args\n"
        "  _arguments -C",
        function_of(command.path));
    for (const OptionInfo& option : command.options) script += " \\\n    " + ZshOption(option);
    if (!command.commands.empty()) {
      script +=
          " \\\n    '1:command:->command' '*::argument:->argument'\n  case $state in\n"
          "    command)\n      local -a commands=(\n";
      for (const auto& [name, help] : command.commands) {
        script += "        " + SingleQuoted(name + ":" + help) + "\n";
      }
      script +=
          "      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n";
      for (const auto& [name, help] : command.commands) {
        const std::string path = command.path.empty() ? name : command.path + " " + name;
        std::string pattern = name;
        for (const CommandInfo& other : all) {
          if (other.path != path) continue;
          for (const std::string& alias : other.aliases) pattern += "|" + alias;
        }
        script += fmt::format("        {}) {} ;;\n", pattern, function_of(path));
      }
      script += "      esac ;;\n  esac\n";
    } else {
      if (!command.words.empty()) {
        script += fmt::format(" \\\n    '1:value:({})'", absl::StrJoin(command.words, " "));
      }
      if (command.takes_files) script += " \\\n    '*:file:_files'";
      script += "\n";
    }
    script += "}\n";
  }
  return script + "_keyscore \"$@\"\n";
}

std::string Fish(const std::vector<CommandInfo>& all) {
  std::string script =
      "# Completion of keyscore for fish: keyscore completion fish > "
      "~/.config/fish/completions/keyscore.fish\n"
      "complete -c keyscore -f\n";
  for (const CommandInfo& command : all) {
    std::vector<std::string> siblings;
    for (const auto& [name, help] : command.commands) siblings.push_back(name);
    std::string condition;
    std::string path;
    for (const std::string& word : CLI::detail::split(command.path, ' ')) {
      if (word.empty()) continue;
      path += (path.empty() ? "" : " ") + word;
      condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
      for (const CommandInfo& other : all) {
        if (other.path != path) continue;
        for (const std::string& alias : other.aliases) condition += " " + alias;
      }
    }
    std::string here = condition;
    if (!siblings.empty()) {
      here += (here.empty() ? "" : "; and ") +
              ("not __fish_seen_subcommand_from " + absl::StrJoin(siblings, " "));
    }
    const auto line = [&script](const std::string& when, const std::string& rest) {
      script +=
          "complete -c keyscore" + (when.empty() ? "" : " -n " + SingleQuoted(when)) + rest + "\n";
    };
    for (const auto& [name, help] : command.commands) {
      line(here, fmt::format(" -a {} -d {}", name, SingleQuoted(help)));
    }
    if (!command.words.empty()) {
      line(here, " -a " + SingleQuoted(absl::StrJoin(command.words, " ")));
    }
    if (command.takes_files) line(here, " -F");
    for (const OptionInfo& option : command.options) {
      std::string rest;
      for (const std::string& name : option.names) {
        rest += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (option.takes_value) rest += option.is_file ? " -r -F" : " -x";
      if (!option.choices.empty()) {
        rest += " -a " + SingleQuoted(absl::StrJoin(option.choices, " "));
      }
      line(condition, rest + " -d " + SingleQuoted(option.help));
    }
  }
  return script;
}

}  // namespace

std::string CompletionScript(const CLI::App& app, const std::string& shell) {
  const std::vector<CommandInfo> all = Walk(app);
  if (shell == "bash") return Bash(all);
  return shell == "zsh" ? Zsh(all) : Fish(all);
}

}  // namespace keyscore::cli
