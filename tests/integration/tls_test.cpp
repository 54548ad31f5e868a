// TLS, with real handshakes: who is let in, who is turned away, and what they are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "keyscore/client/error.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kUnreachable = 3;

// Every certificate authority has this name, so only signatures tell one from another.
constexpr char kOpenSslConfig[] = R"(
[req]
distinguished_name = name
prompt = no
[name]
CN = Keyscore test authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
)";

// Certificates and keys, NAME.pem and NAME.key, in a folder that goes with them:
//   ca, server and client signed by it; other_ca, other_client signed by that.
class Certificates {
 public:
  Certificates() {
    WriteFile(folder_ / "openssl.cnf", kOpenSslConfig);
    Make("ca", "authority", "");
    Make("server", "server", "ca");
    Make("client", "client", "ca");
    Make("other_ca", "authority", "");
    Make("other_client", "client", "other_ca");
  }

  std::string Pem(const std::string& name) const { return (folder_ / (name + ".pem")).string(); }
  std::string Key(const std::string& name) const { return (folder_ / (name + ".key")).string(); }

 private:
  // `signer` is empty for one that signs itself.
  void Make(const std::string& name, const std::string& section, const std::string& signer) {
    std::vector<std::string> command = {"openssl",
                                        "req",
                                        "-x509",
                                        "-newkey",
                                        "ec",
                                        "-pkeyopt",
                                        "ec_paramgen_curve:P-256",
                                        "-nodes",
                                        "-days",
                                        "2",
                                        "-config",
                                        (folder_ / "openssl.cnf").string(),
                                        "-extensions",
                                        section,
                                        "-out",
                                        Pem(name),
                                        "-keyout",
                                        Key(name)};
    if (!signer.empty()) {
      command.insert(command.end(), {"-subj", absl::StrCat("/CN=Keyscore test ", name), "-CA",
                                     Pem(signer), "-CAkey", Key(signer)});
    }
    const Finished made = Run(command);
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  TempDir folder_;
};

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { certificates_ = new Certificates; }
  static void TearDownTestSuite() {
    delete certificates_;
    certificates_ = nullptr;
  }

  static std::string Pem(const std::string& name) { return certificates_->Pem(name); }
  static std::string Key(const std::string& name) { return certificates_->Key(name); }

  // A server with this key that asks for certificates of `client_ca`, or for none where it is
  // empty.
  static ServerOptions Options(const std::string& key, const std::string& client_ca) {
    ServerOptions options;
    options.listeners =
        absl::StrCat("  - address: 127.0.0.1:0\n    tls:\n      certificate: ", Pem("server"),
                     "\n      key: ", key, "\n");
    client::TlsOptions tls;
    tls.root_certificates_file = Pem("ca");
    if (!client_ca.empty()) {
      absl::StrAppend(&options.listeners, "      client_ca: ", Pem(client_ca), "\n");
      tls.certificate_file = Pem("client");
      tls.private_key_file = Key("client");
    }
    options.tls = tls;
    return options;
  }

  void StartServer(const std::string& client_ca = "", const std::string& more_config = "") {
    ServerOptions options = Options(Key("server"), client_ca);
    options.more_config = more_config;
    auto server = Server::Start(options);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  void StartInTheClear() {
    auto server = Server::Start();
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  absl::Status DisableLearning() {
    v1::DisablePluginRequest request;
    request.set_name("plugins/learning");
    request.set_reason("not used here");
    return server_->client().DisablePlugin(request).status();
  }

  Finished ListKpis(std::vector<std::string> options) {
    options.insert(options.begin(), {"kpis", "list"});
    return server_->Cli(options);
  }

  std::unique_ptr<Server> server_;

 private:
  static Certificates* certificates_;
};

Certificates* TlsTest::certificates_ = nullptr;

MATCHER(ShowsTheCatalogue, "") {
  *result_listener << "exit code " << arg.exit_code << "\n" << arg.out << arg.err;
  return arg.exit_code == 0 && arg.out.find("net_promoter_score") != std::string::npos;
}

// Nothing was read, and one line says this about why.
MATCHER_P(IsTurnedAway, because, "") {
  *result_listener << "exit code " << arg.exit_code << "\n" << arg.out << arg.err;
  return arg.exit_code == kUnreachable && arg.out.empty() &&
         std::count(arg.err.begin(), arg.err.end(), '\n') == 1 &&
         arg.err.find(because) != std::string::npos;
}

TEST_F(TlsTest, AClientThatTrustsTheAuthorityReadsTheCatalogue) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca")}), ShowsTheCatalogue());
  const std::string port = server_->address().substr(server_->address().rfind(':'));
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca"), "--server", "localhost" + port}),
              ShowsTheCatalogue());
}

