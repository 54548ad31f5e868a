// The registry: what is admitted at start, what is refused and why, and how KPIs are found.
#include "kpis/registry.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/admission.h"
#include "kpis/plugins/plugin_host.h"
#include "unit/kpis/fake_store.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadedKpi Kpi(std::string id, Pillar pillar = Pillar::kRevenue) {
  LoadedKpi kpi;
  kpi.definition.id = std::move(id);
  kpi.definition.pillar = pillar;
  kpi.definition.inputs = {{.name = "n", .dataset = "interaction", .value = "expression"}};
  return kpi;
}

std::shared_ptr<LoadedLibrary> Library(std::string id, std::vector<LoadedKpi> kpis) {
  auto library = std::make_shared<LoadedLibrary>();
  library->file_name = id + ".so";
  library->id = std::move(id);
  library->kpis = std::move(kpis);
  return library;
}

facts::DatasetSchema Dataset(std::string id) {
  return {.id = std::move(id), .columns = facts::KeyColumns()};
}

// As the registry admits a library that has no fault of its own.
std::vector<std::string> Admit(const LoadedLibrary& library,
                               const std::vector<std::shared_ptr<const LoadedLibrary>>& admitted,
                               store::Store& store) {
  std::vector<std::string> reasons = FindObjections(library, admitted, store);
  return reasons.empty() ? DefineDatasets(library, store) : reasons;
}

class RegistryTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<PluginHost>> Load(std::vector<PluginDirectory> directories) {
    return PluginHost::Start({.directories = std::move(directories),
                              .data_directory = (folder_ / "data").string(),
                              .conformance = {.mode = ConformanceMode::kOff}},
                             store_);
  }

  ScratchFolder folder_;
  store::FakeStore store_;
};

TEST_F(RegistryTest, AdmitsTheGoodAndListsTheRefused) {
  folder_.Install("good_neighbour", "plugins");
  folder_.Install("wrong_major", "plugins");
  folder_.Write("plugins/notes.so", "text");
  folder_.Write("plugins/README.md", "not looked at");
  const auto host = Load({{.path = (folder_ / "plugins").string()}});
  ASSERT_TRUE(host.ok()) << host.status();
  const auto snapshot = (*host)->registry().Snapshot();
  EXPECT_NE(snapshot->FindKpi("good_neighbour.interactions"), nullptr);
  EXPECT_NE(snapshot->FindLibrary("good_neighbour"), nullptr);
  ASSERT_EQ(snapshot->refused().size(), 2u);
  EXPECT_EQ(snapshot->refused()[0].id, "notes");
  EXPECT_EQ(snapshot->refused()[0].sha256.size(), 64u);
  EXPECT_EQ(snapshot->refused()[1].file_name, "wrong_major.so");
  EXPECT_THAT(snapshot->refused()[1].reasons, ElementsAre(HasSubstr("expected 1.1, got 2.")));
  // Its two KPIs read one measure each, which the store has looked at.
  EXPECT_EQ(store_.checked.size(), 2u);
}

TEST_F(RegistryTest, AMissingDirectoryIsAnError) {
  const auto host = Load({{.path = (folder_ / "nowhere").string()}});
  EXPECT_EQ(host.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(host.status().message()), HasSubstr("nowhere"));
}

TEST_F(RegistryTest, AnEmptyDirectoryIsARegistryWithoutKpis) {
  const auto host = Load({{.path = folder_.path().string()}});
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_THAT((*host)->registry().Snapshot()->kpis(), IsEmpty());
}

TEST_F(RegistryTest, TheSecondLibraryOfOneIdIsRefused) {
  folder_.Install("good_neighbour", "first");
  folder_.Install("good_neighbour", "second");
  const auto host =
      Load({{.path = (folder_ / "first").string()}, {.path = (folder_ / "second").string()}});
  ASSERT_TRUE(host.ok()) << host.status();
  const auto snapshot = (*host)->registry().Snapshot();
  EXPECT_EQ(snapshot->libraries().size(), 1u);
  ASSERT_EQ(snapshot->refused().size(), 1u);
  EXPECT_THAT(snapshot->refused()[0].reasons[0], HasSubstr("another library with the id"));
}

