// The functions that a KPI shows to the host: values through, everything else contained.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "keyscore/testing/fake_host.h"
#include "unit/sdk/example_kpis.h"

namespace keyscore::sdk::example {
namespace {

using testing::Evaluation;
using testing::FakeHost;
using testing::FakeKpi;
using testing::NumberColumn;

int32_t AsInt(Code code) { return static_cast<int32_t>(code); }

class EvaluateTest : public ::testing::Test {
 protected:
  FakeKpi Kpi(const char* id) { return host_.Kpi(id); }
  FakeHost host_{ExampleLibrary};
};

TEST_F(EvaluateTest, EveryRowIsComputedFromItsOwnInputs) {
  const auto result =
      Kpi("example.share").Set("part", {1, 2, 0}).Set("whole", {4, 4, 0}).Evaluate();
  EXPECT_EQ(result[0].value, 25);
  EXPECT_EQ(result[1].value, 50);
  EXPECT_EQ(result[1].sample_size, 4);
  EXPECT_EQ(result[2].state, KS_STATE_NO_DATA);
  EXPECT_TRUE(std::isnan(result[2].low));
}

TEST_F(EvaluateTest, NoRowsAreFine) {
  EXPECT_TRUE(Kpi("example.share").Set("part", {}).Set("whole", {}).Evaluate().rows.empty());
}

TEST_F(EvaluateTest, NullsAndListsArriveAsSuch) {
  NumberColumn latest(20);  // more than one byte of validity bits
  for (int i = 0; i < 20; i += 3) latest[i] = i;
  testing::ListColumn scores(20);
  scores[3] = {1, 2, 3.5};
  const auto result =
      Kpi("example.everything").Set("latest", latest).SetLists("scores", scores).Evaluate();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(result[i].state, i % 3 == 0 ? KS_STATE_VALUE : KS_STATE_NO_DATA) << i;
  }
  EXPECT_EQ(result[3].value, 3 * 2 + 6.5);
  EXPECT_EQ(result[3].sample_size, 3);
  EXPECT_EQ(result[18].value, 36);
}

TEST_F(EvaluateTest, SettingsReachTheInstance) {
  const auto result = Kpi("example.everything")
                          .Set("latest", {4})
                          .Setting("factor", 10)
                          .Setting("offset", -1)
                          .Evaluate();
  EXPECT_EQ(result[0].value, 39);
  ASSERT_EQ(host_.log().size(), 1u);
  EXPECT_EQ(host_.log()[0].message, "made");
}

TEST_F(EvaluateTest, SettingsOutOfBoundsAreRefusedByName) {
  for (const double bad : {10.5, -1.0, std::nan(""), HUGE_VAL}) {
    const Evaluation result = Kpi("example.everything").Setting("factor", bad).TryEvaluate();
    EXPECT_EQ(result.code, AsInt(Code::kInvalidArgument));
    EXPECT_NE(result.message.find("'factor'"), std::string::npos) << result.message;
    EXPECT_NE(result.message.find("between 0 and 10"), std::string::npos) << result.message;
  }
}

TEST_F(EvaluateTest, BadCreateArgumentsAreRefused) {
  const ks_kpi& kpi = Kpi("example.everything").descriptor();
  void* instance = &instance;
  // None at all.
  EXPECT_EQ(kpi.create(nullptr, nullptr, 0, 0, &instance, nullptr), 3);
  EXPECT_EQ(instance, nullptr);
  // In another order.
  ks_config_value values[2] = {{sizeof(ks_config_value), 0, ToAbi("offset"), 0},
                               {sizeof(ks_config_value), 0, ToAbi("factor"), 1}};
  EXPECT_EQ(kpi.create(nullptr, values, 2, sizeof values[0], &instance, nullptr), 3);
  // With a stride that is shorter than an element.
  EXPECT_EQ(kpi.create(nullptr, values, 2, 8, &instance, nullptr), 3);
  // Without a place for the instance.
  EXPECT_EQ(kpi.create(nullptr, values, 2, sizeof values[0], nullptr, nullptr), 3);
  EXPECT_EQ(instance, nullptr);
}

TEST_F(EvaluateTest, AConstructorsFailureComesBackWithItsCode) {
  const Evaluation result = Kpi("example.everything").Setting("factor", 9).TryEvaluate();
  EXPECT_EQ(result.code, AsInt(Code::kFailedPrecondition));
  EXPECT_EQ(result.message, "create: 9 is not a factor; choose another");
}

TEST_F(EvaluateTest, ExceptionsBecomeCodesThatNameTheRow) {
  const auto fail = [&](double deed) {
    return Kpi("example.unruly").Set("deed", {0, 0, deed}).TryEvaluate();
  };
  EXPECT_EQ(fail(1).code, AsInt(Code::kInternal));
  EXPECT_EQ(fail(1).message, "example.unruly, row 2: lost my way");
  EXPECT_EQ(fail(2).code, AsInt(Code::kResourceExhausted));
  EXPECT_EQ(fail(3).code, AsInt(Code::kUnavailable));
  EXPECT_EQ(fail(4).code, AsInt(Code::kUnknown));
  EXPECT_EQ(fail(12).code, AsInt(Code::kInvalidArgument));
  EXPECT_EQ(fail(13).code, AsInt(Code::kUnknown)) << "a failure can't pass for success";
}

TEST_F(EvaluateTest, WhatTheContractForbidsIsAnErrorRowAndLeavesTheOthersAlone) {
  const auto result = Kpi("example.unruly").Set("deed", {0, 5, 6, 7, 8, 11, 0}).Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_VALUE);
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(result[i].state, KS_STATE_ERROR) << i;
    EXPECT_EQ(result[i].value, 0) << i;
    EXPECT_EQ(result[i].weight, 1) << i;
  }
  EXPECT_EQ(result[6].state, KS_STATE_VALUE);
}

