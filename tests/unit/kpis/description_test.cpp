// A description survives its way through bytes, and bytes that are none do no harm.
#include "kpis/isolation/description.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kpis/open_library.h"
#include "unit/kpis/sample_library.h"
#include "unit/kpis/test_plugins.h"

namespace keyscore::kpis {
namespace {

using ::testing::HasSubstr;

// All that a description says, as text.
std::string Said(const DescribedLibrary& library) {
  return EncodeDescription(library, DescribedLibrary());
}

absl::StatusOr<DescribedLibrary> Describe(const std::filesystem::path& path, bool builtin) {
  static const ks_host host = {
      sizeof(ks_host), KS_ABI_MAJOR, KS_ABI_MINOR, 0, nullptr, [](void*, uint32_t, ks_str) {}};
  const auto entry = OpenLibrary(path.string());
  if (!entry.ok()) return entry.status();
  const auto raw = CallEntry(*entry, &host, [] { return std::vector<std::string>(); });
  if (!raw.ok()) return raw.status();
  return DescribeLibrary(**raw, path.stem().string(), builtin);
}

TEST(DescriptionTest, TheWholeCatalogueComesOutAsItWentIn) {
  const char* const plugins = std::getenv("KEYSCORE_PLUGINS_DIR");
  ASSERT_NE(plugins, nullptr);
  for (const char* name : {"relationships", "revenue", "retention", "learning"}) {
    const auto described = Describe(std::filesystem::path(plugins) / (std::string(name) + ".so"),
                                    /*builtin=*/true);
    ASSERT_TRUE(described.ok()) << described.status();
    const auto decoded = DecodeDescription(Said(*described), name, /*builtin=*/true, nullptr);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(Said(*decoded), Said(*described));
    ASSERT_EQ(decoded->kpis.size(), described->kpis.size());
    for (size_t i = 0; i < decoded->kpis.size(); ++i) {
      const KpiDefinition& was = described->kpis[i].definition;
      const KpiDefinition& is = decoded->kpis[i].definition;
      EXPECT_EQ(is.curve, was.curve) << was.id;
      EXPECT_EQ(is.default_target, was.default_target) << was.id;
      EXPECT_EQ(is.plugin_id, name);
      EXPECT_EQ(is.actions, was.actions);
      ASSERT_EQ(is.inputs.size(), was.inputs.size());
      for (size_t j = 0; j < is.inputs.size(); ++j) {
        EXPECT_EQ(is.inputs[j].window, was.inputs[j].window);
        EXPECT_EQ(is.inputs[j].filter, was.inputs[j].filter);
      }
    }
  }
}

TEST(DescriptionTest, DatasetsComeOutAsTheyWentIn) {
  const auto described = Describe(TestPlugin("dataset_owner"), /*builtin=*/false);
  ASSERT_TRUE(described.ok()) << described.status();
  ASSERT_FALSE(described->datasets.empty());
  const auto decoded = DecodeDescription(Said(*described), "dataset_owner", false, nullptr);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(Said(*decoded), Said(*described));
  EXPECT_EQ(decoded->datasets[0].declared_by, "plugins/dataset_owner");
  EXPECT_EQ(decoded->datasets[0].columns.size(), described->datasets[0].columns.size());
}

TEST(DescriptionTest, FaultsComeWithWhatCouldBeRead) {
  SampleLibrary sample;
  sample.kpis[0].formula = {};
  DescribedLibrary readable;
  const auto faulty = DescribeLibrary(sample.Get(), "acme", false, &readable);
  ASSERT_FALSE(faulty.ok());
  DescribedLibrary decoded;
  const auto status =
      DecodeDescription(EncodeDescription(faulty, readable), "acme", false, &decoded).status();
  EXPECT_EQ(status.message(), faulty.status().message());
  ASSERT_EQ(decoded.kpis.size(), 1u);
  EXPECT_EQ(decoded.kpis[0].definition.id, "acme.win_rate");
}

TEST(DescriptionTest, WhatAWorkerClaimsIsCheckedHereAgain) {
  SampleLibrary sample;
  auto described = DescribeLibrary(sample.Get(), "acme", false);
  ASSERT_TRUE(described.ok()) << described.status();
  // As if the library had changed the worker's answer.
  described->kpis[0].definition.curve = {{1, 0}, {0, 100}};
  described->kpis[0].definition.id = "retention_rate";
  const auto decoded = DecodeDescription(Said(*described), "acme", false, nullptr);
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("curve[1]"));
  EXPECT_THAT(std::string(decoded.status().message()), HasSubstr("id must be acme.name"));
}

TEST(DescriptionTest, GarbageIsRefusedWhateverItIs) {
  SampleLibrary sample;
  const auto described = DescribeLibrary(sample.Get(), "acme", false);
  ASSERT_TRUE(described.ok());
  const std::string sound = Said(*described);
  std::mt19937 random(7);
  size_t refused = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = sound;
    const int changes = 1 + static_cast<int>(random() % 4);
    for (int c = 0; c < changes; ++c) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    DescribedLibrary readable;
    const auto decoded = DecodeDescription(bytes, "acme", false, &readable);
    if (!decoded.ok()) {
      ++refused;
      EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
    }
  }
  EXPECT_GT(refused, 1'000u);
  EXPECT_FALSE(DecodeDescription("", "acme", false, nullptr).ok());
}

}  // namespace
}  // namespace keyscore::kpis