TEST_F(RegistryTest, RefusesWholeWithWhatTheStoreSays) {
  folder_.Install("unknown_column", "plugins");
  store_.check_status["happiness"] = absl::InvalidArgumentError("column 'happiness' is unknown");
  const auto host = Load({{.path = (folder_ / "plugins").string()}});
  ASSERT_TRUE(host.ok()) << host.status();
  const auto snapshot = (*host)->registry().Snapshot();
  EXPECT_THAT(snapshot->kpis(), IsEmpty());
  ASSERT_EQ(snapshot->refused().size(), 1u);
  EXPECT_THAT(snapshot->refused()[0].reasons[0],
              AllOf(HasSubstr("KPI 'unknown_column.interactions'"), HasSubstr("input 'minutes'"),
                    HasSubstr("column 'happiness' is unknown")));
}

TEST_F(RegistryTest, DefinesTheDatasetsOfALibrary) {
  folder_.Install("dataset_owner", "plugins");
  const auto host = Load({{.path = (folder_ / "plugins").string()}});
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_THAT((*host)->registry().Snapshot()->refused(), IsEmpty());
  ASSERT_EQ(store_.defined.size(), 1u);
  EXPECT_THAT(store_.defined[0].id, HasSubstr("dataset_owner."));
  EXPECT_EQ(store_.defined[0].declared_by, "plugins/dataset_owner");
}

TEST(AdmissionTest, RefusesIdsThatOthersHaveAndEveryOtherFaultAtOnce) {
  store::FakeStore store;
  store.check_status["expression"] = absl::InvalidArgumentError("not allowed");
  const auto first = Library("first", {Kpi("churn")});
  const auto second = Library("second", {Kpi("churn")});
  EXPECT_THAT(Admit(*second, {first}, store),
              ElementsAre(HasSubstr("KPI 'churn' is already defined by the library 'first'"),
                          HasSubstr("input 'n': not allowed")));
}

TEST(AdmissionTest, DefinesNothingOfALibraryAtFault) {
  store::FakeStore store;
  store.check_status["expression"] = absl::InvalidArgumentError("not allowed");
  const auto library = Library("acme", {Kpi("acme.x")});
  library->datasets = {Dataset("acme.calls")};
  EXPECT_EQ(Admit(*library, {}, store).size(), 1u);
  EXPECT_THAT(store.defined, IsEmpty());
}

TEST(AdmissionTest, RefusesADatasetThatClashes) {
  store::FakeStore store;
  store.define_status["acme.calls"] = absl::FailedPreconditionError("defined with other columns");
  const auto library = Library("acme", {Kpi("acme.x")});
  library->datasets = {Dataset("acme.calls")};
  EXPECT_THAT(Admit(*library, {}, store),
              ElementsAre("dataset 'acme.calls': defined with other columns"));
}

TEST(AdmissionTest, ChecksInputsFromItsOwnDatasetsBeforeTheyAreDefined) {
  store::FakeStore store;
  const auto library = Library("acme", {Kpi("acme.x")});
  library->datasets = {Dataset("acme.calls")};
  library->kpis[0].definition.inputs[0].dataset = "acme.calls";
  store.check_status["expression"] = absl::InvalidArgumentError("no such column");
  EXPECT_THAT(Admit(*library, {}, store), ElementsAre(HasSubstr("no such column")));
  EXPECT_THAT(store.defined, IsEmpty());
}

TEST(AdmissionTest, RefusesARollupOverAccountsOfWhatHasNone) {
  store::FakeStore store;
  const auto library = Library("acme", {Kpi("acme.x")});
  library->kpis[0].definition.inputs[0].dataset = "manager";
  EXPECT_THAT(Admit(*library, {}, store), IsEmpty());
  library->kpis[0].definition.rollup = Rollup::kAccounts;
  EXPECT_THAT(Admit(*library, {}, store),
              ElementsAre(HasSubstr("dataset 'manager' has no accounts")));
}

