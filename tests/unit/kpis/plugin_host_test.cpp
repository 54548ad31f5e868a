// Changes of the plugins of a running host: what each does, and what it leaves when it is refused.
#include "kpis/plugins/plugin_host.h"

#include "unit/kpis/plugin_host_case.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(PluginHostTest, InstallPutsAnUploadInForce) {
  Start();
  EXPECT_EQ(Minutes(), -1);
  const PluginView view = Put("swap_v1");
  EXPECT_EQ(Minutes(), 7);
  EXPECT_EQ(Generation(), 2);
  EXPECT_EQ(view.id, "swapping");
  EXPECT_EQ(view.state, PluginState::kActive);
  EXPECT_EQ(view.source, PluginSource::kInstalled);
  EXPECT_EQ(view.version, "1.0.0");
  EXPECT_EQ(view.sha256, Digest("swap_v1"));
  EXPECT_EQ(view.revision, 1);
  EXPECT_EQ(view.etag, "r1-" + Digest("swap_v1").substr(0, 12));
  EXPECT_THAT(view.kpi_ids, ElementsAre("swapping.minutes", "swapping.more_minutes"));
  EXPECT_THAT(Kept(), UnorderedElementsAre(Digest("swap_v1")));
  const auto file = folder_ / "data" / "plugins" / (Digest("swap_v1") + ".so");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(std::filesystem::status(file.parent_path()).permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(PluginHostTest, InstallReplacesAndAPinnedSnapshotWorksOn) {
  Start();
  Put("swap_v1");
  const auto pinned = host_->registry().Snapshot();
  EXPECT_EQ(Put("swap_v2").version, "2.0.0");
  EXPECT_EQ(Minutes(), 1007);
  EXPECT_EQ(Minutes(*pinned), 7);
  EXPECT_EQ(host_->registry().DrainingGenerations(), 1u);
}

TEST_F(PluginHostTest, EveryChangeIsARevisionAndAnAuditEntry) {
  Start();
  Put("swap_v1");
  Put("swap_v2");
  ASSERT_TRUE(host_->Disable("swapping", {.author = "bob", .reason = "wrong figures"}).ok());
  const auto revisions = host_->ListRevisions("swapping");
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  ASSERT_THAT(*revisions, SizeIs(3));
  EXPECT_EQ((*revisions)[0].revision, 3);
  EXPECT_EQ((*revisions)[0].action, "disable");
  EXPECT_EQ((*revisions)[0].author, "bob");
  EXPECT_EQ((*revisions)[0].reason, "wrong figures");
  EXPECT_EQ((*revisions)[0].state, PluginState::kDisabled);
  EXPECT_EQ((*revisions)[0].version, "2.0.0");
  EXPECT_EQ((*revisions)[2].action, "install");
  EXPECT_EQ((*revisions)[2].version, "1.0.0");
  EXPECT_TRUE((*revisions)[2].available);
  const auto entries = store::ListAudit(store_, "plugins/swapping");
  ASSERT_TRUE(entries.ok());
  ASSERT_THAT(*entries, SizeIs(3));
  EXPECT_EQ((*entries)[1].action, "plugin.install");
  EXPECT_EQ((*entries)[1].author, "ada");
  EXPECT_EQ((*entries)[1].reason, "because");
  EXPECT_EQ((*entries)[1].details.at("sha256"), Digest("swap_v2"));
  EXPECT_EQ((*entries)[1].details.at("version"), "2.0.0");
  EXPECT_EQ((*entries)[1].details.at("previous_sha256"), Digest("swap_v1"));
  EXPECT_EQ(host_->ListRevisions("nobody").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PluginHostTest, RollbackGoesBackAndForth) {
  Start();
  Put("swap_v1");
  EXPECT_EQ(host_->Rollback("swapping", 0, kAda).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Put("swap_v2");
  const auto back = host_->Rollback("swapping", 0, kAda);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->version, "1.0.0");
  EXPECT_EQ(Minutes(), 7);
  const auto forth = host_->Rollback("swapping", 0, kAda);
  ASSERT_TRUE(forth.ok()) << forth.status();
  EXPECT_EQ(Minutes(), 1007);
  const auto first = host_->Rollback("swapping", 1, kAda);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Minutes(), 7);
  const auto same = host_->Rollback("swapping", 1, kAda);
  EXPECT_EQ(same.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(same.status()), HasSubstr("in force already"));
  EXPECT_EQ(host_->Rollback("swapping", 99, kAda).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(AuditedActions(), ElementsAre("plugin.install", "plugin.install", "plugin.rollback",
                                            "plugin.rollback", "plugin.rollback"));
}

TEST_F(PluginHostTest, RollbackToWhatIsNotKeptAnyMoreSaysSo) {
  Start();
  Put("swap_v1");
  Put("swap_v2");
  std::filesystem::remove(folder_ / "data" / "plugins" / (Digest("swap_v1") + ".so"));
  EXPECT_FALSE((*host_->ListRevisions("swapping"))[1].available);
  const auto back = host_->Rollback("swapping", 0, kAda);
  EXPECT_EQ(back.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(back.status()), HasSubstr("install it again"));
  EXPECT_EQ(Minutes(), 1007);
}

TEST_F(PluginHostTest, DisableTakesItsKpisOutUntilItIsEnabled) {
  Start();
  Put("swap_v1");
  const auto disabled = host_->Disable("swapping", kAda);
  ASSERT_TRUE(disabled.ok()) << disabled.status();
  EXPECT_EQ(disabled->state, PluginState::kDisabled);
  EXPECT_EQ(disabled->version, "1.0.0");
  EXPECT_THAT(disabled->kpi_ids, SizeIs(2));
  EXPECT_EQ(Minutes(), -1);
  EXPECT_EQ(host_->Disable("swapping", kAda).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(Install(Upload("swap_v1")).status()), HasSubstr("enable it"));
  const auto enabled = host_->Enable("swapping", kAda);
  ASSERT_TRUE(enabled.ok()) << enabled.status();
  EXPECT_EQ(enabled->state, PluginState::kActive);
  EXPECT_EQ(Minutes(), 7);
  EXPECT_EQ(host_->Enable("swapping", kAda).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PluginHostTest, InstallOfAnotherVersionEnablesADisabledPlugin) {
  Start();
  Put("swap_v1");
  ASSERT_TRUE(host_->Disable("swapping", kAda).ok());
  Put("swap_v2");
  EXPECT_EQ(Minutes(), 1007);
}

TEST_F(PluginHostTest, UninstallForgetsAllButTheRevisions) {
  Start();
  Put("swap_v1");
  const auto gone = host_->Uninstall("swapping", kAda);
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->state, PluginState::kUninstalled);
  EXPECT_EQ(Minutes(), -1);
  EXPECT_THAT(host_->List(), IsEmpty());
  EXPECT_THAT(Kept(), IsEmpty());
  const auto revisions = host_->ListRevisions("swapping");
  ASSERT_TRUE(revisions.ok()) << revisions.status();
  EXPECT_THAT(*revisions, SizeIs(2));
  EXPECT_EQ(host_->Enable("swapping", kAda).status().code(), absl::StatusCode::kNotFound);
  Start();
  EXPECT_THAT(host_->List(), IsEmpty());
  EXPECT_EQ(Put("swap_v2").revision, 3);
  EXPECT_EQ(Minutes(), 1007);
}

TEST_F(PluginHostTest, AnEtagOfAnEarlierStateIsAborted) {
  Start();
  const std::string old = Put("swap_v1").etag;
  InstallRequest request = Upload("swap_v2");
  request.change.etag = old;
  ASSERT_TRUE(Install(request).ok());
  const Change stale = {.author = "bob", .etag = old};
  for (const absl::Status& status :
       {host_->Disable("swapping", stale).status(), host_->Uninstall("swapping", stale).status(),
        host_->Rollback("swapping", 0, stale).status(), host_->Promote("swapping", stale).status(),
        host_->Reload("swapping", stale, {}).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << status;
    EXPECT_THAT(Message(status), HasSubstr("read it again"));
  }
  EXPECT_EQ(Minutes(), 1007);
  const Change fresh = {.author = "bob", .etag = View().etag};
  EXPECT_TRUE(host_->Disable("swapping", fresh).ok());
  InstallRequest unknown = Upload("good_neighbour", "good_neighbour.so");
  unknown.change.etag = "r1-abc";
  EXPECT_EQ(Install(unknown).status().code(), absl::StatusCode::kAborted);
}

// Nothing of a refused library is left: no document, no file, no dataset, no generation.
class RefusedTest : public PluginHostTest {
 protected:
  void ExpectRefused(const InstallRequest& request, absl::StatusCode code,
                     const std::string& words) {
    const size_t defined = store_.defined.size();
    const int64_t generation = Generation();
    const auto kept = Kept();
    const auto audited = AuditedActions();
    const std::string etag = View().etag;
    const auto installed = Install(request);
    EXPECT_EQ(installed.status().code(), code) << installed.status();
    EXPECT_THAT(Message(installed.status()), HasSubstr(words));
    EXPECT_EQ(store_.defined.size(), defined);
    EXPECT_EQ(Generation(), generation);
    EXPECT_EQ(Kept(), kept);
    EXPECT_EQ(AuditedActions(), audited);
    EXPECT_EQ(View().etag, etag);
    size_t staged = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / "staging")) {
      if (entry.path().stem() != Digest("swap_v1")) ++staged;
    }
    EXPECT_EQ(staged, 0u);
  }
};

TEST_F(RefusedTest, ChangesNothing) {
  Start();
  Put("swap_v1");
  using enum absl::StatusCode;
  ExpectRefused(Upload("wrong_major", "wrong_major.so"), kInvalidArgument, "expected 1.1");
  ExpectRefused(Upload("other_name", "swapping.so"), kInvalidArgument, "swapping");
  ExpectRefused(Upload("swap_v2", "acme.so"), kInvalidArgument, "swapping");
  store_.define_status["dataset_owner.visit"] = absl::FailedPreconditionError("other columns");
  ExpectRefused(Upload("dataset_owner", "dataset_owner.so"), kInvalidArgument, "other columns");
  store_.check_status["coalesce(minutes, 0)"] = absl::InvalidArgumentError("no such column");
  ExpectRefused(Upload("swap_v2"), kInvalidArgument, "no such column");
}

TEST_F(RefusedTest, NamesThatAreNone) {
  Start();
  Put("swap_v1");
  using enum absl::StatusCode;
  for (const char* name :
       {"", ".so", "swapping", "../swapping.so", "a/swapping.so", "swap\ning.so"}) {
    ExpectRefused(Upload("swap_v2", name), kInvalidArgument, "file_name");
  }
  ExpectRefused(Upload("swap_v2", "revenue.so"), kInvalidArgument, "built-in");
  InstallRequest empty = Upload("swap_v2");
  empty.content.clear();
  ExpectRefused(empty, kInvalidArgument, "content is empty");
}

TEST_F(RefusedTest, TheVersionInForceAndAnotherDigest) {
  Start();
  Put("swap_v1");
  using enum absl::StatusCode;
  ExpectRefused(Upload("swap_v1"), kFailedPrecondition, "in force already");
  InstallRequest other = Upload("swap_v2");
  other.sha256 = std::string(64, 'a');
  ExpectRefused(other, kInvalidArgument, Digest("swap_v2"));
  other.sha256 = Digest("swap_v2");
  EXPECT_TRUE(Install(other).ok());
}

TEST_F(RefusedTest, MoreBytesThanAreAllowed) {
  options_.max_library_bytes = static_cast<int64_t>(Bytes(TestPlugin("swap_v1")).size()) - 1;
  Start();
  const auto installed = Install(Upload("swap_v1"));
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(installed.status()), HasSubstr("plugins.max_library"));
}

