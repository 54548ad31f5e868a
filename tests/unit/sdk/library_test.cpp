// Registration: what the host reads from a library, and which hosts a library refuses.
#include <gtest/gtest.h>

#include <cmath>

#include "keyscore/testing/fake_host.h"
#include "unit/sdk/example_kpis.h"

namespace keyscore::sdk::example {

KEYSCORE_LIBRARY_FUNCTION(ExampleLibrary, "example", "1.2.3", "Example Inc", "Examples", Share,
                          Calls, Everything, Unruly, ShareOfAll);

namespace {

using testing::FakeHost;
using testing::Text;

TEST(LibraryTest, DescribesItself) {
  const FakeHost host(ExampleLibrary);
  const ks_library& library = host.library();
  EXPECT_EQ(library.struct_size, sizeof(ks_library));
  EXPECT_EQ(library.abi_major, KS_ABI_MAJOR);
  EXPECT_EQ(Text(library.id), "example");
  EXPECT_EQ(Text(library.version), "1.2.3");
  EXPECT_EQ(Text(library.vendor), "Example Inc");
  EXPECT_EQ(library.kpi_count, 4u);
  EXPECT_EQ(library.dataset_count, 1u);
}

TEST(LibraryTest, DescribesInputsInTheirOrder) {
  const FakeHost host(ExampleLibrary);
  const ks_kpi kpi = host.Kpi("example.share").descriptor();
  ASSERT_EQ(kpi.input_count, 2u);
  const ks_measure& part = kpi.inputs[0];
  EXPECT_EQ(part.struct_size, sizeof(ks_measure));
  EXPECT_EQ(part.aggregate, uint32_t{KS_COUNT});
  EXPECT_EQ(part.window, uint32_t{KS_WINDOW_PERIOD});
  EXPECT_EQ(Text(part.name), "part");
  EXPECT_EQ(Text(part.dataset), "ticket");
  EXPECT_EQ(Text(part.filter), "sla_due_at is null");
  EXPECT_EQ(part.flags, 0u);
  const ks_measure& whole = kpi.inputs[1];
  EXPECT_EQ(whole.window, uint32_t{KS_WINDOW_TRAILING});
  EXPECT_EQ(whole.window_days, 90u);
  EXPECT_EQ(whole.flags, uint32_t{KS_INPUT_OPTIONAL});
}

TEST(LibraryTest, DescribesKpiDefaults) {
  const FakeHost host(ExampleLibrary);
  const ks_kpi kpi = host.Kpi("example.share").descriptor();
  EXPECT_EQ(Text(kpi.version), "1.0.0");
  EXPECT_TRUE(std::isnan(kpi.default_target));
  EXPECT_EQ(kpi.default_weight, 0);
  EXPECT_EQ(kpi.rollup, uint32_t{KS_ROLLUP_POOLED});
  EXPECT_EQ(kpi.capabilities,
            uint32_t{KS_CAP_DETERMINISTIC | KS_CAP_ROW_INDEPENDENT | KS_CAP_REENTRANT});
  ASSERT_EQ(kpi.curve_count, 2u);
  EXPECT_EQ(kpi.curve[1].score, 100);
}

TEST(LibraryTest, DescribesSettings) {
  const FakeHost host(ExampleLibrary);
  const ks_kpi kpi = host.Kpi("example.everything").descriptor();
  ASSERT_EQ(kpi.config_count, 2u);
  EXPECT_EQ(Text(kpi.config[1].name), "offset");
  EXPECT_EQ(kpi.config[1].minimum, -5);
  EXPECT_EQ(kpi.config[0].default_value, 2);
}

TEST(LibraryTest, DescribesDatasets) {
  const FakeHost host(ExampleLibrary);
  const ks_dataset& dataset = host.library().datasets[0];
  EXPECT_EQ(Text(dataset.id), "example.call");
  EXPECT_EQ(Text(dataset.occurred_at_meaning), "when the call ended");
  ASSERT_EQ(dataset.column_count, 3u);
  const ks_dataset_column& result = dataset.columns[0];
  EXPECT_EQ(result.type, uint32_t{KS_TYPE_STRING});
  ASSERT_EQ(result.allowed_value_count, 2u);
  EXPECT_EQ(Text(result.allowed_values[1]), "open");
  EXPECT_EQ(result.nullable, 0u);
  const ks_dataset_column& minutes = dataset.columns[1];
  EXPECT_EQ(minutes.has_range, 1u);
  EXPECT_EQ(minutes.maximum, 600);
  EXPECT_EQ(minutes.nullable, 1u);
  EXPECT_EQ(minutes.allowed_values, nullptr);
  EXPECT_EQ(Text(dataset.columns[2].references), "contact");
}

TEST(LibraryTest, RefusesAHostOfAnotherMajorAndSaysWhy) {
  const FakeHost host(ExampleLibrary, KS_ABI_MAJOR + 1);
  EXPECT_FALSE(host.admitted());
  ASSERT_EQ(host.log().size(), 1u);
  EXPECT_EQ(host.log()[0].level, uint32_t{KS_LOG_ERROR});
  EXPECT_NE(host.log()[0].message.find("ABI 1.0"), std::string::npos) << host.log()[0].message;
  EXPECT_NE(host.log()[0].message.find("has 2.1"), std::string::npos) << host.log()[0].message;
}

TEST(LibraryTest, AcceptsAHostOfALaterMinor) {
  EXPECT_TRUE(FakeHost(ExampleLibrary, KS_ABI_MAJOR, KS_ABI_MINOR + 7).admitted());
}

TEST(LibraryTest, RefusesNoHostAndATruncatedOne) {
  EXPECT_EQ(ExampleLibrary(nullptr), nullptr);
  ks_host tiny{};
  tiny.struct_size = 4;
  EXPECT_EQ(ExampleLibrary(&tiny), nullptr);
}

}  // namespace
}  // namespace keyscore::sdk::example
