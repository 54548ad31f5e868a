// The bridge to a library's functions: what they see, and what of their answers is believed.
#include "kpis/abi_function.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/failure.h"
#include "unit/kpis/sample_library.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

KpiDefinition Definition(std::vector<store::Aggregate> aggregates, bool reentrant = true) {
  KpiDefinition definition;
  definition.id = "acme.x";
  definition.reentrant = reentrant;
  for (store::Aggregate aggregate : aggregates) {
    definition.inputs.push_back({.name = "input", .aggregate = aggregate});
  }
  return definition;
}

// One count column of the numbers given.
struct OneColumn {
  explicit OneColumn(std::vector<double> numbers) {
    column.valid.assign(numbers.size(), 1);
    column.numbers = std::move(numbers);
    batch.row_count = column.numbers.size();
    batch.columns = {&column};
    batch.aggregates = {store::Aggregate::kCount};
  }
  OneColumn(const OneColumn&) = delete;

  store::MeasureColumn column;
  EvaluationBatch batch;
};

std::shared_ptr<const KpiFunction> Function(decltype(ks_kpi::evaluate) evaluate) {
  auto function =
      MakeAbiFunction(Definition({store::Aggregate::kCount}), {.evaluate = evaluate}, nullptr);
  EXPECT_TRUE(function.ok()) << function.status();
  return *function;
}

// At the first byte of the guard, in its middle and at its end, behind each of the arrays.
TEST(AbiFunctionTest, AWriteBeyondTheResultsIsInvalidOutputWhereverItLands) {
  static size_t array = 0;
  static ptrdiff_t beyond = 0;
  const auto evaluate = [](void*, const ks_context*, const ks_input_batch* input,
                           ks_output_batch* output, ks_error*) -> int32_t {
    std::byte* const arrays[] = {reinterpret_cast<std::byte*>(output->state),
                                 reinterpret_cast<std::byte*>(output->value),
                                 reinterpret_cast<std::byte*>(output->sample_size),
                                 reinterpret_cast<std::byte*>(output->weight),
                                 reinterpret_cast<std::byte*>(output->low),
                                 reinterpret_cast<std::byte*>(output->high)};
    const size_t bytes = input->row_count * (array == 0 ? 1 : sizeof(double));
    if (beyond >= 0) arrays[array][bytes + static_cast<size_t>(beyond)] ^= std::byte{1};
    return 0;
  };
  OneColumn asked({1, 2, 3});
  for (array = 0; array < 6; ++array) {
    for (beyond = -1; beyond <= 63; beyond += 32) {
      const auto results = Function(evaluate)->Evaluate({}, asked.batch);
      EXPECT_EQ(results.ok(), beyond < 0) << array << " " << beyond;
      if (results.ok()) continue;
      EXPECT_EQ(FailureReason(results.status()), kPluginInvalidOutput);
      EXPECT_THAT(std::string(results.status().message()),
                  HasSubstr("acme.x: it wrote beyond its results, which have 3 rows"));
    }
  }
}

TEST(AbiFunctionTest, PassesColumnsInArrowLayout) {
  const auto evaluate = [](void*, const ks_context* context, const ks_input_batch* input,
                           ks_output_batch* output, ks_error*) -> int32_t {
    // Fails with the number of the first claim that doesn't hold.
    int claim = 1;
    const auto column = [&](size_t i) {
      return reinterpret_cast<const ks_column*>(reinterpret_cast<const char*>(input->columns) +
                                                i * input->column_stride);
    };
    const auto aligned = [](const void* at) { return reinterpret_cast<uintptr_t>(at) % 64 == 0; };
    const auto* count = static_cast<const int64_t*>(column(0)->values);
    const auto* latest = static_cast<const double*>(column(1)->values);
    const auto* listed = static_cast<const double*>(column(2)->values);
    const int64_t* offsets = column(2)->offsets;
    for (const bool holds :
         {input->column_count == 3 && input->row_count == 10,
          column(0)->type == KS_TYPE_INT64 && column(1)->type == KS_TYPE_DOUBLE &&
              column(2)->type == KS_TYPE_LIST_DOUBLE,
          aligned(count) && aligned(latest) && aligned(listed) && aligned(offsets) &&
              aligned(output->state) && aligned(output->high),
          count[9] == 9 && column(0)->validity == nullptr,
          column(1)->validity != nullptr && column(1)->validity[0] == 0b11111110 &&
              (column(1)->validity[1] & 0b11) == 0b01,
          latest[1] == 1.5,
          offsets[0] == 0 && offsets[1] == 2 && offsets[2] == 2 && offsets[10] == 3,
          listed[0] == 7 && listed[1] == 8 && listed[2] == 9,
          output->weight[3] == 1 && std::isnan(output->low[3]) && output->state[3] == 0,
          context->subject_kind == KS_SUBJECT_TEAM && context->period_days == 31 &&
              context->period_from_us == 1'000'000 && context->period_to_us == 2'000'000,
          context->cancelled(context->cancel_context) == 0}) {
      if (!holds) return claim;
      ++claim;
    }
    return 0;
  };
  store::MeasureColumn counts, latest, lists;
  for (int row = 0; row < 10; ++row) {
    counts.numbers.push_back(row);
    counts.valid.push_back(1);
    latest.numbers.push_back(row + 0.5);
    latest.valid.push_back(row != 0 && row != 9);
    lists.lists.emplace_back();
    lists.valid.push_back(0);
  }
  lists.lists[0] = {7, 8};
  lists.lists[9] = {9};
  const KpiDefinition definition = Definition(
      {store::Aggregate::kCountDistinct, store::Aggregate::kLast, store::Aggregate::kList});
  const auto function = MakeAbiFunction(definition, {.evaluate = evaluate}, nullptr);
  ASSERT_TRUE(function.ok());
  EvaluationBatch batch{10, {&counts, &latest, &lists}, {}};
  for (const auto& input : definition.inputs) batch.aggregates.push_back(input.aggregate);
  const EvaluationContext context{.subject_kind = store::SubjectKind::kTeam,
                                  .period_from = absl::FromUnixSeconds(1),
                                  .period_to = absl::FromUnixSeconds(2),
                                  .period_days = 31};
  const auto results = (*function)->Evaluate(context, batch);
  EXPECT_TRUE(results.ok()) << "claim " << static_cast<int>(results.status().code());
}

