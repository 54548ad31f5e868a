// Page tokens come back as they were given, for their own request only.
#include "rpc/page_token.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "keyscore/v1/scorecard_service.pb.h"

namespace keyscore::rpc {
namespace {

v1::ListScorecardsRequest Request(const std::string& period) {
  v1::ListScorecardsRequest request;
  request.set_parent("managers/-");
  request.set_period(period);
  return request;
}

const PagePosition kPosition{.watermark = 7,
                             .offset = 100,
                             .time = absl::FromUnixMicros(1'234'567),
                             .id = std::string("i\0d\xff", 4)};

TEST(PageTokenTest, ComesBackAsItWasGiven) {
  const auto position = ReadPageToken(Request("2017"), MakePageToken(Request("2017"), kPosition));
  ASSERT_TRUE(position.ok()) << position.status();
  EXPECT_EQ(position->watermark, 7);
  EXPECT_EQ(position->offset, 100);
  EXPECT_EQ(position->time, kPosition.time);
  EXPECT_EQ(position->id, kPosition.id);
}

TEST(PageTokenTest, PageSizeMayChangeBetweenPages) {
  auto larger = Request("2017");
  larger.set_page_size(500);
  EXPECT_TRUE(ReadPageToken(larger, MakePageToken(Request("2017"), kPosition)).ok());
}

TEST(PageTokenTest, ForeignTokenIsRefused) {
  const std::string token = MakePageToken(Request("2017"), kPosition);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadPageToken(Request("2018"), token).status()));
}

TEST(PageTokenTest, TamperedTokenIsRefused) {
  std::string text;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(MakePageToken(Request("2017"), kPosition), &text));
  const size_t at = text.find("100");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 3, "900");
  EXPECT_FALSE(ReadPageToken(Request("2017"), absl::WebSafeBase64Escape(text)).ok());
  for (const char* junk : {"x", "!!!!", "W10", "e30"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadPageToken(Request("2017"), junk).status())) << junk;
  }
}

TEST(PageTokenTest, PagesOfAListInMemoryCoverItOnce) {
  auto request = Request("2017");
  const auto first = PageOf(request, 2, "", 3);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->end, 2u);
  const auto second = PageOf(request, 2, first->next_page_token, 3);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->begin, 2u);
  EXPECT_EQ(second->end, 3u);
  EXPECT_EQ(second->next_page_token, "");
}

TEST(PageSizeTest, DefaultsCapsAndRefuses) {
  EXPECT_EQ(*PageSize(0), 100);
  EXPECT_EQ(*PageSize(5'000), 1'000);
  EXPECT_FALSE(PageSize(-1).ok());
}

}  // namespace
}  // namespace keyscore::rpc
