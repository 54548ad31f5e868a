// How often the engine is asked, and that what is kept is never older than the facts.
#include "measures/memory/engine_tables.h"

#include <gtest/gtest.h>

#include <map>

#include "unit/kpis/fake_store.h"

namespace keyscore::measures {
namespace {

using store::SubjectKind;

// A state of the facts; `changed` are the subjects' own.
class FakeSource : public Source {
 public:
  FakeSource(int64_t watermark, std::map<std::string, int64_t> changed)
      : watermark_(watermark), changed_(std::move(changed)) {}
  absl::StatusOr<store::MeasureTable> Measure(const std::vector<store::ResolvedMeasure>&,
                                              const store::Scope&, int64_t,
                                              const store::StopFn&) override {
    return absl::UnimplementedError("not asked here");
  }
  absl::StatusOr<std::vector<store::DatasetStats>> Stats(const std::string&) override {
    return absl::UnimplementedError("not asked here");
  }
  absl::StatusOr<int64_t> Watermark() override { return watermark_; }
  int64_t watermark() const override { return watermark_; }
  int64_t ChangedAt(SubjectKind, const std::string& id) const override {
    const auto changed = changed_.find(id);
    return changed == changed_.end() ? 1 : changed->second;
  }

 private:
  const int64_t watermark_;
  const std::map<std::string, int64_t> changed_;
};

class EngineTablesTest : public ::testing::Test {
 protected:
  void Talk(const char* manager, int64_t batch) {
    store_.facts.push_back({.dataset = "interaction",
                            .manager_id = manager,
                            .account_id = "acme",
                            .occurred_at = absl::UnixEpoch(),
                            .watermark = batch});
  }
  // How many facts each of the managers has; -1 = no row.
  std::map<std::string, double> Count(const Source& source, std::vector<std::string> managers) {
    store::ResolvedMeasure measure;
    measure.dataset = "interaction";
    measure.time_column = "occurred_at";
    measure.from = absl::InfinitePast();
    measure.to = absl::InfiniteFuture();
    std::map<std::string, double> counts;
    for (const std::string& manager : managers) counts[manager] = -1;
    const auto table = tables_.Measure(
        {measure}, {.kind = SubjectKind::kManager, .subject_ids = managers}, source, {});
    EXPECT_TRUE(table.ok()) << table.status();
    if (!table.ok()) return counts;
    for (size_t row = 0; row < table->subject_ids.size(); ++row) {
      counts[table->subject_ids[row]] = table->columns[0].numbers[row];
    }
    return counts;
  }
  using Counts = std::map<std::string, double>;

  store::FakeStore store_;
  EngineTables tables_{store_};
};

TEST_F(EngineTablesTest, TheFirstQuestionIsAskedForAll) {
  Talk("anna", 1);
  Talk("ben", 1);
  const FakeSource source(1, {});
  EXPECT_EQ(Count(source, {"anna"}), (Counts{{"anna", 1}}));
  EXPECT_EQ(Count(source, {"ben", "nobody"}), (Counts{{"ben", 1}, {"nobody", -1}}));
  ASSERT_EQ(store_.measure_calls.size(), 1U);
  EXPECT_TRUE(store_.measure_calls[0].scope.subject_ids.empty());
}

TEST_F(EngineTablesTest, OnlyThoseABatchConcernsAreAskedForAgain) {
  Talk("anna", 1);
  Talk("ben", 1);
  Count(FakeSource(1, {}), {"anna", "ben"});
  Talk("anna", 2);
  const FakeSource later(2, {{"anna", 2}});
  EXPECT_EQ(Count(later, {"anna", "ben"}), (Counts{{"anna", 2}, {"ben", 1}}));
  ASSERT_EQ(store_.measure_calls.size(), 2U);
  EXPECT_EQ(store_.measure_calls[1].scope.subject_ids, std::vector<std::string>{"anna"});
  EXPECT_EQ(Count(later, {"anna", "ben"}), (Counts{{"anna", 2}, {"ben", 1}}));
  EXPECT_EQ(store_.measure_calls.size(), 2U);
}

TEST_F(EngineTablesTest, SomebodyNewIsAskedForOnce) {
  Talk("anna", 1);
  Count(FakeSource(1, {}), {"anna"});
  Talk("cleo", 2);
  const FakeSource later(2, {{"cleo", 2}, {"dora", 2}});
  EXPECT_EQ(Count(later, {"cleo", "dora"}), (Counts{{"cleo", 1}, {"dora", -1}}));
  EXPECT_EQ(Count(later, {"cleo", "dora"}), (Counts{{"cleo", 1}, {"dora", -1}}));
  EXPECT_EQ(store_.measure_calls.size(), 2U);
}

TEST_F(EngineTablesTest, AnEarlierStateIsNotAnsweredFromALaterOne) {
  Talk("anna", 1);
  const FakeSource earlier(1, {});
  Talk("anna", 2);
  const FakeSource later(2, {{"anna", 2}});
  EXPECT_EQ(Count(later, {"anna"}), (Counts{{"anna", 2}}));
  EXPECT_EQ(Count(earlier, {"anna"}), (Counts{{"anna", 1}}));
  EXPECT_EQ(Count(later, {"anna"}), (Counts{{"anna", 2}}));
}

TEST_F(EngineTablesTest, AFailingStoreIsHeardAndAskedAgain) {
  Talk("anna", 1);
  store_.measure_status = absl::UnavailableError("closed");
  const FakeSource source(1, {});
  store::ResolvedMeasure measure;
  measure.dataset = "interaction";
  measure.time_column = "occurred_at";
  const store::Scope anna{.kind = SubjectKind::kManager, .subject_ids = {"anna"}};
  EXPECT_TRUE(absl::IsUnavailable(tables_.Measure({measure}, anna, source, {}).status()));
  store_.measure_status = absl::OkStatus();
  EXPECT_EQ(Count(source, {"anna"}), (Counts{{"anna", 1}}));
}

}  // namespace
}  // namespace keyscore::measures
