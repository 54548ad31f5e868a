// What libraries write is made safe to show.
#include "kpis/text.h"

#include "facts/utf8.h"
#include "gtest/gtest.h"

namespace keyscore::kpis {
namespace {

TEST(SafeTextTest, KeepsWellFormedText) { EXPECT_EQ(SafeText("Zürich 5 €", 100), "Zürich 5 €"); }

TEST(SafeTextTest, ReplacesBrokenBytes) {
  EXPECT_EQ(SafeText("caf\xe9!", 100), "caf\uFFFD!");
  EXPECT_EQ(SafeText("\xed\xa0\x80", 100), "\uFFFD\uFFFD\uFFFD");  // a surrogate
}

TEST(SafeTextTest, KeepsToOneLine) {
  EXPECT_EQ(SafeText(std::string_view("a\nb\r\0c", 6), 100), "a b  c");
}

TEST(SafeTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(SafeText("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(SafeText("abcdefghi", 8), "abcde…");
  EXPECT_EQ(SafeText("üüüüüü", 8), "üü…");  // 3 more bytes for "…" leave room for two of two bytes
  EXPECT_TRUE(facts::IsStorableUtf8(SafeText(std::string(5'000, '\xff'), 100)));
  EXPECT_LE(SafeText(std::string(5'000, '\xff'), 100).size(), 100u);
}

}  // namespace
}  // namespace keyscore::kpis
