// The examples for authors, copied out of the tree and built as their READMEs say, against the
// installed SDK: they pass the checker, are installed on a running server, and it scores facts with
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "author/installed.h"
#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

namespace fs = std::filesystem;
using S = std::string;
using ::testing::HasSubstr;
using ::testing::Not;
constexpr std::monostate kNull;

class ExamplesTest : public EmptyServerTest {
 protected:
  ExamplesTest() : desk_(InstalledSdk()) {}
  void SetUp() override {}  // the server starts once the library is built

  // The example's folder, as installed, on the desk.
  void CopyExample(const std::string& name) {
    name_ = name;
    fs::copy(InstalledSdk() / "share/keyscore/examples" / name, desk_ / name,
             fs::copy_options::recursive);
  }

  void Do(const std::string& line) {
    const Finished run = desk_.Shell(line, name_);
    ASSERT_EQ(run.exit_code, 0) << line << "\n" << Told(run);
  }

  // A server that knows the small world, and gets the library while it runs.
  void Serve() {
    StartServer({});
    ASSERT_THAT(SendSmallWorld(client()), IsOk());
    const Finished run = server_->Cli(
        {"plugin", "install", (desk_ / (name_ + "/build/" + name_ + ".so")).string(), "--golden",
         (desk_ / (name_ + "/" + name_ + ".golden.yaml")).string(), "--reason", "an example"});
    ASSERT_EQ(run.exit_code, 0) << Told(run);
    EXPECT_THAT(run.out, HasSubstr(" is in force, in a worker process of its own"));
    // The golden vectors that came along were tried.
    EXPECT_THAT(run.out, HasSubstr(" passed"));
    EXPECT_THAT(run.out, Not(HasSubstr("FAIL")));
  }

  Desk desk_;
  std::string name_;
};

// The whole of the first quarter of 2024; dates of the small world stand in support/small_world.h.
constexpr char kAnna[] = "managers/anna/scorecards/2024-Q1";

TEST_F(ExamplesTest, DeliveryBringsADatasetOfItsOwn) {
  CopyExample("delivery");
  Do("cmake -B build && cmake --build build && ctest --test-dir build --no-tests=error");
  Do("keyscore-plugin-check build/delivery.so --golden delivery.golden.yaml");
  Serve();
  const auto sent = client().AppendFacts(
      {Batch("delivery.shipment",
             {"fact_id", "account_id", "occurred_at", "promised_at", "delivered_at",
              "units_ordered", "units_delivered"},
             {{S("s1"), S("acme"), At{"2024-01-01"}, At{"2024-01-10"}, At{"2024-01-09"}, 10, 10},
              {S("s2"), S("acme"), At{"2024-01-01"}, At{"2024-01-20"}, At{"2024-01-20"}, 10, 9},
              {S("s3"), S("beta"), At{"2024-02-01"}, At{"2024-02-10"}, At{"2024-02-14"}, 5, 5},
              {S("s4"), S("beta"), At{"2024-02-01"}, At{"2024-02-20"}, At{"2024-02-22"}, 5, 5},
              {S("s5"), S("beta"), At{"2024-03-01"}, At{"2024-03-30"}, kNull, 5, kNull},
              // Boris's, and one that was promised for the next quarter.
              {S("s6"), S("gamma"), At{"2024-01-01"}, At{"2024-01-10"}, At{"2024-01-09"}, 1, 1},
              {S("s7"), S("acme"), At{"2024-03-01"}, At{"2024-04-02"}, At{"2024-03-09"}, 1, 1}})});
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->rows_inserted(), 7);

  const v1::KpiResult kept = Result(kAnna, "delivery.on_time_in_full");
  EXPECT_DOUBLE_EQ(kept.value(), 20);  // one of five
  EXPECT_EQ(kept.sample_size(), 5);
  const v1::KpiResult late = Result(kAnna, "delivery.days_late");
  EXPECT_DOUBLE_EQ(late.value(), 3);  // the middle of 4 and 2
  EXPECT_EQ(late.sample_size(), 2);
}

TEST_F(ExamplesTest, BillingIsPlainC) {
  for (const S compiler : {"gcc", "clang"}) {
    if (!IsOnPath(compiler)) GTEST_SKIP() << compiler << " is not installed";
    desk_.Use(compiler, "c++");
    CopyExample("billing");
    Do("make CFLAGS='-O2 -Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers' check");
    if (compiler == "gcc") fs::remove_all(desk_ / "billing");
  }
  Serve();
  // 1,000 + 250 + 750 billed by the small world.
  const auto sent = client().AppendFacts({Batch(
      "invoice_line", {"fact_id", "account_id", "occurred_at", "invoice_id", "amount", "sale_kind"},
      {{S("credit"), S("acme"), At{"2024-03-05"}, S("inv-acme"), -100.0, S("base")}})});
  ASSERT_THAT(sent, IsOk());
  const v1::KpiResult share = Result(kAnna, "billing.credit_share");
  EXPECT_DOUBLE_EQ(share.value(), 5);  // 100 of 2,000
  EXPECT_EQ(share.sample_size(), 4);
}

TEST_F(ExamplesTest, ContactRhythmIsRust) {
  if (!IsOnPath("rustc")) GTEST_SKIP() << "rustc is not installed";
  CopyExample("contact_rhythm");
  Do("make check");
  const Finished symbols =
      desk_.Shell("nm -D --defined-only build/contact_rhythm.so | cut -d' ' -f3", name_);
  EXPECT_EQ(symbols.out, "keyscore_kpi_library\n");
  Serve();
  const v1::KpiResult silence = Result(kAnna, "contact_rhythm.longest_silence");
  // acme: from 10 January to 10 March are 60 days; beta: from 20 March, 09:00, to the end of March
  // 11.625.
  EXPECT_DOUBLE_EQ(silence.value(), (60 + 11.625) / 2);
  EXPECT_EQ(silence.sample_size(), 3);
}

}  // namespace
}  // namespace keyscore::testing
