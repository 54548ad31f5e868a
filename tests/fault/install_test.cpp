// Installing a library into a running server: what is refused, and why, and that a refusal leaves
// nothing behind.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fault/zoo_world.h"
#include "keyscore/v1/plugin_service.grpc.pb.h"
#include "support/plugins.h"
#include "support/processes.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kPlugin[] = "good_neighbour";
constexpr char kKpi[] = "good_neighbour.interactions";

// The digest as coreutils work it out.
std::string Sha256Of(const fs::path& file) {
  const Finished finished = Run({"sha256sum", file.string()});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  return finished.out.substr(0, 64);
}

class InstallTest : public EmptyServerTest {
 protected:
  void SetUp() override {}

  void Serve(const std::string& config = "") {
    StartServer({.data = data_.path(), .plugins = plugins_.path(), .more_config = config});
  }

  // The install is refused; why, as the client reads it.
  std::string RefusalOf(const absl::StatusOr<v1::InstallPluginResponse>& installed) {
    EXPECT_THAT(installed, Refused(StatusCode::kInvalidArgument));
    EXPECT_EQ(client::DetailsOf(installed.status()).reason, "PLUGIN_REFUSED");
    return client::Readable(installed.status());
  }

  // Nothing of it is in the list, in the log of changes, in a process or on the disk.
  void ExpectNothingLeft(const std::string& id = kPlugin) {
    EXPECT_THAT(GetPlugin(client(), id), Refused(StatusCode::kNotFound));
    v1::ListAuditEntriesRequest audit;
    audit.set_resource("plugins/" + id);
    const auto entries = client().ListAuditEntries(audit);
    EXPECT_THAT(entries, IsOk());
    EXPECT_TRUE(entries.ok() && entries->audit_entries().empty());
    EXPECT_TRUE(Eventually([this] { return ChildrenOf(server_->pid()).empty(); }));
    EXPECT_THAT(KeptFiles(), ::testing::IsEmpty());
  }

  // Libraries that the server keeps for good.
  std::vector<std::string> KeptFiles() const {
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(data_ / "plugins", none)) {
      files.push_back(entry.path().filename().string());
    }
    return files;
  }

  TempDir data_;
  TempDir plugins_;
};

TEST_F(InstallTest, InstalledScoredUninstalled) {
  Serve();
  ASSERT_THAT(SendSmallWorld(client()), IsOk());
  ASSERT_THAT(SendZooWorld(client()), IsOk());
  v1::InstallPluginRequest::Header header;
  header.set_sha256(Sha256Of(TestPlugin(kPlugin)));
  header.set_reason("the north asked for it");
  const auto installed = Install(client(), TestPlugin(kPlugin), header);
  ASSERT_THAT(installed, IsOk());
  EXPECT_EQ(installed->plugin().state(), v1::Plugin::STATE_ACTIVE);
  EXPECT_EQ(installed->plugin().source(), v1::Plugin::SOURCE_INSTALLED);
  EXPECT_EQ(installed->plugin().sha256(), header.sha256());
  EXPECT_EQ(installed->plugin().kpis_size(), 2);
  for (const v1::ConformanceCheck& check : installed->checks()) {
    EXPECT_NE(check.outcome(), v1::ConformanceCheck::OUTCOME_FAILED) << check.rule();
  }
  EXPECT_EQ(Result(kHarmlessCard, kKpi).value(), kHarmless);

  v1::DisablePluginRequest stale;
  stale.set_name("plugins/good_neighbour");
  stale.set_etag("of another day");
  EXPECT_THAT(client().DisablePlugin(stale), Refused(StatusCode::kAborted));
  ASSERT_THAT(Uninstall(client(), kPlugin), IsOk());
  EXPECT_THAT(GetPlugin(client(), kPlugin), Refused(StatusCode::kNotFound));
  EXPECT_FALSE(Card(kHarmlessCard, {kKpi}).ok());
  EXPECT_THAT(Uninstall(client(), kPlugin), Refused(StatusCode::kNotFound));
  EXPECT_TRUE(Eventually([this] { return ChildrenOf(server_->pid()).empty(); }));

  v1::ListAuditEntriesRequest audit;
  audit.set_resource("plugins/good_neighbour");
  const auto entries = client().ListAuditEntries(audit);
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->audit_entries_size(), 2);
  EXPECT_EQ(entries->audit_entries(0).action(), "plugin.uninstall");
  EXPECT_EQ(entries->audit_entries(1).action(), "plugin.install");
  EXPECT_EQ(entries->audit_entries(1).reason(), "the north asked for it");
  EXPECT_EQ(entries->audit_entries(1).details().at("sha256"), header.sha256());
  EXPECT_EQ(entries->audit_entries(0).previous_hash(), entries->audit_entries(1).hash());
  EXPECT_THAT(Uninstall(client(), "revenue"), Refused(StatusCode::kFailedPrecondition));
}

