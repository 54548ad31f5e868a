// The UTF-8 check on the edges of Unicode's table 3-7.
#include "facts/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace keyscore::facts {
namespace {

TEST(Utf8Test, AcceptsTextOfEveryLength) {
  EXPECT_TRUE(IsStorableUtf8(""));
  EXPECT_TRUE(IsStorableUtf8("plain ASCII, longer than eight bytes"));
  EXPECT_TRUE(IsStorableUtf8("\xC2\x80"));          // U+0080, the first of two bytes
  EXPECT_TRUE(IsStorableUtf8("\xE0\xA0\x80"));      // U+0800, the first of three
  EXPECT_TRUE(IsStorableUtf8("\xED\x9F\xBF"));      // U+D7FF, the last before the surrogates
  EXPECT_TRUE(IsStorableUtf8("\xEE\x80\x80"));      // U+E000, the first after them
  EXPECT_TRUE(IsStorableUtf8("\xF0\x90\x80\x80"));  // U+10000
  EXPECT_TRUE(IsStorableUtf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF, the last
}

TEST(Utf8Test, RefusesOverlongForms) {
  EXPECT_FALSE(IsStorableUtf8("\xC0\x80"));
  EXPECT_FALSE(IsStorableUtf8("\xC1\xBF"));
  EXPECT_FALSE(IsStorableUtf8("\xE0\x9F\xBF"));
  EXPECT_FALSE(IsStorableUtf8("\xF0\x8F\xBF\xBF"));
}

TEST(Utf8Test, RefusesSurrogatesAndWhatLiesBeyondUnicode) {
  EXPECT_FALSE(IsStorableUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsStorableUtf8("\xED\xBF\xBF"));
  EXPECT_FALSE(IsStorableUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsStorableUtf8("\xF5\x80\x80\x80"));
  EXPECT_FALSE(IsStorableUtf8("\xFF"));
}

TEST(Utf8Test, RefusesTruncatedSequencesWhereverTheyStand) {
  for (size_t before = 0; before < 20; ++before) {
    const std::string ascii(before, 'a');
    for (const char* cut : {"\xC2", "\xE0\xA0", "\xF0\x90\x80", "\x80"}) {
      EXPECT_FALSE(IsStorableUtf8(ascii + cut)) << before;
      EXPECT_FALSE(IsStorableUtf8(ascii + cut + "text behind it")) << before;
    }
  }
}

TEST(Utf8Test, RefusesNul) {
  EXPECT_FALSE(IsStorableUtf8(std::string("a\0b", 3)));
  EXPECT_FALSE(IsStorableUtf8(std::string("aaaaaaaa\0bbbbbbbb", 17)));
}

TEST(Utf8Test, PlainAsciiHasNeitherZeroNorHighBytesAnywhere) {
  EXPECT_TRUE(IsPlainAscii(""));
  for (size_t size = 1; size <= 20; ++size) {
    const std::string plain(size, 'a');
    EXPECT_TRUE(IsPlainAscii(plain));
    for (size_t at = 0; at < size; ++at) {
      for (const char odd : {'\0', '\x80', '\xFF'}) {
        std::string text = plain;
        text[at] = odd;
        EXPECT_FALSE(IsPlainAscii(text)) << size << " bytes, at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace keyscore::facts