TEST(AbiFunctionTest, BelievesOnlySoundRows) {
  const auto function = Function([](void*, const ks_context*, const ks_input_batch*,
                                    ks_output_batch* out, ks_error*) -> int32_t {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (size_t row = 0; row < 9; ++row) {
      out->state[row] = KS_STATE_VALUE;
      out->value[row] = 5;
      out->sample_size[row] = 3;
    }
    out->low[0] = 4, out->high[0] = 6;
    out->value[1] = std::nan("");
    out->value[2] = kInfinity;
    out->state[3] = 17;
    out->weight[4] = -1;
    out->weight[5] = kInfinity;
    out->sample_size[6] = -3;
    out->state[7] = KS_STATE_NOT_APPLICABLE, out->value[7] = std::nan("");
    out->low[8] = 6, out->high[8] = 4;
    return 0;
  });
  OneColumn rows(std::vector<double>(10, 1));
  const auto results = function->Evaluate({}, rows.batch);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0].state, State::kValue);
  EXPECT_EQ((*results)[0].value, 5);
  EXPECT_EQ((*results)[0].sample_size, 3);
  EXPECT_EQ((*results)[0].low, 4);
  EXPECT_EQ((*results)[0].high, 6);
  const char* const faults[] = {"",       "value",  "value", "state",   "weight",
                                "weight", "sample", "",      "interval"};
  for (size_t row : {1, 2, 3, 4, 5, 6, 8}) {
    EXPECT_EQ((*results)[row].state, State::kError) << row;
    EXPECT_THAT(std::string((*results)[row].fault), HasSubstr(faults[row]));
  }
  EXPECT_EQ((*results)[7].state, State::kNotApplicable);  // its value doesn't matter
  EXPECT_EQ((*results)[9].state, State::kNoData);         // what the host preset
}

TEST(AbiFunctionTest, IgnoresWhatIsDoneToItsStructs) {
  const auto function = Function([](void*, const ks_context*, const ks_input_batch*,
                                    ks_output_batch* out, ks_error* error) -> int32_t {
    out->state[0] = KS_STATE_NOT_APPLICABLE;
    out->state = nullptr;
    out->row_count = 1'000'000;
    error->size = 4'000'000;
    error->message = nullptr;
    return 0;
  });
  OneColumn rows({1});
  const auto results = function->Evaluate({}, rows.batch);
  ASSERT_TRUE(results.ok());
  EXPECT_EQ((*results)[0].state, State::kNotApplicable);
}

TEST(AbiFunctionTest, AFailingCallIsItsStatusWithACleanMessage) {
  const auto function = Function([](void*, const ks_context*, const ks_input_batch*,
                                    ks_output_batch*, ks_error* error) -> int32_t {
    constexpr std::string_view kMessage = "no model for caf\xe9\nhere";
    std::memcpy(error->message, kMessage.data(), kMessage.size());
    error->size = kMessage.size();
    return 9;  // FAILED_PRECONDITION
  });
  OneColumn rows({1});
  const absl::Status status = function->Evaluate({}, rows.batch).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "acme.x: no model for caf\uFFFD here");
}

TEST(AbiFunctionTest, ACodeThatIsNoneIsInternal) {
  const auto function = Function([](void*, const ks_context*, const ks_input_batch*,
                                    ks_output_batch*, ks_error*) -> int32_t { return -5; });
  OneColumn rows({1});
  const absl::Status status = function->Evaluate({}, rows.batch).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("-5"));
}