TEST_F(InstallTest, FileThatIsNotTheExpectedOneIsRefused) {
  Serve();
  v1::InstallPluginRequest::Header header;
  header.set_sha256(std::string(64, '0'));
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin(kPlugin), header)),
              AllOf(HasSubstr(header.sha256()), HasSubstr(Sha256Of(TestPlugin(kPlugin)))));
  ExpectNothingLeft();
}

TEST_F(InstallTest, LibraryThatDoesNotConformIsRefusedWithTheRulesThatItBreaks) {
  Serve("plugins:\n  load_timeout: 2s\n");
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin("conformance/writes_inputs"))),
              AllOf(HasSubstr("inputs"), HasSubstr("writes_inputs.calls")));
  ExpectNothingLeft("writes_inputs");
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin("conformance/one_too_many"))),
              HasSubstr("one_too_many.calls"));
  EXPECT_FALSE(RefusalOf(Install(client(), TestPlugin("conformance/hangs_at_load"))).empty());
  ExpectNothingLeft("hangs_at_load");
}

TEST_F(InstallTest, GoldenVectorsMustBeReproduced) {
  Serve();
  v1::InstallPluginRequest::Header header;
  const auto vector = [](int value) {
    return absl::StrCat("- kpi: good_neighbour.interactions\n  inputs: {minutes: 5}\n",
                        "  expect: {state: VALUE, value: ", value, "}\n");
  };
  header.set_golden_vectors(vector(6));
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin(kPlugin), header)),
              AllOf(HasSubstr("6"), HasSubstr("5")));
  header.set_golden_vectors("no vectors at all");
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin(kPlugin), header)), HasSubstr("golden"));
  ExpectNothingLeft();
  header.set_golden_vectors(vector(5));
  const auto installed = Install(client(), TestPlugin(kPlugin), header);
  ASSERT_THAT(installed, IsOk());
  bool reproduced = false;
  for (const v1::ConformanceCheck& check : installed->checks()) {
    reproduced = reproduced || (check.rule() == "golden" &&
                                check.outcome() == v1::ConformanceCheck::OUTCOME_PASSED);
  }
  EXPECT_TRUE(reproduced);
}

TEST_F(InstallTest, InputsMustFitTheDatasets) {
  Serve();
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin("unknown_column"))),
              AllOf(HasSubstr("happiness"), HasSubstr("interaction")));
  ExpectNothingLeft("unknown_column");
}

TEST_F(InstallTest, FileOfADirectoryMustBeNobodyElsesToWrite) {
  Serve();
  const fs::path file = plugins_ / "good_neighbour.so";
  fs::copy_file(TestPlugin(kPlugin), file);
  fs::permissions(file, fs::perms::group_write, fs::perm_options::add);
  v1::InstallPluginRequest::Header header;
  header.set_file_name("good_neighbour.so");
  header.set_from_directory(true);
  EXPECT_THAT(RefusalOf(client().InstallPlugin(header, "")), HasSubstr("chmod"));
  ExpectNothingLeft();
  fs::permissions(file, fs::perms::group_write, fs::perm_options::remove);
  const auto installed = client().InstallPlugin(header, "");
  ASSERT_THAT(installed, IsOk());
  EXPECT_EQ(installed->plugin().state(), v1::Plugin::STATE_ACTIVE);
  header.set_file_name("not_there.so");
  EXPECT_FALSE(client().InstallPlugin(header, "").ok());
}

