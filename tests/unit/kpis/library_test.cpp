// Loading real libraries, good and bad, from the files of tests/fault/plugins.
#include "kpis/library.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/staging.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LibraryTest : public ::testing::Test {
 protected:
  absl::StatusOr<LoadedLibrary> Load(const std::string& path) {
    return LoadLibrary(path, {.staging_dir = (folder_ / "staging").string()});
  }
  // The reasons against a library; "" = loaded.
  std::string Refusal(const std::string& path) {
    const auto loaded = Load(path);
    if (loaded.ok()) return "";
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(loaded.status().message());
  }

  ScratchFolder folder_;
};

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST_F(LibraryTest, LoadsAndEvaluates) {
  const auto library = Load(TestPlugin("good_neighbour"));
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_EQ(library->id, "good_neighbour");
  EXPECT_EQ(library->file_name, "good_neighbour.so");
  EXPECT_EQ(library->abi_version, "1.1");
  EXPECT_EQ(library->sha256.size(), 64u);
  ASSERT_FALSE(library->kpis.empty());
  EXPECT_EQ(library->kpis[0].definition.id, "good_neighbour.interactions");
  store::MeasureColumn minutes{.numbers = {12, 0.5}, .valid = {1, 1}};
  const auto results = library->kpis[0].function->Evaluate(
      {}, {.row_count = 2, .columns = {&minutes}, .aggregates = {store::Aggregate::kSum}});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0].value, 12);
  EXPECT_EQ((*results)[1].value, 0.5);
}

TEST_F(LibraryTest, RunsAPrivateCopyNamedByItsDigest) {
  const auto library = Load(TestPlugin("good_neighbour"));
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_EQ(ModeOf(folder_ / "staging"), 0700u);
  EXPECT_EQ(ModeOf(folder_ / ("staging/" + library->sha256 + ".so")), 0500u);
}

TEST_F(LibraryTest, HoldsALibraryOpenOnce) {
  ASSERT_TRUE(Load(TestPlugin("good_neighbour")).ok());
  const size_t open = OpenLibraryCount();
  ASSERT_TRUE(Load(TestPlugin("good_neighbour")).ok());
  EXPECT_EQ(OpenLibraryCount(), open);
}

TEST_F(LibraryTest, RefusesATextFile) {
  const std::string path = folder_.Write("notes.so", "These are no machine instructions.\n");
  EXPECT_THAT(Refusal(path),
              AllOf(HasSubstr("not a loadable shared library"), Not(HasSubstr("staging"))));
  // SHA-256 of that text, by sha256sum.
  const auto digest = Load(path).status().GetPayload(kSha256Payload);
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(std::string(*digest),
            "6faa78aca8cc903f4e8701c043ce6ae5724a4bbbe424f81f29d0a1bf4456935f");
}

TEST_F(LibraryTest, RefusesAnEmptyFile) {
  EXPECT_THAT(Refusal(folder_.Write("empty.so", "")), HasSubstr("not a loadable shared library"));
}

TEST_F(LibraryTest, RefusesWhatIsNoFile) {
  EXPECT_THAT(Refusal((folder_ / "missing.so").string()), HasSubstr("can't be read"));
  std::filesystem::create_directory(folder_ / "folder.so");
  EXPECT_THAT(Refusal((folder_ / "folder.so").string()), HasSubstr("regular file"));
  ASSERT_EQ(mkfifo((folder_ / "pipe.so").c_str(), 0600), 0);
  EXPECT_THAT(Refusal((folder_ / "pipe.so").string()), HasSubstr("regular file"));
}

TEST_F(LibraryTest, RefusesALibraryWithoutTheSymbol) {
  EXPECT_THAT(Refusal(TestPlugin("no_symbol")),
              HasSubstr("does not export the symbol keyscore_kpi_library"));
}

TEST_F(LibraryTest, RefusesOtherAbisAndSaysExpectedAndGot) {
  EXPECT_THAT(Refusal(TestPlugin("wrong_major")), HasSubstr("expected 1.1, got 2."));
  EXPECT_THAT(Refusal(TestPlugin("newer_minor")), HasSubstr("expected 1.1, got 1.8"));
}

TEST_F(LibraryTest, TellsWhyALibraryDeclined) {
  EXPECT_THAT(Refusal(TestPlugin("unwilling")),
              HasSubstr("the licence of this library has expired"));
}

TEST_F(LibraryTest, TakesALibraryWithLongerStructs) { EXPECT_EQ(Refusal(TestPlugin("roomy")), ""); }

TEST_F(LibraryTest, RefusesNamesThatAreNotItsOwn) {
  EXPECT_THAT(Refusal(TestPlugin("other_name")), HasSubstr("expected 'other_name'"));
  EXPECT_THAT(Refusal(TestPlugin("foreign_namespace")),
              HasSubstr("id must be foreign_namespace.name"));
  EXPECT_THAT(Refusal(TestPlugin("no_namespace")), HasSubstr("id must be no_namespace.name"));
  EXPECT_THAT(Refusal(TestPlugin("duplicate_kpi")), HasSubstr("stands in the library twice"));
}

TEST_F(LibraryTest, NonsenseIsAnErrorOfItsRow) {
  const auto library = Load(TestPlugin("nonsense"));
  ASSERT_TRUE(library.ok()) << library.status();
  store::MeasureColumn minutes{.numbers = {1, 1, 1}, .valid = {1, 1, 1}};
  const auto results = library->kpis[0].function->Evaluate(
      {}, {.row_count = 3, .columns = {&minutes}, .aggregates = {store::Aggregate::kSum}});
  ASSERT_TRUE(results.ok()) << results.status();
  for (const RowResult& row : *results) EXPECT_EQ(row.state, State::kError);
}

TEST_F(LibraryTest, ClearingTheStagingFolderSparesWhatIsNotOurs) {
  const auto staged = StageFile(TestPlugin("good_neighbour"), (folder_ / "staging").string());
  ASSERT_TRUE(staged.ok()) << staged.status();
  std::ofstream(folder_ / "staging/README.so") << "mine";
  ClearStaging((folder_ / "staging").string());
  EXPECT_FALSE(std::filesystem::exists(staged->path));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "staging/README.so"));
}

}  // namespace
}  // namespace keyscore::kpis
