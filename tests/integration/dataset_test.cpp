// Datasets: the built-in ones are there, an admin's own are made, filled, and survive a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/facts.h"
#include "support/sample.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using DatasetTest = EmptyServerTest;

v1::CreateDatasetRequest SiteVisits() {
  v1::CreateDatasetRequest request;
  request.set_dataset_id("acme.site_visit");
  v1::Dataset* dataset = request.mutable_dataset();
  dataset->set_title("Site visits");
  dataset->set_occurred_at_meaning("when the visit ended");
  dataset->set_kind(v1::Dataset::KIND_EVENTS);
  v1::DatasetColumn* hours = dataset->add_columns();
  hours->set_name("hours");
  hours->set_type(v1::DatasetColumn::TYPE_DOUBLE);
  hours->set_minimum(0);
  v1::DatasetColumn* purpose = dataset->add_columns();
  purpose->set_name("purpose");
  purpose->set_type(v1::DatasetColumn::TYPE_STRING);
  purpose->set_nullable(true);
  purpose->add_allowed_values("audit");
  purpose->add_allowed_values("training");
  return request;
}

TEST_F(DatasetTest, EveryBuiltInDatasetIsThere) {
  v1::ListDatasetsRequest list;
  list.set_page_size(10);
  std::set<std::string> names;
  do {
    const auto page = client().ListDatasets(list);
    ASSERT_THAT(page, IsOk());
    for (const v1::Dataset& dataset : page->datasets()) {
      names.insert(dataset.name());
      ASSERT_GE(dataset.columns_size(), 4) << dataset.name();
      EXPECT_EQ(dataset.columns(0).name(), "fact_id");
      EXPECT_EQ(dataset.columns(1).name(), "account_id");
      EXPECT_EQ(dataset.columns(2).name(), "manager_id");
      EXPECT_EQ(dataset.columns(3).name(), "occurred_at");
      EXPECT_FALSE(dataset.description().empty());
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  for (const std::string& dataset : SampleDatasets()) {
    EXPECT_EQ(names.count("datasets/" + dataset), 1u) << dataset;
  }
  v1::GetDatasetRequest get;
  get.set_name("datasets/interactoin");
  EXPECT_THAT(client().GetDataset(get), Refused(StatusCode::kNotFound));
}

TEST_F(DatasetTest, OwnDatasetIsFilledAndSurvivesARestart) {
  const TempDir data;
  StartServer({.data = data / "data"});
  v1::CreateDatasetRequest create = SiteVisits();
  create.set_validate_only(true);
  ASSERT_THAT(client().CreateDataset(create), IsOk());
  v1::GetDatasetRequest get;
  get.set_name("datasets/acme.site_visit");
  EXPECT_THAT(client().GetDataset(get), Refused(StatusCode::kNotFound));
  create.set_validate_only(false);
  const auto created = client().CreateDataset(create);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->columns_size(), 6);
  EXPECT_THAT(client().CreateDataset(create), Refused(StatusCode::kAlreadyExists));

  const std::string acme = "acme";
  const v1::AppendFactsRequest batch =
      Batch("acme.site_visit", {"fact_id", "account_id", "occurred_at", "hours", "purpose"},
            {{std::string("v1"), acme, At{"2024-02-01"}, 2.5, std::string("audit")},
             {std::string("v2"), acme, At{"2024-02-02"}, 1.0, std::monostate()},
             {std::string("v3"), acme, At{"2024-02-02"}, -1.0, std::monostate()},
             {std::string("v4"), acme, At{"2024-02-02"}, 1.0, std::string("party")}});
  const auto appended = client().AppendFacts(batch);
  ASSERT_THAT(appended, IsOk());
  EXPECT_EQ(appended->rows_inserted(), 2);
  EXPECT_EQ(appended->rows_rejected(), 2);
  ASSERT_EQ(server_->Stop(), 0);

  StartServer({.data = data / "data"});
  const auto again = client().GetDataset(get);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->title(), "Site visits");
  EXPECT_EQ(again->fact_count(), 2);
  EXPECT_EQ(again->columns(5).allowed_values_size(), 2);
  const auto replayed = client().AppendFacts(batch);
  ASSERT_THAT(replayed, IsOk());
  EXPECT_EQ(replayed->rows_replayed(), 2);
  ASSERT_EQ(server_->Stop(), 0);
}

TEST_F(DatasetTest, BadSchemasAreRefused) {
  const auto refused = [&](auto change) {
    v1::CreateDatasetRequest request = SiteVisits();
    change(request);
    return client().CreateDataset(request);
  };
  EXPECT_THAT(refused([](auto& r) { r.set_dataset_id("site_visit"); }),
              Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused([](auto& r) { r.set_dataset_id("acme.Site Visit"); }),
              Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused([](auto& r) { r.set_dataset_id(""); }),
              Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused([](auto& r) { r.mutable_dataset()->mutable_columns(1)->set_name("hours"); }),
              Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(
      refused([](auto& r) { r.mutable_dataset()->mutable_columns(0)->set_name("fact_id"); }),
      Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(
      refused([](auto& r) { r.mutable_dataset()->mutable_columns(0)->set_name("a; drop"); }),
      Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(
      refused([](auto& r) {
        r.mutable_dataset()->mutable_columns(0)->set_type(v1::DatasetColumn::TYPE_UNSPECIFIED);
      }),
      Refused(StatusCode::kInvalidArgument));
  EXPECT_THAT(refused([](auto& r) { r.mutable_dataset()->mutable_columns(1)->set_minimum(3); }),
              Refused(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace keyscore::testing
