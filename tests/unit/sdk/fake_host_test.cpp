// The fake host itself: it must notice a KPI that breaks the contract and a test that is misused.
#include "keyscore/testing/fake_host.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/sdk/example_kpis.h"

namespace keyscore::testing {
namespace {

using sdk::example::ExampleLibrary;

TEST(FakeHostTest, UnknownNamesAndLengthsThatDifferAreRefused) {
  const FakeHost host(ExampleLibrary);
  EXPECT_THROW(host.Kpi("example.none"), std::runtime_error);
  EXPECT_THROW(host.Kpi("example.share").Set("prat", {1}).Evaluate(), std::runtime_error);
  EXPECT_THROW(host.Kpi("example.share").Set("part", {1, 2}).Set("whole", {1, 2, 3}).Evaluate(),
               std::runtime_error);
  EXPECT_THROW(host.Kpi("example.share").SetLists("part", {{1}}).Evaluate(), std::runtime_error);
  EXPECT_THROW(host.Kpi("example.share").Setting("none", 1).Evaluate(), std::runtime_error);
}

TEST(FakeHostTest, ASingleValueStandsForAllRows) {
  const FakeHost host(ExampleLibrary);
  const auto result = host.Kpi("example.share").Set("part", {1, 2, 3}).Set("whole", {4}).Evaluate();
  EXPECT_EQ(result[2].value, 75);
}

TEST(FakeHostTest, AFailingCallThrowsItsMessage) {
  const FakeHost host(ExampleLibrary);
  try {
    host.Kpi("example.unruly").Set("deed", {1}).Evaluate();
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "code 13: example.unruly, row 0: lost my way");
  }
}

// A KPI in plain C style that writes one element too many, or into its input.
int32_t WritesTooMuch(void*, const ks_context*, const ks_input_batch* input,
                      ks_output_batch* output, ks_error*) {
  output->value[input->row_count] = 1;
  return 0;
}
int32_t ChangesInput(void*, const ks_context*, const ks_input_batch* input, ks_output_batch*,
                     ks_error*) {
  *static_cast<int64_t*>(const_cast<void*>(input->columns[0].values)) = 9;
  return 0;
}

TEST(FakeHostTest, NoticesWritesOutsideTheOutputs) {
  const FakeHost host(ExampleLibrary);
  ks_kpi kpi = host.Kpi("example.share").descriptor();
  kpi.evaluate = WritesTooMuch;
  EXPECT_THROW(FakeKpi(nullptr, &kpi).Evaluate(), std::runtime_error);
  kpi.evaluate = ChangesInput;
  EXPECT_THROW(FakeKpi(nullptr, &kpi).Evaluate(), std::runtime_error);
}

TEST(FakeHostTest, BuffersAreAlignedTo64Bytes) {
  for (const std::size_t bytes : {0, 1, 63, 64, 1000}) {
    AlignedBuffer buffer(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.As<char>().data()) % 64, 0u) << bytes;
    EXPECT_TRUE(buffer.GuardsIntact());
  }
}

TEST(FakeHostTest, AFileThatIsNoLibraryIsRefused) {
  EXPECT_THROW(FakeHost("no/such/library.so"), std::runtime_error);
}

}  // namespace
}  // namespace keyscore::testing