TEST_F(RefusedTest, ADigestThatNobodyAllowed) {
  options_.trust.allowed_sha256 = {Digest("swap_v1")};
  Start();
  Put("swap_v1");
  ExpectRefused(Upload("swap_v2"), absl::StatusCode::kInvalidArgument, "allow");
}

TEST_F(RefusedTest, UploadsIntoThisProcessNeedSomebodyWhoVouches) {
  options_.in_process = {"swapping"};
  Start();
  const auto installed = Install(Upload("swap_v1"));
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(installed.status()), HasSubstr("plugins.allowed_sha256"));
  options_.trust.allowed_sha256 = {Digest("swap_v1")};
  Start();
  EXPECT_TRUE(Install(Upload("swap_v1")).ok());
}

TEST_F(RefusedTest, WhatTheCheckerCantTry) {
  options_.conformance = {.mode = ConformanceMode::kRequired,
                          .program = (folder_ / "no-such-program").string()};
  Start();
  const auto installed = Install(Upload("swap_v1"));
  EXPECT_EQ(installed.status().code(), absl::StatusCode::kInternal) << installed.status();
  EXPECT_THAT(host_->List(), IsEmpty());
  EXPECT_THAT(Kept(), IsEmpty());
  EXPECT_THAT(AuditedActions(), IsEmpty());
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / "staging")) {
    ADD_FAILURE() << entry.path() << " is left";
  }
}

