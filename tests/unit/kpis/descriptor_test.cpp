// What a description may be: every fault is found and named, and other minors are read.
#include "kpis/descriptor.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/kpis/sample_library.h"

namespace keyscore::kpis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string FaultsOf(SampleLibrary& sample, bool builtin = false) {
  const auto described = DescribeLibrary(sample.Get(), "acme", builtin);
  if (described.ok()) return "";
  EXPECT_EQ(described.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(described.status().message());
}

TEST(DescriptorTest, ReadsASoundLibraryWhole) {
  SampleLibrary sample;
  sample.config = {SampleLibrary::Setting("horizon_days", 90, 1, 365)};
  sample.kpis[0].default_target = 0.4;
  sample.kpis[0].create = [](const ks_host*, const ks_config_value*, uint32_t, uint32_t, void**,
                             ks_error*) { return int32_t{0}; };
  sample.inputs[1].flags = KS_INPUT_OPTIONAL;
  sample.inputs[1].time_column = Abi("closed_at");
  sample.inputs[1].window = KS_WINDOW_TRAILING;
  sample.inputs[1].window_days = 90;
  const auto library = DescribeLibrary(sample.Get(), "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  EXPECT_EQ(library->id, "acme");
  EXPECT_EQ(library->version, "2.1.0");
  EXPECT_EQ(library->abi_version, "1.1");
  ASSERT_EQ(library->kpis.size(), 1u);
  const KpiDefinition& kpi = library->kpis[0].definition;
  EXPECT_EQ(kpi.id, "acme.win_rate");
  EXPECT_EQ(kpi.plugin_id, "acme");
  EXPECT_EQ(kpi.pillar, Pillar::kRevenue);
  EXPECT_EQ(kpi.rollup, Rollup::kAccounts);
  EXPECT_EQ(kpi.controllability, Controllability::kShared);
  EXPECT_EQ(kpi.cadence_days, 30);
  EXPECT_TRUE(kpi.reentrant && kpi.deterministic && kpi.row_independent);
  ASSERT_EQ(kpi.inputs.size(), 2u);
  EXPECT_EQ(kpi.inputs[0].filter, "won");
  EXPECT_EQ(kpi.inputs[0].time_column, "occurred_at");
  EXPECT_FALSE(kpi.inputs[0].optional);
  EXPECT_EQ(kpi.inputs[1].time_column, "closed_at");
  EXPECT_EQ(kpi.inputs[1].window, measures::Window::kTrailing);
  EXPECT_EQ(kpi.inputs[1].window_days, 90);
  EXPECT_TRUE(kpi.inputs[1].optional);
  EXPECT_EQ(kpi.curve.size(), 3u);
  EXPECT_EQ(kpi.curve[1], (CurvePoint{0.5, 60}));
  EXPECT_EQ(kpi.default_target, 0.4);
  EXPECT_EQ(kpi.actions, std::vector<std::string>{"Call them."});
  ASSERT_EQ(kpi.settings.size(), 1u);
  EXPECT_EQ(kpi.settings[0].value, 90);
  EXPECT_EQ(library->kpis[0].functions.evaluate, &Ratio);
}

TEST(DescriptorTest, NanTargetMeansNone) {
  SampleLibrary sample;
  EXPECT_FALSE(
      DescribeLibrary(sample.Get(), "acme", false)->kpis[0].definition.default_target.has_value());
}

TEST(DescriptorTest, RefusesAnotherMajorAndNothingElse) {
  SampleLibrary sample;
  sample.library.abi_major = 2;
  sample.library.version = Abi("broken as well");
  EXPECT_THAT(FaultsOf(sample),
              AllOf(HasSubstr("expected 1.1, got 2.1"), Not(HasSubstr("broken"))));
}

TEST(DescriptorTest, RefusesAMinorThatThisHostDoesNotHave) {
  SampleLibrary sample;
  sample.library.abi_minor = 7;
  EXPECT_THAT(FaultsOf(sample), AllOf(HasSubstr("expected 1.1, got 1.7"), HasSubstr("newer")));
}

TEST(DescriptorTest, ListsEveryFaultAtOnce) {
  SampleLibrary sample;
  sample.library.version = Abi("1");
  sample.kpis[0].pillar = 9;
  sample.kpis[0].version = Abi("one");
  sample.kpis[0].title = Abi("");
  sample.inputs[0].aggregate = 99;
  sample.inputs[1].window = 12;
  const std::string faults = FaultsOf(sample);
  EXPECT_THAT(faults, HasSubstr("library: version '1' is not a semantic version"));
  EXPECT_THAT(faults, HasSubstr("kpis[0]: 'acme.win_rate': pillar is 9, it must be one of 1 to 4"));
  EXPECT_THAT(faults, HasSubstr("version 'one'"));
  EXPECT_THAT(faults, HasSubstr("title is missing"));
  EXPECT_THAT(faults, HasSubstr("inputs[0]: 'won': aggregate is 99"));
  EXPECT_THAT(faults, HasSubstr("inputs[1]: 'all': window is 12"));
}

// One change each, and the words that must name it.
struct Fault {
  const char* name;
  void (*make)(SampleLibrary&);
  const char* words;
};

class DescriptorFaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(DescriptorFaultTest, IsNamed) {
  SampleLibrary sample;
  GetParam().make(sample);
  EXPECT_THAT(FaultsOf(sample), HasSubstr(GetParam().words));
}

const char kBadUtf8[] = "caf\xe9";

const Fault kFaults[] = {
    {"LibraryIdNotTheFileName", [](SampleLibrary& s) { s.library.id = Abi("other"); },
     "expected 'acme'"},
    {"LibraryIdNotSnakeCase", [](SampleLibrary& s) { s.library.id = Abi("Acme!"); },
     "id 'Acme!' must be snake_case"},
    {"NothingInIt", [](SampleLibrary& s) { s.kpis.clear(); }, "neither a KPI nor a dataset"},
    {"KpiOfAnotherNamespace", [](SampleLibrary& s) { s.kpis[0].id = Abi("evil.win_rate"); },
     "id must be acme.name"},
    {"KpiWithoutNamespace", [](SampleLibrary& s) { s.kpis[0].id = Abi("win_rate"); },
     "id must be acme.name"},
    {"KpiTwice", [](SampleLibrary& s) { s.kpis.push_back(s.kpis[0]); },
     "stands in the library twice"},
    {"BrokenUtf8", [](SampleLibrary& s) { s.kpis[0].title = Abi(kBadUtf8); },
     "title is not UTF-8 text"},
    {"TextTooLong",
     [](SampleLibrary& s) {
       static const std::string text(201, 'x');
       s.kpis[0].title = Abi(text);
     },
     "title has 201 bytes, at most 200"},
    {"TextWithoutData",
     [](SampleLibrary& s) {
       s.kpis[0].unit = {nullptr, 3};
     },
     "unit has a size but no data"},
    {"HugeText",
     [](SampleLibrary& s) {
       s.kpis[0].formula = {"x", uint64_t{1} << 60};
     },
     "formula has 1152921504606846976 bytes"},
    {"NoInputs", [](SampleLibrary& s) { s.inputs.clear(); }, "inputs: at least one is needed"},
    {"TooManyInputs",
     [](SampleLibrary& s) { s.inputs.assign(33, SampleLibrary::Count("won", "")); },
     "inputs has 33 elements, at most 32"},
    {"InputTwice", [](SampleLibrary& s) { s.inputs[1].name = Abi("won"); },
     "name 'won' stands there twice"},
    {"InputNameNotSnakeCase", [](SampleLibrary& s) { s.inputs[1].name = Abi("All of them"); },
     "must be snake_case"},
    {"SumWithoutValue", [](SampleLibrary& s) { s.inputs[0].aggregate = KS_SUM; }, "value"},
    {"TrailingWithoutDays", [](SampleLibrary& s) { s.inputs[0].window = KS_WINDOW_TRAILING; },
     "window_days"},
    {"NoDataset", [](SampleLibrary& s) { s.inputs[0].dataset = Abi(""); }, "dataset is missing"},
    {"OnePoint", [](SampleLibrary& s) { s.curve.resize(1); },
     "curve has 1 points, it needs 2 to 32"},
    {"ManyPoints", [](SampleLibrary& s) { s.curve.resize(33); }, "curve has 33 points"},
    {"CurveNotAscending", [](SampleLibrary& s) { s.curve[2].value = 0.5; },
     "curve[2]: value 0.5 must be above the value 0.5 before it"},
    {"CurveNotFinite", [](SampleLibrary& s) { s.curve[2].value = kInfinity; },
     "curve[2]: value is inf"},
    {"ScoreAbove100", [](SampleLibrary& s) { s.curve[2].score = 101; }, "curve[2]: score is 101"},
    {"ScoreNan", [](SampleLibrary& s) { s.curve[0].score = kNaN; }, "curve[0]: score is nan"},
    {"CurveFallsWhereHigherIsBetter",
     [](SampleLibrary& s) { s.curve[1].score = 100.0, s.curve[2].score = 60; },
     "curve[2]: score 60 after 100 goes against the direction"},
    {"CurveRisesWhereLowerIsBetter",
     [](SampleLibrary& s) { s.kpis[0].direction = KS_LOWER_IS_BETTER; },
     "goes against the direction"},
    {"RangeCurveRisesAgain",
     [](SampleLibrary& s) {
       s.kpis[0].direction = KS_RANGE_IS_BEST;
       s.curve = {{0, 50}, {1, 100}, {2, 20}, {3, 40}};
     },
     "curve[3]: score 40 after 20 goes against the direction"},
    {"NegativeWeight", [](SampleLibrary& s) { s.kpis[0].default_weight = -1; },
     "default_weight is -1"},
    {"WeightNan", [](SampleLibrary& s) { s.kpis[0].default_weight = kNaN; },
     "default_weight is nan"},
    {"TargetInfinite", [](SampleLibrary& s) { s.kpis[0].default_target = kInfinity; },
     "default_target is inf"},
    {"DirectionUnknown", [](SampleLibrary& s) { s.kpis[0].direction = 0; }, "direction is 0"},
    {"RollupUnknown", [](SampleLibrary& s) { s.kpis[0].rollup = 3; }, "rollup is 3"},
    {"CadenceTooLong", [](SampleLibrary& s) { s.kpis[0].cadence_days = 4'000'000'000; },
     "cadence_days is 4000000000"},
    {"NoEvaluate", [](SampleLibrary& s) { s.kpis[0].evaluate = nullptr; }, "evaluate is missing"},
    {"SettingOutOfBounds",
     [](SampleLibrary& s) { s.config = {SampleLibrary::Setting("share", 2, 0, 1)}; },
     "default_value 2 is not within 0 to 1"},
    {"SettingNan",
     [](SampleLibrary& s) { s.config = {SampleLibrary::Setting("share", kNaN, 0, 1)}; },
     "default_value is nan"},
    {"SettingsWithoutCreate",
     [](SampleLibrary& s) { s.config = {SampleLibrary::Setting("share", 1, 0, 1)}; },
     "create is missing"},
    {"StrideZero", [](SampleLibrary& s) { s.library.kpi_stride = 0; }, "kpis has the stride 0"},
    {"StrideBelowTheStruct", [](SampleLibrary& s) { s.library.kpi_stride = 200; },
     "struct_size is 280, above the array's stride 200"},
    {"StructSizeNotSet", [](SampleLibrary& s) { s.kpis[0].struct_size = 0; },
     "kpis[0]: struct_size is 0"},
    {"TooManyKpis",
     [](SampleLibrary& s) { s.kpis.assign(257, SampleLibrary::Kpi("acme.win_rate")); },
     "kpis has 257 elements, at most 256"},
    {"DatasetOfAnotherNamespace", [](SampleLibrary& s) { s.datasets = {s.Dataset("calls")}; },
     "id must be acme.name"},
    {"DatasetColumnOfListType",
     [](SampleLibrary& s) {
       s.columns = {SampleLibrary::Column("minutes", KS_TYPE_LIST_DOUBLE)};
       s.datasets = {s.Dataset("acme.calls")};
     },
     "columns[0]: 'minutes': type is 6, it must be one of 1 to 5"},
    {"DatasetColumnReserved",
     [](SampleLibrary& s) {
       s.columns = {SampleLibrary::Column("select", KS_TYPE_INT64)};
       s.datasets = {s.Dataset("acme.calls")};
     },
     "'select' is reserved"},
    {"DatasetColumnGiven",
     [](SampleLibrary& s) {
       s.columns = {SampleLibrary::Column("account_id", KS_TYPE_STRING)};
       s.datasets = {s.Dataset("acme.calls")};
     },
     "column 'account_id' stands twice"},
};

INSTANTIATE_TEST_SUITE_P(Faults, DescriptorFaultTest, ::testing::ValuesIn(kFaults),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(DescriptorTest, BuiltinKpisHaveNoNamespace) {
  SampleLibrary sample;
  EXPECT_THAT(FaultsOf(sample, /*builtin=*/true), HasSubstr("without a dot"));
  sample.kpis[0].id = Abi("win_rate");
  EXPECT_EQ(FaultsOf(sample, /*builtin=*/true), "");
}

TEST(DescriptorTest, ABestRangeMayRiseAndFall) {
  SampleLibrary sample;
  sample.kpis[0].direction = KS_RANGE_IS_BEST;
  sample.curve = {{0, 0}, {1, 100}, {2, 100}, {3, 0}};
  EXPECT_EQ(FaultsOf(sample), "");
}

TEST(DescriptorTest, ReadsADeclaredDataset) {
  SampleLibrary sample;
  const ks_str allowed[] = {Abi("good"), Abi("bad")};
  sample.columns = {SampleLibrary::Column("minutes", KS_TYPE_DOUBLE),
                    SampleLibrary::Column("mood", KS_TYPE_STRING)};
  sample.columns[0].has_range = 1;
  sample.columns[0].maximum = 600;
  sample.columns[1].allowed_values = allowed;
  sample.columns[1].allowed_value_count = 2;
  sample.datasets = {sample.Dataset("acme.calls")};
  const auto library = DescribeLibrary(sample.Get(), "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  ASSERT_EQ(library->datasets.size(), 1u);
  const facts::DatasetSchema& schema = library->datasets[0];
  EXPECT_EQ(schema.declared_by, "plugins/acme");
  ASSERT_EQ(schema.columns.size(), 6u);  // the four that every dataset has, and two
  EXPECT_EQ(schema.columns[4].type, facts::ColumnType::kDouble);
  EXPECT_EQ(schema.columns[4].minimum, 0);
  EXPECT_EQ(schema.columns[4].maximum, 600);
  EXPECT_EQ(schema.columns[5].allowed_values, (std::vector<std::string>{"good", "bad"}));
}

// A later minor appends fields: its structs are longer, and the strides tell.
TEST(DescriptorTest, ReadsLongerStructsOfANewerMinor) {
  struct NewerMeasure {
    ks_measure known;
    uint64_t appended[3];
  };
  SampleLibrary sample;
  NewerMeasure inputs[2] = {{sample.inputs[0], {1, 2, 3}}, {sample.inputs[1], {4, 5, 6}}};
  sample.Get();
  for (NewerMeasure& input : inputs) input.known.struct_size = sizeof(NewerMeasure);
  sample.kpis[0].inputs = &inputs[0].known;
  sample.kpis[0].input_stride = sizeof(NewerMeasure);
  const auto library = DescribeLibrary(sample.library, "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  ASSERT_EQ(library->kpis[0].definition.inputs.size(), 2u);
  EXPECT_EQ(library->kpis[0].definition.inputs[1].name, "all");
}

// An older one lacks the tail: here everything from `end_column` on.
TEST(DescriptorTest, TakesWhatAnOlderMinorLacksAsZero) {
  constexpr size_t kOlderSize = offsetof(ks_measure, end_column);
  SampleLibrary sample;
  alignas(8) char inputs[2 * kOlderSize];
  for (size_t i = 0; i < 2; ++i) {
    sample.inputs[i].struct_size = kOlderSize;
    sample.inputs[i].unit = Abi("must not be read");
    std::memcpy(inputs + i * kOlderSize, &sample.inputs[i], kOlderSize);
  }
  sample.Get();
  sample.kpis[0].inputs = reinterpret_cast<const ks_measure*>(inputs);
  sample.kpis[0].input_stride = kOlderSize;
  const auto library = DescribeLibrary(sample.library, "acme", false);
  ASSERT_TRUE(library.ok()) << library.status();
  const KpiDefinition& kpi = library->kpis[0].definition;
  ASSERT_EQ(kpi.inputs.size(), 2u);
  EXPECT_EQ(kpi.inputs[1].name, "all");
  EXPECT_EQ(kpi.inputs[1].unit, "");
  EXPECT_EQ(kpi.inputs[1].title, "all");  // without a title, the name
}

TEST(DescriptorTest, UnknownCapabilitiesAreIgnored) {
  SampleLibrary sample;
  sample.kpis[0].capabilities = 0x80 | KS_CAP_REENTRANT;
  EXPECT_EQ(FaultsOf(sample), "");
}

}  // namespace
}  // namespace keyscore::kpis
