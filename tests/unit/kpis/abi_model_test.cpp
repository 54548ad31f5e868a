// The bridge to what came with ABI 1.1: details beside the values, and models.
#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/abi_function.h"
#include "kpis/descriptor.h"
#include "unit/kpis/sample_library.h"

namespace keyscore::kpis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

KpiDefinition Definition(size_t details, size_t parameters) {
  KpiDefinition definition;
  definition.id = "acme.x";
  definition.reentrant = true;
  definition.inputs.push_back({.name = "input", .aggregate = store::Aggregate::kCount});
  for (size_t i = 0; i < details; ++i) definition.details.push_back({.name = "detail"});
  for (size_t i = 0; i < parameters; ++i) definition.parameters.push_back({.name = "parameter"});
  return definition;
}

std::shared_ptr<const KpiFunction> Function(const KpiDefinition& definition,
                                            const KpiEntryPoints& functions) {
  auto function = MakeAbiFunction(definition, functions, nullptr);
  EXPECT_TRUE(function.ok()) << function.status();
  return *function;
}

struct TwoRows {
  TwoRows() {
    column.numbers = {1, 2};
    column.valid = {1, 1};
    batch.row_count = 2;
    batch.columns = {&column};
    batch.aggregates = {store::Aggregate::kCount};
  }
  TwoRows(const TwoRows&) = delete;

  store::MeasureColumn column;
  EvaluationBatch batch;
};

TEST(AbiModelTest, DetailsAreReadColumnByColumnAndNanIsAbsent) {
  const auto evaluate = [](void*, const ks_context*, const ks_input_batch*, ks_output_batch* output,
                           ks_error*) -> int32_t {
    if (output->detail_count != 2 || !std::isnan(output->details[3])) return 13;
    output->state[0] = output->state[1] = KS_STATE_VALUE;
    output->details[0] = 10;  // detail 0, row 0
    output->details[1] = 11;  // detail 0, row 1
    output->details[2] = 20;  // detail 1, row 0
    return 0;
  };
  const TwoRows rows;
  const auto results = Function(Definition(2, 0), {.evaluate = evaluate})->Evaluate({}, rows.batch);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT((*results)[0].details, ElementsAre(std::optional(10.0), std::optional(20.0)));
  EXPECT_THAT((*results)[1].details, ElementsAre(std::optional(11.0), std::nullopt));
}

TEST(AbiModelTest, ParametersReachEvaluateInOrder) {
  const auto evaluate = [](void*, const ks_context* context, const ks_input_batch*,
                           ks_output_batch* output, ks_error*) -> int32_t {
    output->state[0] = KS_STATE_VALUE;
    output->value[0] = context->parameters[0] * 100 + context->parameters[1];
    return static_cast<int32_t>(context->parameter_count) - 2;
  };
  const auto fit = [](void*, const ks_context* context, const ks_input_batch* population,
                      double* parameters, uint32_t count, ks_error*) -> int32_t {
    if (context->parameters != nullptr || population->row_count != 2 || count != 2) return 13;
    parameters[0] = 3;
    parameters[1] = 7;
    return 0;
  };
  const TwoRows rows;
  const auto function = Function(Definition(0, 2), {.evaluate = evaluate, .fit = fit});
  const auto fitted = function->Fit({}, rows.batch);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  EvaluationContext context;
  context.parameters = *fitted;
  const auto results = function->Evaluate(context, rows.batch);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0].value, 307);
}

TEST(AbiModelTest, AParameterThatIsNotFiniteIsTheLibrarysFault) {
  const auto fit = [](void*, const ks_context*, const ks_input_batch*, double* parameters, uint32_t,
                      ks_error*) -> int32_t {
    parameters[0] = 1;  // the second one is forgotten
    return 0;
  };
  const TwoRows rows;
  const auto fitted = Function(Definition(0, 2), {.fit = fit})->Fit({}, rows.batch);
  EXPECT_EQ(fitted.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(fitted.status().message()), HasSubstr("not finite"));
}

TEST(AbiModelTest, EvaluateIsNotCalledWithoutItsParameters) {
  const auto evaluate = [](void*, const ks_context*, const ks_input_batch*, ks_output_batch*,
                           ks_error*) -> int32_t { return 0; };
  const TwoRows rows;
  const auto results = Function(Definition(0, 2), {.evaluate = evaluate})->Evaluate({}, rows.batch);
  EXPECT_EQ(results.status().code(), absl::StatusCode::kInternal);
}

TEST(AbiModelTest, ALibraryOfOneZeroHasNeitherDetailsNorModel) {
  SampleLibrary sample;
  sample.library.abi_minor = 0;
  sample.Get();
  // What lies behind the struct of 1.0 is not looked at.
  sample.kpis[0].struct_size = offsetof(ks_kpi, details);
  sample.kpis[0].detail_count = 99;
  sample.kpis[0].parameter_count = 99;
  const auto library = DescribeLibrary(sample.library, "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_THAT(library->kpis[0].definition.details, SizeIs(0));
  EXPECT_THAT(library->kpis[0].definition.parameters, SizeIs(0));
  EXPECT_EQ(library->kpis[0].functions.fit, nullptr);
}

TEST(AbiModelTest, FiguresAreCopiedAndCheckedLikeEverythingElse) {
  SampleLibrary sample;
  const ks_figure figures[] = {
      {sizeof(ks_figure), 0, Abi("gap"), Abi("days without contact"), Abi("days")},
      {sizeof(ks_figure), 0, Abi("gap"), Abi(""), Abi("")}};
  sample.kpis[0].details = figures;
  sample.kpis[0].detail_count = 1;
  sample.kpis[0].detail_stride = sizeof(ks_figure);
  auto library = DescribeLibrary(sample.Get(), "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_EQ(library->kpis[0].definition.details[0].title, "days without contact");
  EXPECT_EQ(library->kpis[0].definition.details[0].unit, "days");

  sample.kpis[0].detail_count = 2;
  sample.kpis[0].parameters = figures;
  sample.kpis[0].parameter_count = 1;
  sample.kpis[0].parameter_stride = sizeof(ks_figure);
  library = DescribeLibrary(sample.Get(), "acme", false);
  const std::string faults(library.status().message());
  EXPECT_THAT(faults, HasSubstr("details[1]: 'gap': title"));
  EXPECT_THAT(faults, HasSubstr("name stands there twice"));
  EXPECT_THAT(faults, HasSubstr("fit and parameters go together"));
}

}  // namespace
}  // namespace keyscore::kpis