TEST_F(PluginHostTest, ValidateOnlyTellsWhatWouldBeAndChangesNothing) {
  Start();
  const std::string etag = Put("swap_v1").etag;
  InstallRequest request = Upload("swap_v2");
  request.validate_only = true;
  const auto validated = Install(request);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->plugin.version, "2.0.0");
  EXPECT_EQ(View().etag, etag);
  EXPECT_EQ(Minutes(), 7);
  EXPECT_THAT(Kept(), UnorderedElementsAre(Digest("swap_v1")));
  EXPECT_THAT(AuditedActions(), SizeIs(1));
  request = Upload("wrong_major", "wrong_major.so");
  request.validate_only = true;
  EXPECT_THAT(Message(Install(request).status()), HasSubstr("expected 1.1"));
}

TEST_F(PluginHostTest, DefinesTheDatasetsOfWhatItAdmits) {
  Start();
  const auto installed = Install(Upload("dataset_owner", "dataset_owner.so"));
  ASSERT_TRUE(installed.ok()) << installed.status();
  ASSERT_THAT(store_.defined, SizeIs(1));
  EXPECT_THAT(installed->plugin.dataset_ids, ElementsAre(store_.defined[0].id));
}

TEST_F(PluginHostTest, TellsTheObserverOfEachChange) {
  Start();
  int told = 0;
  host_->SetObserver([&told] { ++told; });
  Put("swap_v1");
  EXPECT_EQ(told, 1);
  ASSERT_TRUE(host_->Disable("swapping", kAda).ok());
  EXPECT_EQ(told, 2);
  EXPECT_FALSE(host_->Disable("swapping", kAda).ok());
  EXPECT_EQ(told, 2);
}

TEST_F(PluginHostTest, NobodyChangesWhatIsNotThere) {
  Start();
  for (const absl::Status& status :
       {host_->Enable("nobody", kAda).status(), host_->Disable("nobody", kAda).status(),
        host_->Uninstall("nobody", kAda).status(), host_->Reload("nobody", kAda, {}).status(),
        host_->Rollback("nobody", 0, kAda).status(), host_->Promote("nobody", kAda).status(),
        host_->DiscardShadow("nobody", kAda).status(), host_->GetShadowReport("nobody").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  }
}

}  // namespace
}  // namespace keyscore::kpis