TEST_F(TlsTest, FactsAreWrittenAndScoredOverTls) {
  ASSERT_NO_FATAL_FAILURE(StartServer("ca"));
  ASSERT_THAT(SendSmallWorld(server_->client()), IsOk());
  v1::GetScorecardRequest request;
  request.set_name("managers/anna/scorecards/2024-Q1");
  request.add_kpis("kpis/net_promoter_score");
  const auto card = server_->client().GetScorecard(request);
  ASSERT_THAT(card, IsOk());
  EXPECT_DOUBLE_EQ(card->kpis(0).value(), 50);
}

TEST_F(TlsTest, AClientInTheClearIsToldAboutTls) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_THAT(ListKpis({}), IsTurnedAway("the connection was closed; if the server talks TLS"));
}

TEST_F(TlsTest, AClientOfTlsIsToldAboutAServerInTheClear) {
  ASSERT_NO_FATAL_FAILURE(StartInTheClear());
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca")}), IsTurnedAway("it talks no TLS there"));
}

TEST_F(TlsTest, AnAuthorityThatDidNotSignTheServerIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("other_ca")}), IsTurnedAway("name the one that did"));
  // The system's authorities did not sign it either.
  EXPECT_THAT(ListKpis({"--tls"}), IsTurnedAway("name the one that did"));
}

TEST_F(TlsTest, ACertificateForAnotherNameIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca"), "--tls-server-name", "elsewhere.example"}),
              IsTurnedAway("certificate is for another name"));
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca"), "--tls-server-name", "localhost"}),
              ShowsTheCatalogue());
}

TEST_F(TlsTest, WhereClientsNeedACertificateOnlyTheRightOneIsLetIn) {
  ASSERT_NO_FATAL_FAILURE(StartServer("ca"));
  EXPECT_THAT(
      ListKpis({"--tls-ca", Pem("ca"), "--tls-cert", Pem("client"), "--tls-key", Key("client")}),
      ShowsTheCatalogue());
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca")}), IsTurnedAway("--tls-cert"));
  EXPECT_THAT(ListKpis({"--tls-ca", Pem("ca"), "--tls-cert", Pem("other_client"), "--tls-key",
                        Key("other_client")}),
              IsTurnedAway("--tls-cert"));
  EXPECT_THAT(ListKpis({}), IsTurnedAway("--tls"));
}

TEST_F(TlsTest, AChangeOfAPluginIsKeptUnderTheCertificatesName) {
  ASSERT_NO_FATAL_FAILURE(StartServer("ca", "plugins:\n  admins: [Keyscore test client]\n"));
  ASSERT_THAT(DisableLearning(), IsOk());
  v1::ListAuditEntriesRequest request;
  request.set_resource("plugins/learning");
  const auto log = server_->client().ListAuditEntries(request);
  ASSERT_THAT(log, IsOk());
  ASSERT_EQ(log->audit_entries_size(), 1);
  EXPECT_EQ(log->audit_entries(0).author(), "Keyscore test client");
  EXPECT_EQ(log->audit_entries(0).reason(), "not used here");
}

TEST_F(TlsTest, WhereAdministratorsAreNamedNobodyElseChangesPlugins) {
  ASSERT_NO_FATAL_FAILURE(StartServer("ca", "plugins:\n  admins: [Somebody else]\n"));
  const absl::Status refused = DisableLearning();
  EXPECT_TRUE(absl::IsPermissionDenied(refused)) << refused;
  EXPECT_EQ(client::DetailsOf(refused).reason, "NOT_AN_ADMIN");
  EXPECT_NE(refused.message().find("plugins.admins"), refused.message().npos) << refused;
}

TEST_F(TlsTest, FilesThatDoNotBelongTogetherAreBlamed) {
  ASSERT_NO_FATAL_FAILURE(StartServer());
  EXPECT_THAT(
      ListKpis({"--tls-ca", Pem("ca"), "--tls-cert", Pem("client"), "--tls-key", Key("server")}),
      IsTurnedAway("the key is that of the certificate"));
}

TEST_F(TlsTest, AKeyOpenToEveryoneKeepsTheServerFromStarting) {
  const TempDir folder;
  const fs::path key = folder / "open.key";
  fs::copy_file(Key("server"), key);
  ASSERT_EQ(chmod(key.c_str(), 0644), 0);
  const auto server = Server::Start(Options(key.string(), ""));
  EXPECT_THAT(server, MessageHas(key.string()));
  EXPECT_THAT(server, MessageHas("chmod 640"));
  EXPECT_FALSE(server.ok());
  // The advice helps.
  ASSERT_EQ(chmod(key.c_str(), 0640), 0);
  EXPECT_THAT(Server::Start(Options(key.string(), "")), IsOk());
}

TEST_F(TlsTest, AKeyOfAnotherCertificateKeepsTheServerFromStarting) {
  const auto server = Server::Start(Options(Key("client"), ""));
  EXPECT_FALSE(server.ok());
  EXPECT_THAT(server, MessageHas(Key("client")));
  EXPECT_THAT(server, MessageHas("don't fit"));
}

}  // namespace
}  // namespace keyscore::testing
