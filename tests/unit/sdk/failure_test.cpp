// Messages written into the host's buffer.
#include "keyscore/sdk/failure.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace keyscore::sdk::internal {
namespace {

// The message that fits into `capacity` bytes; the byte behind them must stay as it was.
std::string Cut(std::string_view text, std::size_t capacity) {
  char buffer[64];
  std::memset(buffer, '#', sizeof buffer);
  ks_error error{sizeof error, 0, buffer, capacity};
  EXPECT_EQ(Fail(&error, Code::kInternal, {"a: ", text}), 13);
  EXPECT_EQ(buffer[capacity], '#');
  return std::string(buffer, error.size);
}

TEST(FailTest, JoinsItsParts) { EXPECT_EQ(Cut("lost", 32), "a: lost"); }

TEST(FailTest, CutsAtTheCapacity) {
  EXPECT_EQ(Cut("lost", 5), "a: lo");
  EXPECT_EQ(Cut("lost", 0), "");
}

TEST(FailTest, NeverCutsInsideACharacter) {
  EXPECT_EQ(Cut("é!", 4), "a: ");  // é is 2 bytes
  EXPECT_EQ(Cut("é!", 5), "a: é");
  EXPECT_EQ(Cut("€€", 8), "a: €");  // € is 3 bytes
  EXPECT_EQ(Cut("😀!", 6), "a: ");   // 4 bytes
  EXPECT_EQ(Cut("😀", 7), "a: 😀");
}

TEST(FailTest, WorksWithoutABuffer) {
  EXPECT_EQ(Fail(nullptr, Code::kUnknown, {"lost"}), 2);
  ks_error error{sizeof error, 0, nullptr, 0};
  EXPECT_EQ(Fail(&error, Code::kUnknown, {"lost"}), 2);
}

}  // namespace
}  // namespace keyscore::sdk::internal
