// The reader of symbols, on files as they come: whole, cut off, and with bytes turned over.
#include "kpis/conformance/elf_file.h"

#include <random>

#include "conformance/checking.h"

namespace keyscore::kpis::conformance {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ElfFileTest : public ::testing::Test {
 protected:
  const std::string whole_ = testing::ReadFile(TestPlugin("conforming"));
  const testing::TempDir folder_;
};

TEST_F(ElfFileTest, TellsExportedFromNeededAndUnique) {
  const auto conforming = ReadElfSymbols(TestPlugin("conforming"));
  ASSERT_TRUE(conforming.ok()) << conforming.status();
  EXPECT_THAT(conforming->exported, ElementsAre("keyscore_kpi_library"));
  EXPECT_THAT(conforming->needed, Contains("malloc"));
  EXPECT_THAT(conforming->unique, IsEmpty());
  const auto unique = ReadElfSymbols(TestPlugin("gnu_unique"));
  ASSERT_TRUE(unique.ok()) << unique.status();
  EXPECT_THAT(unique->unique, ElementsAre("_ZN6SharedIiE5callsE"));
  EXPECT_THAT(unique->exported, ElementsAre("keyscore_kpi_library"));
}

TEST_F(ElfFileTest, RefusesEveryCutOffFile) {
  for (size_t size = 0; size < whole_.size(); size += 97) {
    testing::WriteFile(folder_ / "cut.so", whole_.substr(0, size));
    EXPECT_FALSE(ReadElfSymbols(folder_ / "cut.so").ok()) << size << " bytes";
  }
}

TEST_F(ElfFileTest, ReadsNothingOutsideOfADamagedFile) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string damaged = whole_;
    // The headers are where offsets and sizes stand: at both ends of the file.
    for (int byte = 0; byte < 8; ++byte) {
      const size_t from_end = random() % 2048;
      const size_t at = byte % 2 == 0 ? random() % 64 : damaged.size() - 1 - from_end;
      damaged[at] = static_cast<char>(random());
    }
    testing::WriteFile(folder_ / "damaged.so", damaged);
    // Whatever it says, it must come back; the sanitizers watch the reads.
    ReadElfSymbols(folder_ / "damaged.so").status().IgnoreError();
  }
}

TEST_F(ElfFileTest, RefusesWhatIsNoFile) {
  EXPECT_FALSE(ReadElfSymbols("/dev/zero").ok());
  EXPECT_FALSE(ReadElfSymbols(folder_.path()).ok());
  EXPECT_FALSE(ReadElfSymbols(folder_ / "nothing.so").ok());
}

}  // namespace
}  // namespace keyscore::kpis::conformance
