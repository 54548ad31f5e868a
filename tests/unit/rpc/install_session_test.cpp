// What a stream of InstallPlugin may hold, and what reaches the plugin host.
#include "rpc/install_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc/fault.h"
#include "unit/kpis/fake_store.h"
#include "unit/rpc/fake_plugin_host.h"

namespace keyscore::rpc {
namespace {

using testing::HasSubstr;

constexpr int64_t kMaxLibrary = 4 << 20;

class InstallSessionTest : public testing::Test {
 protected:
  absl::Status Header(const std::function<void(v1::InstallPluginRequest::Header&)>& fill = {}) {
    v1::InstallPluginRequest message;
    message.mutable_header()->set_file_name("acme_health.so");
    if (fill) fill(*message.mutable_header());
    return session_.Take(message);
  }
  absl::Status Content(const std::string& bytes) {
    v1::InstallPluginRequest message;
    message.set_content(bytes);
    return session_.Take(message);
  }
  absl::StatusOr<v1::InstallPluginResponse> Finish() {
    return session_.Finish([] { return false; });
  }
  static void ExpectFault(const absl::Status& status, const std::string& field) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_EQ(FaultOf(status).field, field) << status;
  }

  kpis::FakePluginHost host_;
  store::FakeStore store_;
  DatasetCatalog datasets_{store_};
  std::vector<std::string> admins_;
  PluginChanges changes_{host_, datasets_, admins_};
  InstallSession session_{host_, changes_, Caller{.local = true, .claimed = "ada"}, kMaxLibrary};
};

TEST_F(InstallSessionTest, PutsTheFileTogetherAndSaysWhoAsks) {
  ASSERT_TRUE(Header([](auto& header) {
                header.set_sha256(std::string(64, 'A'));
                header.set_reason("spring release");
                header.set_etag("e1");
                header.set_shadow(true);
              }).ok());
  ASSERT_TRUE(Content("ab").ok());
  ASSERT_TRUE(Content("c").ok());
  const auto response = Finish();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->plugin().name(), "plugins/acme_health");
  ASSERT_EQ(response->checks_size(), 1);
  EXPECT_EQ(response->checks(0).outcome(), v1::ConformanceCheck::OUTCOME_PASSED);
  ASSERT_EQ(host_.installs.size(), 1u);
  const kpis::InstallRequest& asked = host_.installs[0];
  EXPECT_EQ(asked.content, "abc");
  EXPECT_EQ(asked.sha256, std::string(64, 'a'));
  EXPECT_TRUE(asked.shadow);
  EXPECT_FALSE(asked.validate_only);
  EXPECT_EQ(asked.change.author, "ada (unverified)");
  EXPECT_EQ(asked.change.reason, "spring release");
  EXPECT_EQ(asked.change.etag, "e1");
}

TEST_F(InstallSessionTest, TheHeaderComesFirstAndOnce) {
  ExpectFault(Content("ab"), "header");
  ExpectFault(Finish().status(), "header");
  ASSERT_TRUE(Header().ok());
  ExpectFault(Header(), "header");
  EXPECT_TRUE(host_.installs.empty());
}

TEST_F(InstallSessionTest, AFileNameIsANameAndGivesAnId) {
  for (const char* name :
       {"", "../evil.so", "dir/a.so", "acme.dll", ".so", "..so", "a\n.so", "libacme.so.1"}) {
    ExpectFault(Header([&](auto& header) { header.set_file_name(name); }), "header.file_name");
  }
}

