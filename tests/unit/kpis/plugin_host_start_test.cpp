// What a host finds when it starts again: the set of plugins survives, and nothing half done does.
#include <thread>

#include "kpis/plugins/plugin_document.h"
#include "unit/kpis/plugin_host_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(PluginHostTest, ARestartKeepsWhatWasInstalled) {
  Start();
  Put("swap_v1");
  Put("swap_v2");
  const PluginView before = View();
  Start();
  const PluginView after = View();
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(after.etag, before.etag);
  EXPECT_EQ(after.source, PluginSource::kInstalled);
  ASSERT_TRUE(host_->Rollback("swapping", 0, kAda).ok());
  Start();
  EXPECT_EQ(Minutes(), 7);
  EXPECT_THAT(AuditedActions(), SizeIs(3));
}

TEST_F(PluginHostTest, ARestartKeepsADisabledPluginDisabled) {
  Start();
  Put("swap_v1");
  ASSERT_TRUE(host_->Disable("swapping", kAda).ok());
  options_.settings = {{"swapping.minutes", {{"limit", 1}}}};  // may be back tomorrow
  Start();
  EXPECT_EQ(Minutes(), -1);
  EXPECT_EQ(View().state, PluginState::kDisabled);
  EXPECT_EQ(View().version, "1.0.0");
  options_.settings.clear();
  Start();
  ASSERT_TRUE(host_->Enable("swapping", kAda).ok());
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginHostTest, AFileOfADirectoryIsAdmittedOnceAndRecorded) {
  PutInDirectory("swap_v1", "swapping.so");
  Start();
  EXPECT_EQ(Minutes(), 7);
  EXPECT_EQ(View().source, PluginSource::kDirectory);
  EXPECT_EQ(View().revision, 1);
  const auto revisions = host_->ListRevisions("swapping");
  ASSERT_TRUE(revisions.ok());
  EXPECT_EQ(revisions->front().action, "admit");
  EXPECT_EQ(revisions->front().author, "keyscored");
  Start();
  EXPECT_THAT(AuditedActions(), ElementsAre("plugin.admit"));
  PutInDirectory("swap_v2", "swapping.so");
  Start();
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_THAT(AuditedActions(), ElementsAre("plugin.admit", "plugin.admit"));
  // Both are kept, so it can go back; from then on the kept one counts.
  ASSERT_TRUE(host_->Rollback("swapping", 0, kAda).ok());
  EXPECT_EQ(View().source, PluginSource::kInstalled);
  Start();
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginHostTest, AnAdmittedFileNeedsNoCheckerAgain) {
  PutInDirectory("swap_v1", "swapping.so");
  Start();
  options_.conformance = {.mode = ConformanceMode::kRequired, .program = "/no/such/program"};
  Start();
  EXPECT_EQ(Minutes(), 7);
  PutInDirectory("swap_v2", "swapping.so");
  Start();
  EXPECT_EQ(View().state, PluginState::kRefused);
  EXPECT_EQ(View().sha256, Digest("swap_v2"));
  EXPECT_THAT(View().refusal_reasons, SizeIs(1));
  // What was in force before is kept and can be put back.
  const auto back = host_->Rollback("swapping", 0, kAda);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginHostTest, ReloadSwapsToTheFileThatLiesThereNow) {
  PutInDirectory("swap_v1", "swapping.so");
  Start();
  const std::string etag = View().etag;
  const auto same = host_->Reload("swapping", kAda, {});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->etag, etag);
  PutInDirectory("swap_v2", "swapping.so");
  const auto swapped = host_->Reload("swapping", kAda, {});
  ASSERT_TRUE(swapped.ok()) << swapped.status();
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(swapped->source, PluginSource::kDirectory);
  EXPECT_THAT(AuditedActions(), ElementsAre("plugin.admit", "plugin.reload"));
}

TEST_F(PluginHostTest, ReloadTakesARefusedFileThatWasMended) {
  PutInDirectory("wrong_major", "swapping.so");
  Start();
  EXPECT_EQ(View().state, PluginState::kRefused);
  PutInDirectory("swap_v1", "swapping.so");
  const auto mended = host_->Reload("swapping", kAda, {});
  ASSERT_TRUE(mended.ok()) << mended.status();
  EXPECT_EQ(mended->state, PluginState::kActive);
  EXPECT_THAT(mended->refusal_reasons, IsEmpty());
  EXPECT_EQ(Minutes(), 7);
}

TEST_F(PluginHostTest, ReloadOfAnUploadSaysWhatToDo) {
  Start();
  Put("swap_v1");
  const auto reloaded = host_->Reload("swapping", kAda, {});
  EXPECT_EQ(reloaded.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(reloaded.status()), HasSubstr("install a new version"));
}

