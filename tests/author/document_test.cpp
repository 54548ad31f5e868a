// The comparison that the tests of the documentation rest on.
#include <gtest/gtest.h>

#include "author/document.h"

namespace keyscore::testing {
namespace {

TEST(DocumentTest, FindsBlocksWithTheirLanguageAndLine) {
  const auto blocks = BlocksOf("# Page\n\n```sh\nls\npwd\n```\n\ntext\n```\nplain\n```\n");
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].language, "sh");
  EXPECT_EQ(blocks[0].content, "ls\npwd\n");
  EXPECT_EQ(blocks[0].line, 4u);
  EXPECT_EQ(blocks[1].language, "");
  EXPECT_EQ(blocks[1].content, "plain\n");
}

TEST(DocumentTest, TakesWhatIsPrintedAsShown) {
  EXPECT_FALSE(Difference("one\ntwo\n", "\none  \ntwo\n\n"));
  EXPECT_FALSE(Difference("one\n…\nfour\n", "one\ntwo\nthree\nfour\n"));
  EXPECT_FALSE(Difference("a b\n", "  a    b\n"));
  EXPECT_FALSE(Difference("…\n", "anything\nat all\n"));
  EXPECT_FALSE(Difference("…\nlast\n", "last\n"));
  EXPECT_FALSE(Difference("took … s in …\n", "took 1.5 s in here\n"));
}

TEST(DocumentTest, FindsWhatDiffers) {
  EXPECT_TRUE(Difference("one\n", "two\n"));
  EXPECT_TRUE(Difference("one\n", "one\ntwo\n"));
  EXPECT_TRUE(Difference("one\ntwo\n", "one\n"));
  EXPECT_TRUE(Difference("…\nthree\n", "one\ntwo\n"));
  EXPECT_TRUE(Difference("one\n…\ntwo\n", "one\ntwo\nthree\n"));
  EXPECT_TRUE(Difference("took … s\n", "took 1.5 ms\n"));
  EXPECT_TRUE(Difference("aXa…aXa\n", "aXa\n"));
}

}  // namespace
}  // namespace keyscore::testing