TEST_F(InstallSessionTest, FieldsOfTheHeaderAreHeldAgainstTheirForm) {
  ExpectFault(Header([](auto& header) { header.set_sha256("abc"); }), "header.sha256");
  ExpectFault(Header([](auto& header) { header.set_sha256(std::string(64, 'g')); }),
              "header.sha256");
  ExpectFault(Header([](auto& header) { header.set_signature("short"); }), "header.signature");
  ExpectFault(Header([](auto& header) { header.set_golden_vectors(std::string(2 << 20, 'x')); }),
              "header.golden_vectors");
  ExpectFault(Header([](auto& header) { header.set_reason(std::string(1'001, 'x')); }),
              "header.reason");
}

TEST_F(InstallSessionTest, AnEmptyFileIsNoLibrary) {
  ASSERT_TRUE(Header().ok());
  ASSERT_TRUE(Content("").ok());
  ExpectFault(Finish().status(), "content");
  EXPECT_TRUE(host_.installs.empty());
}

TEST_F(InstallSessionTest, AFileOfTheServersOwnBringsNoContent) {
  ASSERT_TRUE(Header([](auto& header) { header.set_from_directory(true); }).ok());
  ExpectFault(Content("ab"), "content");
  ASSERT_TRUE(Finish().ok());
  EXPECT_TRUE(host_.installs[0].from_directory);
}

TEST_F(InstallSessionTest, AMessageHoldsAtMostOneMebibyte) {
  ASSERT_TRUE(Header().ok());
  EXPECT_TRUE(Content(std::string(1 << 20, 'x')).ok());
  ExpectFault(Content(std::string((1 << 20) + 1, 'x')), "content");
}

TEST_F(InstallSessionTest, ALibraryThatIsTooLargeIsRefusedWhileItArrives) {
  ASSERT_TRUE(Header().ok());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Content(std::string(1 << 20, 'x')).ok());
  const absl::Status refused = Content("x");
  EXPECT_EQ(FaultOf(refused).reason, "LIBRARY_TOO_LARGE");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("plugins.max_library"));
}

TEST_F(InstallSessionTest, AStrangerIsRefusedBeforeAnyContent) {
  InstallSession session(host_, changes_, Caller{}, kMaxLibrary);
  v1::InstallPluginRequest message;
  message.mutable_header()->set_file_name("acme_health.so");
  EXPECT_TRUE(absl::IsPermissionDenied(session.Take(message)));
}

TEST_F(InstallSessionTest, ARefusedLibraryKeepsEveryReason) {
  host_.answer = absl::InvalidArgumentError("first\nsecond");
  ASSERT_TRUE(Header().ok());
  ASSERT_TRUE(Content("ab").ok());
  const absl::Status refused = Finish().status();
  EXPECT_EQ(FaultOf(refused).reason, "PLUGIN_REFUSED");
  EXPECT_EQ(refused.message(), "first\nsecond");
}

TEST_F(InstallSessionTest, ASecondLibraryIsToldToComeAgainWhereOthersGoOn) {
  const PluginReasons examines{.failed_precondition = "X", .examines = true};
  absl::Status second;
  absl::Status urgent;
  host_.on_install = [&] {
    second = changes_.Run(examines, [] { return absl::OkStatus(); });
    urgent = changes_.Run({"X"}, [] { return absl::OkStatus(); });
  };
  ASSERT_TRUE(Header().ok());
  ASSERT_TRUE(Content("ab").ok());
  EXPECT_TRUE(Finish().ok());
  EXPECT_TRUE(absl::IsAborted(second));
  EXPECT_EQ(FaultOf(second).reason, "PLUGIN_CHANGE_RUNNING");
  EXPECT_TRUE(FaultOf(second).retry_delay.has_value());
  EXPECT_TRUE(urgent.ok()) << urgent;
  EXPECT_TRUE(changes_.Run(examines, [] { return absl::OkStatus(); }).ok());
}

TEST_F(InstallSessionTest, DatasetsOfAnInstalledPluginComeIntoView) {
  host_.on_install = [&] {
    auto library = std::make_shared<kpis::LoadedLibrary>();
    library->id = "acme_health";
    library->datasets.push_back({.id = "acme_visits"});
    host_.published.Publish({library}, {});
  };
  ASSERT_TRUE(Header().ok());
  ASSERT_TRUE(Content("ab").ok());
  EXPECT_FALSE(datasets_.Find("acme_visits").ok());
  ASSERT_TRUE(Finish().ok());
  EXPECT_TRUE(datasets_.Find("acme_visits").ok());
}

TEST(PluginFaultTest, EachCodeHasItsReason) {
  const auto reason = [](const absl::Status& status) {
    return FaultOf(PluginFault(status, {"NO_SHADOW"})).reason;
  };
  EXPECT_EQ(reason(absl::NotFoundError("")), "PLUGIN_NOT_FOUND");
  EXPECT_EQ(reason(absl::AbortedError("")), "ETAG_MISMATCH");
  EXPECT_EQ(reason(absl::InvalidArgumentError("")), "PLUGIN_REFUSED");
  EXPECT_EQ(reason(absl::FailedPreconditionError("")), "NO_SHADOW");
  EXPECT_EQ(reason(WithReason(absl::NotFoundError(""), "OTHER")), "OTHER");
}

}  // namespace
}  // namespace keyscore::rpc
