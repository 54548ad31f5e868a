// Which fields an update is about.
#include "rpc/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keyscore/v1/weighting_service.pb.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::set<std::string> kWritable = {"display_name", "selector", "kpis"};

google::protobuf::FieldMask Mask(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

TEST(FieldMaskTest, AnEmptyMaskMeansTheWritableFieldsThatAreSet) {
  v1::WeightProfile source;
  source.set_name("weightProfiles/x");
  source.set_display_name("x");
  source.add_kpis()->set_kpi("kpis/sales");
  const auto paths = ResolveMask({}, source, kWritable);
  ASSERT_TRUE(paths.ok());
  EXPECT_THAT(paths->paths(), ElementsAre("display_name", "kpis"));
}

TEST(FieldMaskTest, AStarMeansAllWritableFields) {
  const auto paths = ResolveMask(Mask({"*"}), v1::WeightProfile(), kWritable);
  ASSERT_TRUE(paths.ok());
  EXPECT_THAT(paths->paths(), ElementsAre("display_name", "kpis", "selector"));
}

TEST(FieldMaskTest, PathsThatMakeNoSenseAreNamed) {
  const auto fault = [](const std::string& path) {
    const absl::Status status = ResolveMask(Mask({path}), v1::WeightProfile(), kWritable).status();
    EXPECT_EQ(FaultOf(status).field, "update_mask");
    EXPECT_EQ(FaultOf(status).reason, "INVALID_UPDATE_MASK");
    return std::string(status.message());
  };
  EXPECT_THAT(fault("display_nam"), HasSubstr("'display_nam' is no field of a WeightProfile"));
  EXPECT_THAT(fault("display_nam"), HasSubstr("Did you mean 'display_name'?"));
  EXPECT_THAT(fault("author"), HasSubstr("'author' can't be changed"));
  EXPECT_THAT(fault("kpis.weight"), HasSubstr("'kpis.weight' names nothing below kpis"));
  EXPECT_THAT(fault("selector.city"), HasSubstr("'selector.city' names nothing"));
}

TEST(FieldMaskTest, ListsAreReplacedAndWhatIsNotSetIsCleared) {
  v1::WeightProfile source, target;
  source.add_kpis()->set_kpi("kpis/new");
  target.add_kpis()->set_kpi("kpis/old");
  target.add_kpis()->set_kpi("kpis/older");
  target.set_display_name("goes");
  target.mutable_selector()->set_team("teams/stays");
  Overwrite(source, Mask({"kpis", "display_name"}), target);
  ASSERT_EQ(target.kpis_size(), 1);
  EXPECT_EQ(target.kpis(0).kpi(), "kpis/new");
  EXPECT_EQ(target.display_name(), "");
  EXPECT_EQ(target.selector().team(), "teams/stays");
}

TEST(FieldMaskTest, AnotherKindOfSelectorTakesThePlaceOfTheFirst) {
  v1::WeightProfile source, target;
  source.mutable_selector()->set_segment("retail");
  target.mutable_selector()->set_team("teams/goes");
  Overwrite(source, Mask({"selector"}), target);
  EXPECT_FALSE(target.selector().has_team());
  EXPECT_EQ(target.selector().segment(), "retail");
  Overwrite(v1::WeightProfile(), Mask({"selector"}), target);
  EXPECT_FALSE(target.has_selector());
}

}  // namespace
}  // namespace keyscore::rpc
