// keyscore plugin install: sends a library to the server, which tries it and puts it in force.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "cli/commands/plugin_server.h"
#include "cli/commands/printing.h"
#include "cli/commands/render_checks.h"
#include "cli/commands/render_plugin.h"
#include "cli/exit_code.h"

namespace keyscore::cli {
namespace {

namespace fs = std::filesystem;

struct Asked {
  std::string file;
  std::string golden;     // empty = beside the library, if there is one
  std::string signature;  // likewise
  std::string sha256;
  bool from_directory = false;
  bool validate_only = false;
  bool shadow = false;
  std::shared_ptr<ChangeOptions> change;
};

// A file's content. `advice` is what to do where there is none.
absl::StatusOr<std::string> Content(const std::string& path, const char* advice) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (!fs::exists(status)) {
    return absl::NotFoundError(fmt::format("there is no file {}; {}", path, advice));
  }
  if (!fs::is_regular_file(status)) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is {}; {}", path, fs::is_directory(status) ? "a folder" : "no regular file", advice));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    return absl::PermissionDeniedError(
        fmt::format("{} can't be read: {}; {}", path,
                    std::generic_category().message(errno == 0 ? EIO : errno), advice));
  }
  if (content.empty()) {
    return absl::InvalidArgumentError(fmt::format("{} is empty; {}", path, advice));
  }
  return content;
}

// What travels beside the library: the file that was named, or the one that lies beside it.
absl::StatusOr<std::string> Companion(const std::string& named, const fs::path& beside,
                                      const char* advice) {
  if (!named.empty()) return Content(named, advice);
  std::error_code ignored;
  if (!fs::is_regular_file(beside, ignored)) return std::string();
  return Content(beside.string(), advice);
}

absl::Status Install(Context& context, const Asked& asked) {
  v1::InstallPluginRequest::Header header;
  const fs::path path(asked.file);
  header.set_file_name(path.filename().string());
  header.set_from_directory(asked.from_directory);
  header.set_sha256(asked.sha256);
  header.set_validate_only(asked.validate_only);
  header.set_shadow(asked.shadow);
  header.set_reason(asked.change->reason);
  header.set_etag(asked.change->etag);

  std::string library;
  // What lies beside the name is no business of a file on the server.
  fs::path golden_beside;
  fs::path signature_beside;
  if (!asked.from_directory) {
    auto content = Content(asked.file, "give a built library, such as build/acme_health.so");
    if (!content.ok()) return content.status();
    library = *std::move(content);
    golden_beside = fs::path(path).replace_extension(".golden.yaml");
    signature_beside = fs::path(path) += ".sig";
  } else if (path.has_parent_path()) {
    return UsageError(fmt::format(
        "--from-directory takes a name, not a path: {}, as it is called in the server's folder",
        header.file_name()));
  }
  auto golden = Companion(asked.golden, golden_beside, "give the golden vectors' YAML");
  if (!golden.ok()) return golden.status();
  header.set_golden_vectors(*std::move(golden));
  auto signature = Companion(asked.signature, signature_beside,
                             "give the 64 bytes that openssl pkeyutl -sign -rawin wrote");
  if (!signature.ok()) return signature.status();
  header.set_signature(*std::move(signature));

  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();
  const absl::StatusOr<v1::InstallPluginResponse> installed =
      (*client)->InstallPlugin(header, library);
  if (!installed.ok()) return Reasons(context, installed.status());
  return Print(
      context, installed,
      [](const v1::InstallPluginResponse& reply, std::ostream& out) {
        PrintPluginCsv(reply.plugin(), out);
      },
      [&asked](const v1::InstallPluginResponse& reply, const Terminal& terminal) {
        PrintInstalled(reply, {.validate_only = asked.validate_only, .shadow = asked.shadow},
                       terminal);
      });
}

}  // namespace

void AddPluginInstallCommand(CLI::App& plugins, Context& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* install = plugins.add_subcommand(
      "install", "Send a library to the server, which tries it and puts it in force");
  install->add_option("file", asked->file, "A built library, e.g. build/acme_health.so")
      ->required()
      ->type_name("FILE.so");
  asked->change = AddChangeOptions(*install);
  install->add_flag("--shadow", asked->shadow,
                    "Let it run beside the version in force, which goes on being served");
  install->add_flag("--validate-only", asked->validate_only, "Try everything, change nothing");
  install
      ->add_option("--golden", asked->golden,
                   "Golden vectors to reproduce; those beside the library, "
                   "acme_health.golden.yaml, unless given")
      ->type_name("FILE");
  install
      ->add_option("--signature", asked->signature,
                   "Ed25519 signature; the one beside the library, acme_health.so.sig, unless "
                   "given")
      ->type_name("FILE");
  install->add_option("--sha256", asked->sha256, "Refuse any other file than this one")
      ->type_name("HEX");
  install->add_flag("--from-directory", asked->from_directory,
                    "Take the file of that name from a plugin directory of the server");
  install->footer(
      "The server may take minutes to try a library; it waits for that unless --timeout is given.\n"
      "Example: keyscore plugin install build/acme_health.so --reason 'first version'");
  install->callback([&context, asked] {
    context.action = [&context, asked] { return Install(context, *asked); };
  });
}

}  // namespace keyscore::cli