TEST(AdmissionTest, RefusesOneAccountsValueInPlaceOfAll) {
  store::FakeStore store;
  const auto library = Library("acme", {Kpi("acme.x")});
  measures::MeasureSpec& input = library->kpis[0].definition.inputs[0];
  for (const auto aggregate : {store::Aggregate::kFirst, store::Aggregate::kLast}) {
    input.aggregate = aggregate;
    library->kpis[0].definition.rollup = Rollup::kPooled;
    EXPECT_THAT(Admit(*library, {}, store),
                ElementsAre(AllOf(HasSubstr("one account"), HasSubstr("roll the KPI up"))));
    library->kpis[0].definition.rollup = Rollup::kAccounts;
    EXPECT_THAT(Admit(*library, {}, store), IsEmpty());
  }
}

TEST(AdmissionTest, RefusesAModelOfWhatHasNoAccounts) {
  store::FakeStore store;
  const auto library = Library("acme", {Kpi("acme.x")});
  library->kpis[0].definition.parameters = {{.name = "r", .title = "shape"}};
  EXPECT_THAT(Admit(*library, {}, store), IsEmpty());
  library->kpis[0].definition.inputs[0].dataset = "learning";
  EXPECT_THAT(Admit(*library, {}, store), ElementsAre(HasSubstr("a model is fitted over them")));
}

TEST(RegistryGenerationsTest, CountsGenerationsAndThoseStillPinned) {
  Registry registry;
  EXPECT_EQ(registry.Snapshot()->generation(), 0);
  EXPECT_EQ(registry.Publish({Library("a", {Kpi("a.x")})}, {}), 1);
  std::optional<std::shared_ptr<const RegistrySnapshot>> pinned = registry.Snapshot();
  EXPECT_EQ(registry.DrainingGenerations(), 0u);
  EXPECT_EQ(registry.Publish({Library("b", {Kpi("b.x")})}, {}), 2);
  EXPECT_EQ(registry.Publish({}, {{.id = "b"}}), 3);
  // Who pinned it still finds what was there; who asks now finds the newest.
  EXPECT_NE((*pinned)->FindKpi("a.x"), nullptr);
  EXPECT_EQ(registry.Snapshot()->FindKpi("a.x"), nullptr);
  EXPECT_EQ(registry.Snapshot()->refused().size(), 1u);
  EXPECT_EQ(registry.DrainingGenerations(), 1u);
  pinned.reset();
  EXPECT_EQ(registry.DrainingGenerations(), 0u);
}

TEST(SnapshotTest, OrdersByPillarThenId) {
  const RegistrySnapshot snapshot(
      1,
      {Library("a", {Kpi("z", Pillar::kRelationships), Kpi("c", Pillar::kRetention)}),
       Library("b", {Kpi("b", Pillar::kRetention), Kpi("a", Pillar::kLearning)})},
      {});
  std::vector<std::string> ids;
  for (const LoadedKpi* kpi : snapshot.kpis()) ids.push_back(kpi->definition.id);
  EXPECT_THAT(ids, ElementsAre("z", "b", "c", "a"));
  EXPECT_EQ(snapshot.FindKpi("nothing"), nullptr);
  EXPECT_EQ(snapshot.FindLibrary("c"), nullptr);
}

TEST(SnapshotTest, FindsTheNearestId) {
  const RegistrySnapshot snapshot(
      1, {Library("a", {Kpi("churn_rate"), Kpi("net_promoter_score"), Kpi("time_to_close")})}, {});
  EXPECT_EQ(snapshot.NearestKpi("churn_rat"), "churn_rate");
  EXPECT_EQ(snapshot.NearestKpi("net_promotor_score"), "net_promoter_score");
  EXPECT_EQ(snapshot.NearestKpi("churn"), "churn_rate");
  EXPECT_EQ(snapshot.NearestKpi("weather"), "");
  EXPECT_EQ(snapshot.NearestKpi(std::string(100'000, 'x')), "");
}

}  // namespace
}  // namespace keyscore::kpis