TEST_F(InstallTest, SignatureOfATrustedKeyIsNeededWhereKeysAreGiven) {
  const TempDir keys;
  const std::string key = (keys / "key.pem").string();
  const std::string trusted = (keys / "public.pem").string();
  ASSERT_EQ(keyscore::testing::Run({"openssl", "genpkey", "-algorithm", "ed25519", "-out", key})
                .exit_code,
            0);
  ASSERT_EQ(
      keyscore::testing::Run({"openssl", "pkey", "-in", key, "-pubout", "-out", trusted}).exit_code,
      0);
  const auto sign = [&](const fs::path& file) {
    const std::string out = (keys / "signature").string();
    const Finished signing = keyscore::testing::Run({"openssl", "pkeyutl", "-sign", "-inkey", key,
                                                     "-rawin", "-in", file.string(), "-out", out});
    EXPECT_EQ(signing.exit_code, 0) << signing.err;
    return ReadFile(out);
  };
  Serve(absl::StrCat("plugins:\n  trusted_keys:\n    - ", trusted, "\n"));
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin(kPlugin))), HasSubstr("signature"));
  v1::InstallPluginRequest::Header header;
  header.set_signature(sign(TestPlugin("swap_v1")));
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin(kPlugin), header)), HasSubstr("signature"));
  ExpectNothingLeft();
  header.set_signature(sign(TestPlugin(kPlugin)));
  EXPECT_THAT(Install(client(), TestPlugin(kPlugin), header), IsOk());
  // The built-in ones came with the server and need none.
  const auto builtin = GetPlugin(client(), "revenue");
  ASSERT_THAT(builtin, IsOk());
  EXPECT_EQ(builtin->state(), v1::Plugin::STATE_ACTIVE);
}

TEST_F(InstallTest, OnlyListedDigestsAreTakenWhereAListIsGiven) {
  Serve(absl::StrCat("plugins:\n  allowed_sha256:\n    - ", Sha256Of(TestPlugin(kPlugin)), "\n"));
  EXPECT_THAT(RefusalOf(Install(client(), TestPlugin("zoo_nan"))),
              HasSubstr(Sha256Of(TestPlugin("zoo_nan"))));
  ExpectNothingLeft("zoo_nan");
  EXPECT_THAT(Install(client(), TestPlugin(kPlugin)), IsOk());
}

TEST_F(InstallTest, ValidatingChangesNothing) {
  Serve();
  v1::InstallPluginRequest::Header header;
  header.set_validate_only(true);
  const auto validated = Install(client(), TestPlugin(kPlugin), header);
  ASSERT_THAT(validated, IsOk());
  EXPECT_EQ(validated->plugin().name(), "plugins/good_neighbour");
  EXPECT_EQ(validated->plugin().sha256(), Sha256Of(TestPlugin(kPlugin)));
  EXPECT_GT(validated->checks_size(), 20);
  ExpectNothingLeft();
  EXPECT_FALSE(RefusalOf(Install(client(), TestPlugin("conformance/crashes"), header)).empty());
  ExpectNothingLeft("crashes");
}

TEST_F(InstallTest, HalfAFileIsNoLibrary) {
  Serve();
  const std::string whole = ReadFile(TestPlugin(kPlugin));
  v1::InstallPluginRequest::Header header;
  header.set_file_name("good_neighbour.so");
  EXPECT_FALSE(
      RefusalOf(client().InstallPlugin(header, whole.substr(0, whole.size() / 2))).empty());
  ExpectNothingLeft();
  EXPECT_FALSE(client().InstallPlugin(header, "").ok());
  for (const char* name : {"../good_neighbour.so", "good_neighbour", "", "Good Neighbour.so"}) {
    header.set_file_name(name);
    EXPECT_THAT(client().InstallPlugin(header, whole), Refused(StatusCode::kInvalidArgument))
        << name;
  }
  ExpectNothingLeft();
}

