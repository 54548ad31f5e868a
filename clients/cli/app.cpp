// The tree of commands, and how a run of one ends.
#include "cli/app.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/exit_code.h"
#include "cli/text/nearest.h"
#include "cli/version.h"

namespace keyscore::cli {
namespace {

void AddGlobalOptions(CLI::App& app, Context& context) {
  static const std::map<std::string, Output> kOutputs = {
      {"table", Output::kTable}, {"json", Output::kJson}, {"csv", Output::kCsv}};
  app.add_option("--server", context.server, "Address of the server, host:port")
      ->envname("KEYSCORE_SERVER")
      ->capture_default_str()
      ->type_name("ADDRESS");
  app.add_option("--timeout", context.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0))
      ->each([&context](const std::string&) { context.timeout_given = true; })
      ->capture_default_str()
      ->type_name("SECONDS");
  app.add_option_function<std::string>(
         "-o,--output", [&context](const std::string& name) { context.output = kOutputs.at(name); },
         "How to print: table (to read), json (the API's messages) or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->type_name("FORMAT")
      ->default_str("table");
  app.add_flag("--tls", context.tls, "Talk TLS, trusting the system's certificates");
  app.add_option("--tls-ca", context.tls_options.root_certificates_file,
                 "Talk TLS, trusting the certificates of this PEM file")
      ->type_name("FILE");
  app.add_option("--tls-cert", context.tls_options.certificate_file,
                 "Certificate of this client, for servers that ask for one")
      ->type_name("FILE");
  app.add_option("--tls-key", context.tls_options.private_key_file, "Private key of --tls-cert")
      ->type_name("FILE");
  app.add_option("--tls-server-name", context.tls_options.server_name,
                 "Name in the server's certificate, where it differs from the address")
      ->type_name("NAME");
}

// The deepest command that was given, for its help and its name.
const CLI::App* Chosen(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

std::string FullName(const CLI::App* app) {
  return app->get_parent() == nullptr ? "keyscore"
                                      : FullName(app->get_parent()) + " " + app->get_name();
}

// A word that fits no command: which one was probably meant.
std::string Suggestion(const CLI::App* app, int argc, const char* const* argv) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  std::vector<std::string> options;
  for (const CLI::App* at = app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      if (!option->nonpositional()) continue;
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    }
  }
  for (int i = 1; i < argc; ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    const bool is_option = word.starts_with("--");
    const auto& known = is_option ? options : names;
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    if (!is_option && app->check_name(word)) continue;
    if (std::string meant = DidYouMean(word, known); !meant.empty()) return meant;
  }
  return "";
}

// The word where a command was expected, if it is none. Empty where there is no such word.
std::string UnknownCommand(const CLI::App* app, int argc, const char* const* argv) {
  const auto commands = app->get_subcommands([](const CLI::App*) { return true; });
  if (commands.empty()) return "";
  bool after_name = app->get_parent() == nullptr;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (after_name && !word.starts_with("-") && !std::string(argv[i - 1]).starts_with("-")) {
      return word;
    }
    after_name = after_name || app->check_name(word);
  }
  return "";
}

int Fail(const std::string& line, int code, Context& context) {
  context.out().flush();
  context.err() << line << std::endl;
  return code;
}

}  // namespace

std::unique_ptr<CLI::App> BuildApp(Context& context) {
  auto app = std::make_unique<CLI::App>(
      "Keyscore: scorecards of how well key account managers look after their accounts.",
      "keyscore");
  // Inherited by the commands, so that global options may stand after them.
  app->fallthrough();
  app->require_subcommand(1);
  app->set_version_flag("--version", std::string("keyscore ") + kVersion, "Print the version");
  app->get_formatter()->column_width(34);
  AddGlobalOptions(*app, context);
  AddImportCommand(*app, context);
  AddScorecardCommand(*app, context);
  AddRankCommand(*app, context);
  AddExplainCommand(*app, context);
  AddKpisCommand(*app, context);
  AddDatasetsCommand(*app, context);
  AddPluginsCommand(*app, context);
  AddWeightsCommand(*app, context);
  AddFactsCommand(*app, context);
  AddAuditCommand(*app, context);
  AddCompletionCommand(*app, context);
  AddVersionCommand(*app, context);
  app->footer(
      "Exit codes: 0 done, 1 refused or unreadable data, 2 wrong usage or a faulty file, 3 server "
      "not\n"
      "reached, 4 a difference or a fault was found (weights diff, audit verify, --replay).\n"
      "Start with: keyscore kpis list, keyscore rank managers --period 2017-Q3");
  return app;
}

int Run(int argc, const char* const* argv, Context& context) {
  const std::unique_ptr<CLI::App> app = BuildApp(context);
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForVersion& version) {
    context.out() << version.what() << '\n';
    return kOk;
  } catch (const CLI::Success& asked) {  // --help
    context.out() << app->help();        // of the command that was given
    return kOk;
  } catch (const CLI::ParseError& error) {
    const CLI::App* chosen = Chosen(app.get());
    std::string what = error.what();
    while (!what.empty() && (what.back() == '.' || what.back() == '\n')) what.pop_back();
    const std::string unknown = UnknownCommand(chosen, argc, argv);
    if (!unknown.empty()) {
      what = fmt::format("{} has no command '{}'", FullName(chosen), unknown);
    } else if (!chosen->get_subcommands([](const CLI::App*) { return true; }).empty() &&
               error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError)) {
      what = fmt::format("{} needs a command", FullName(chosen));
    }
    const std::string meant = Suggestion(chosen, argc, argv);
    return Fail(fmt::format("keyscore: {}{}; see {} --help", what, meant, FullName(chosen)), kUsage,
                context);
  }
  const absl::Status status = context.action ? context.action() : absl::OkStatus();
  context.out().flush();
  if (status.ok()) {
    return context.out().good()
               ? kOk
               : Fail("keyscore: the output could not be written", kFailed, context);
  }
  return Fail(ErrorLine(status, context.server), ExitCodeOf(status), context);
}

}  // namespace keyscore::cli