TEST(AbiFunctionTest, AnExceptionThatALibraryLetsOutIsInternal) {
  const auto function =
      Function([](void*, const ks_context*, const ks_input_batch*, ks_output_batch*,
                  ks_error*) -> int32_t { throw std::runtime_error("oops"); });
  OneColumn rows({1});
  const absl::Status status = function->Evaluate({}, rows.batch).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("oops"));
}

TEST(AbiFunctionTest, TellsTheLibraryThatTheCallerHasGone) {
  const auto function = Function([](void*, const ks_context* context, const ks_input_batch*,
                                    ks_output_batch*, ks_error*) -> int32_t {
    return context->cancelled(context->cancel_context) != 0 ? 1 : 0;
  });
  OneColumn rows({1});
  const absl::Status status =
      function->Evaluate({.stop = [] { return true; }}, rows.batch).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST(AbiFunctionTest, AColumnOfAnotherLengthNeverReachesTheLibrary) {
  const auto function = Function(
      [](void*, const ks_context*, const ks_input_batch*, ks_output_batch*, ks_error*) -> int32_t {
        ADD_FAILURE() << "called";
        return 0;
      });
  OneColumn rows({1, 2});
  rows.batch.row_count = 3;
  EXPECT_EQ(function->Evaluate({}, rows.batch).status().code(), absl::StatusCode::kInternal);
  rows.batch.row_count = 0;
  rows.column.numbers.clear();
  EXPECT_TRUE(function->Evaluate({}, rows.batch).ok());  // nothing to compute
}

// Instances that are counted, and a note of how many callers one instance had at once.
struct Counted {
  double setting;
  std::atomic<int> inside{0};
};
std::atomic<int> created{0};
std::atomic<int> destroyed{0};
std::atomic<bool> crowded{false};

int32_t CreateCounted(const ks_host*, const ks_config_value* values, uint32_t count, uint32_t,
                      void** instance, ks_error*) {
  ++created;
  *instance = new Counted{count == 1 ? values[0].value : 0};
  return 0;
}

void DestroyCounted(void* instance) {
  ++destroyed;
  delete static_cast<Counted*>(instance);
}

int32_t EvaluateCounted(void* instance, const ks_context*, const ks_input_batch* input,
                        ks_output_batch* output, ks_error*) {
  auto& counted = *static_cast<Counted*>(instance);
  if (++counted.inside > 1) crowded = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  for (uint64_t row = 0; row < input->row_count; ++row) {
    output->state[row] = KS_STATE_VALUE;
    output->value[row] = counted.setting;
  }
  --counted.inside;
  return 0;
}

TEST(AbiFunctionTest, ANonReentrantKpiHasOneCallerAnInstance) {
  created = destroyed = 0;
  crowded = false;
  {
    KpiDefinition definition = Definition({store::Aggregate::kCount}, /*reentrant=*/false);
    definition.settings = {{.name = "horizon", .value = 7, .default_value = 5}};
    const auto function =
        MakeAbiFunction(definition, {&CreateCounted, &DestroyCounted, &EvaluateCounted}, nullptr);
    ASSERT_TRUE(function.ok());
    EXPECT_EQ(created, 1);
    std::vector<std::thread> callers;
    std::atomic<int> right{0};
    for (int i = 0; i < 24; ++i) {
      callers.emplace_back([&] {
        OneColumn rows({1});
        const auto results = (*function)->Evaluate({}, rows.batch);
        if (results.ok() && (*results)[0].value == 7) ++right;
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(right, 24);
    EXPECT_FALSE(crowded);
    EXPECT_GT(created, 1);
    EXPECT_LE(created, 8);
  }
  EXPECT_EQ(created, destroyed);
}

TEST(AbiFunctionTest, AReentrantKpiHasOneInstance) {
  created = destroyed = 0;
  {
    const auto function =
        MakeAbiFunction(Definition({store::Aggregate::kCount}),
                        {&CreateCounted, &DestroyCounted, &EvaluateCounted}, nullptr);
    ASSERT_TRUE(function.ok());
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        OneColumn rows({1});
        EXPECT_TRUE((*function)->Evaluate({}, rows.batch).ok());
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(created, 1);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(AbiFunctionTest, AFailingCreateIsTheLibrarysStatus) {
  const auto create = [](const ks_host*, const ks_config_value*, uint32_t, uint32_t, void**,
                         ks_error* error) -> int32_t {
    std::memcpy(error->message, "no licence", 10);
    error->size = 10;
    return 7;  // PERMISSION_DENIED
  };
  const auto function = MakeAbiFunction(Definition({store::Aggregate::kCount}),
                                        {.create = create, .evaluate = &Ratio}, nullptr);
  EXPECT_EQ(function.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(function.status().message(), "acme.x: no licence");
}

}  // namespace
}  // namespace keyscore::kpis