TEST_F(InstallTest, ClientThatGoesAwayInTheMiddleLeavesNothing) {
  Serve();
  const auto stub = v1::PluginService::NewStub(
      grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  const std::string whole = ReadFile(TestPlugin(kPlugin));
  for (const bool with_header : {true, false}) {
    grpc::ClientContext context;
    v1::InstallPluginResponse response;
    const auto stream = stub->InstallPlugin(&context, &response);
    v1::InstallPluginRequest part;
    if (with_header) {
      part.mutable_header()->set_file_name("good_neighbour.so");
      ASSERT_TRUE(stream->Write(part));
    }
    part.set_content(whole.substr(0, 1000));
    stream->Write(part);
    if (with_header) context.TryCancel();
    stream->WritesDone();
    EXPECT_FALSE(stream->Finish().ok());
  }
  ExpectNothingLeft();
  EXPECT_THAT(Install(client(), TestPlugin(kPlugin)), IsOk());
}

TEST_F(InstallTest, LargerFilesThanAllowedAreRefused) {
  Serve("plugins:\n  max_library: 64KiB\n");
  v1::InstallPluginRequest::Header header;
  header.set_file_name("good_neighbour.so");
  const auto refused = client().InstallPlugin(header, std::string((size_t{64} << 10) + 1, '\0'));
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(client::Readable(refused.status()), HasSubstr("max_library"));
  ExpectNothingLeft();
}

// As a client does that is told to try again because another change is under way.
absl::StatusOr<v1::InstallPluginResponse> InstallInTurn(
    client::Client& client, const fs::path& library,
    const v1::InstallPluginRequest::Header& header) {
  absl::StatusOr<v1::InstallPluginResponse> installed;
  Eventually([&] {
    installed = Install(client, library, header);
    return client::DetailsOf(installed.status()).reason != "PLUGIN_CHANGE_RUNNING";
  });
  return installed;
}

TEST_F(InstallTest, ClientsThatInstallAtOnceGetTheirTurn) {
  Serve();
  const std::vector<std::string> ids = {"good_neighbour", "zoo_nan", "zoo_sleep", "dataset_owner"};
  std::vector<absl::StatusOr<v1::InstallPluginResponse>> answers(ids.size(),
                                                                 absl::UnknownError("not asked"));
  std::vector<std::thread> clients;
  for (size_t i = 0; i < ids.size(); ++i) {
    clients.emplace_back([&, i] { answers[i] = InstallInTurn(client(), TestPlugin(ids[i]), {}); });
  }
  for (std::thread& thread : clients) thread.join();
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_THAT(answers[i], IsOk()) << ids[i];
    const auto plugin = GetPlugin(client(), ids[i]);
    ASSERT_THAT(plugin, IsOk());
    EXPECT_EQ(plugin->state(), v1::Plugin::STATE_ACTIVE);
  }
}

TEST_F(InstallTest, OfTwoWhoReplaceWhatTheySawOneComesTooLate) {
  Serve();
  v1::InstallPluginRequest::Header header;
  header.set_file_name("swapping.so");
  ASSERT_THAT(Install(client(), TestPlugin("swap_v1"), header), IsOk());
  const auto seen = GetPlugin(client(), "swapping");
  ASSERT_THAT(seen, IsOk());
  header.set_etag(seen->etag());
  std::vector<absl::StatusOr<v1::InstallPluginResponse>> answers(2,
                                                                 absl::UnknownError("not asked"));
  std::vector<std::thread> rivals;
  for (size_t i = 0; i < 2; ++i) {
    rivals.emplace_back(
        [&, i] { answers[i] = InstallInTurn(client(), TestPlugin("swap_v2"), header); });
  }
  for (std::thread& thread : rivals) thread.join();
  EXPECT_NE(answers[0].ok(), answers[1].ok());
  const auto& late = answers[answers[0].ok() ? 1 : 0];
  EXPECT_THAT(late, Refused(StatusCode::kAborted));
  EXPECT_EQ(client::DetailsOf(late.status()).reason, "ETAG_MISMATCH");
}

}  // namespace
}  // namespace keyscore::testing