TEST_F(EvaluateTest, AReversedIntervalIsLeftOut) {
  const auto result = Kpi("example.unruly").Set("deed", {9}).Evaluate();
  EXPECT_EQ(result[0].state, KS_STATE_VALUE);
  EXPECT_TRUE(std::isnan(result[0].low));
  EXPECT_TRUE(std::isnan(result[0].high));
}

TEST_F(EvaluateTest, NotApplicableIsItsOwnState) {
  EXPECT_EQ(Kpi("example.unruly").Set("deed", {10}).Evaluate()[0].state, KS_STATE_NOT_APPLICABLE);
}

TEST_F(EvaluateTest, CancellationStopsBetweenBlocksOfRows) {
  // The row that would throw lies in the third block of 4,096, which is never reached.
  NumberColumn deeds(10000, 0.0);
  deeds[9000] = 1;
  const auto cancelled = Kpi("example.unruly").Set("deed", deeds).CancelAfter(2).TryEvaluate();
  EXPECT_EQ(cancelled.code, AsInt(Code::kCancelled));
  const auto thrown = Kpi("example.unruly").Set("deed", deeds).CancelAfter(3).TryEvaluate();
  EXPECT_EQ(thrown.code, AsInt(Code::kInternal));
  EXPECT_NE(thrown.message.find("row 9000"), std::string::npos) << thrown.message;
}

TEST_F(EvaluateTest, BatchesMayBeSeenWhole) {
  const auto result = Kpi("example.share_of_all").Set("amount", {1, 2, 5}).Evaluate();
  EXPECT_EQ(result[0].value, 12.5);
  EXPECT_EQ(result[2].value, 62.5);
  EXPECT_EQ(Kpi("example.share_of_all").Set("amount", {1}).CancelAfter(0).TryEvaluate().code,
            AsInt(Code::kCancelled));
}

TEST_F(EvaluateTest, ALaterHostWithLongerStructsWorksTheSame) {
  for (const std::size_t growth : {8, 64}) {
    const auto result = Kpi("example.everything")
                            .Set("latest", {4, std::nullopt})
                            .SetLists("scores", {{1}, {2}})
                            .Setting("offset", 3)
                            .GrowStructs(growth)
                            .Evaluate();
    EXPECT_EQ(result[0].value, 12);
    EXPECT_EQ(result[1].state, KS_STATE_NO_DATA);
    const auto share = Kpi("example.share")
                           .Set("part", {1, 2})
                           .Set("whole", {4, 4})
                           .GrowStructs(growth)
                           .Evaluate();
    EXPECT_EQ(share[1].value, 50);
  }
}

// What the host passes is checked before it is read.
class BrokenHostTest : public EvaluateTest {
 protected:
  void SetUp() override {
    context_.struct_size = sizeof context_;
    for (ks_column& column : columns_) {
      column = {sizeof(ks_column), KS_TYPE_INT64, &count_, nullptr, nullptr};
    }
    input_ = {sizeof input_, 2, 1, columns_, sizeof(ks_column)};
    output_ = {sizeof output_, 0, 1, &state_, &value_, &sample_size_, &weight_, &low_, &high_};
  }
  std::string Message() {
    ks_error error{sizeof error, 0, text_, sizeof text_};
    const int32_t code =
        Kpi("example.share").descriptor().evaluate(nullptr, &context_, &input_, &output_, &error);
    return code == 0 ? "ok" : code == 3 ? std::string(text_, error.size) : "another code";
  }

  int64_t count_ = 4;
  uint8_t state_ = 0;
  double value_ = 0, weight_ = 1, low_ = 0, high_ = 0;
  int64_t sample_size_ = 0;
  ks_context context_{};
  ks_column columns_[2];
  ks_input_batch input_{};
  ks_output_batch output_{};
  char text_[256];
};

TEST_F(BrokenHostTest, IsTheRightCallUnlessBroken) {
  EXPECT_EQ(Message(), "ok");
  EXPECT_EQ(value_, 100);
}

TEST_F(BrokenHostTest, ShortStructsAreRefused) {
  context_.struct_size = 40;
  EXPECT_NE(Message().find("shorter than ABI 1.0"), std::string::npos);
}

TEST_F(BrokenHostTest, AnotherNumberOfColumnsOrRowsIsRefused) {
  input_.column_count = 1;
  EXPECT_NE(Message().find("do not match"), std::string::npos);
  input_.column_count = 2;
  output_.row_count = 2;
  EXPECT_NE(Message().find("do not match"), std::string::npos);
}

TEST_F(BrokenHostTest, AnotherColumnTypeIsRefusedByName) {
  columns_[1].type = KS_TYPE_DOUBLE;
  EXPECT_NE(Message().find("'whole' has another type"), std::string::npos);
}

TEST_F(BrokenHostTest, MissingBuffersAreRefused) {
  columns_[0].values = nullptr;
  EXPECT_NE(Message().find("'part' has no values"), std::string::npos);
  columns_[0].values = &count_;
  output_.low = nullptr;
  EXPECT_NE(Message().find("output column is missing"), std::string::npos);
}

TEST_F(BrokenHostTest, AMissingInstanceIsRefused) {
  const ks_kpi& kpi = Kpi("example.everything").descriptor();
  EXPECT_EQ(kpi.evaluate(nullptr, &context_, &input_, &output_, nullptr), 3);
}

}  // namespace
}  // namespace keyscore::sdk::example