TEST_F(PluginHostTest, AnUploadTakesThePlaceOfADirectorysFile) {
  PutInDirectory("swap_v1", "swapping.so");
  Start();
  EXPECT_EQ(host_->Uninstall("swapping", kAda).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Put("swap_v2");
  Start();
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(View().source, PluginSource::kInstalled);
  // While the file is there, it would be back at the next start.
  const auto gone = host_->Uninstall("swapping", kAda);
  EXPECT_EQ(gone.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(gone.status()), HasSubstr("remove swapping.so first"));
  std::filesystem::remove(folder_ / "plugins" / "swapping.so");
  EXPECT_TRUE(host_->Uninstall("swapping", kAda).ok());
}

TEST_F(PluginHostTest, InstallTakesAFileOfADirectory) {
  Start();
  InstallRequest request;
  request.file_name = "swapping.so";
  request.from_directory = true;
  request.change = kAda;
  EXPECT_EQ(Install(request).status().code(), absl::StatusCode::kNotFound);
  PutInDirectory("swap_v1", "swapping.so");
  const auto installed = Install(request);
  ASSERT_TRUE(installed.ok()) << installed.status();
  EXPECT_EQ(installed->plugin.source, PluginSource::kDirectory);
  EXPECT_EQ(Minutes(), 7);
  Start();
  EXPECT_EQ(Minutes(), 7);
  EXPECT_THAT(AuditedActions(), ElementsAre("plugin.install"));
}

TEST_F(PluginHostTest, AKeptFileThatWasChangedIsRefused) {
  Start();
  Put("swap_v1");
  const auto file = folder_ / "data" / "plugins" / (Digest("swap_v1") + ".so");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::ofstream(file, std::ios::app) << "x";
  Start();
  EXPECT_EQ(View().state, PluginState::kRefused);
  EXPECT_THAT(View().refusal_reasons, ElementsAre(HasSubstr("not the file that was installed")));
  Put("swap_v1");
  EXPECT_EQ(Minutes(), 7);
}

// As if the server had been killed after the file was placed and before the change was recorded.
TEST_F(PluginHostTest, AFileWithoutADocumentIsNotInForceAndCleared) {
  Start();
  Put("swap_v1");
  const KeptFiles kept((folder_ / "data" / "plugins").string());
  ASSERT_TRUE(kept.Place(Digest("swap_v2"), {.content = Bytes(TestPlugin("swap_v2"))}).ok());
  folder_.Write("data/plugins/" + Digest("swap_v2") + ".golden.yaml", "[]");
  folder_.Write("data/plugins/" + Digest("swap_v1") + ".so.incoming", "half");
  Start();
  EXPECT_EQ(Minutes(), 7);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / "plugins")) {
    EXPECT_EQ(entry.path().filename(), Digest("swap_v1") + ".so");
    ++files;
  }
  EXPECT_EQ(files, 1u);
}

TEST_F(PluginHostTest, ADocumentThatIsNoneIsAnErrorAtStart) {
  ASSERT_TRUE(store_.PutConfig(kPluginKind, "acme", 0, "eve", "{}", false).ok());
  auto host = PluginHost::Start(options_, store_);
  EXPECT_EQ(host.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(host.status()), HasSubstr("plugin 'acme' (revision 1)"));
  ASSERT_TRUE(store_.PutConfig(kPluginKind, "acme", 1, "eve", R"({"format": 2})", false).ok());
  host = PluginHost::Start(options_, store_);
  EXPECT_EQ(host.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(host.status()), HasSubstr("has format 2, this server reads 1"));
}

TEST_F(PluginHostTest, SettingsThatFitNoKpiAreAnErrorAtStart) {
  PutInDirectory("swap_v1", "swapping.so");
  options_.settings = {{"swapping.minute", {{"limit", 1}}}};
  auto host = PluginHost::Start(options_, store_);
  EXPECT_EQ(host.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(host.status()), HasSubstr("did you mean 'swapping.minutes'?"));
  options_.settings = {{"swapping.minutes", {{"limit", 1}}}};
  host = PluginHost::Start(options_, store_);
  EXPECT_EQ(host.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(host.status()), HasSubstr("no such setting"));
}

TEST_F(PluginHostTest, KeepsTheLibrariesOfTheNewestTenVersions) {
  Start();
  std::vector<std::string> digests;
  for (int i = 0; i < 12; ++i) {
    // Bytes after the end of an ELF file change its digest and nothing else.
    InstallRequest request = Upload("swap_v1");
    request.content += std::to_string(i);
    const auto installed = Install(request);
    ASSERT_TRUE(installed.ok()) << installed.status();
    digests.push_back(installed->plugin.sha256);
  }
  EXPECT_THAT(Kept(), SizeIs(10));
  EXPECT_FALSE(Kept().contains(digests[0]));
  EXPECT_FALSE(Kept().contains(digests[1]));
  EXPECT_TRUE(Kept().contains(digests[2]));
  EXPECT_TRUE(Kept().contains(digests[11]));
}

TEST_F(PluginHostTest, EightThreadsAtOnceEndConsistently) {
  Start();
  Put("swap_v1");
  Put("swap_v2");
  constexpr int kThreads = 8;
  constexpr int kEach = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < kEach; ++i) {
        const auto rolled = host_->Rollback("swapping", 0, kAda);
        EXPECT_TRUE(rolled.ok()) << rolled.status();
        EXPECT_THAT(host_->List(), SizeIs(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // An even number of changes there and back.
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(View().revision, 2 + kThreads * kEach);
  EXPECT_EQ(Generation(), 3 + kThreads * kEach);
  EXPECT_THAT(AuditedActions(), SizeIs(2 + kThreads * kEach));
  EXPECT_THAT(Kept(), UnorderedElementsAre(Digest("swap_v1"), Digest("swap_v2")));
}

TEST_F(PluginHostTest, GivesUpWaitingForItsTurn) {
  Turns turns;
  auto turn = turns.Take({});
  ASSERT_TRUE(turn.ok());
  EXPECT_EQ(turns.Take([] { return true; }).status().code(), absl::StatusCode::kCancelled);
  { const auto ended = *std::move(turn); }
  EXPECT_TRUE(turns.Take([] { return true; }).ok());
}

}  // namespace
}  // namespace keyscore::kpis
