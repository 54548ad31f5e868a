// Pages of the audit log.
#include "rpc/audit_service.h"

#include <gtest/gtest.h>

namespace keyscore::rpc {
namespace {

std::vector<store::AuditEntry> Entries(int64_t count) {
  std::vector<store::AuditEntry> entries;
  for (int64_t number = 1; number <= count; ++number) {
    entries.push_back({.number = number,
                       .time = absl::FromUnixSeconds(number),
                       .author = "ada",
                       .action = "plugin.install",
                       .resource = "plugins/acme",
                       .details = {{"sha256", "ab"}}});
  }
  return entries;
}

std::vector<int64_t> Numbers(const v1::ListAuditEntriesResponse& response) {
  std::vector<int64_t> numbers;
  for (const v1::AuditEntry& entry : response.audit_entries()) numbers.push_back(entry.number());
  return numbers;
}

TEST(PageOfAuditTest, TheNewestComesFirst) {
  v1::ListAuditEntriesResponse response;
  ASSERT_TRUE(PageOfAudit(Entries(3), {}, response).ok());
  EXPECT_EQ(Numbers(response), (std::vector<int64_t>{3, 2, 1}));
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.audit_entries(0).name(), "auditEntries/3");
  EXPECT_EQ(response.audit_entries(0).time().seconds(), 3);
  EXPECT_EQ(response.audit_entries(0).details().at("sha256"), "ab");
}

TEST(PageOfAuditTest, EntriesWrittenBetweenPagesDoNotShiftThem) {
  v1::ListAuditEntriesRequest request;
  request.set_page_size(2);
  v1::ListAuditEntriesResponse first, second;
  ASSERT_TRUE(PageOfAudit(Entries(4), request, first).ok());
  EXPECT_EQ(Numbers(first), (std::vector<int64_t>{4, 3}));
  request.set_page_token(first.next_page_token());
  ASSERT_TRUE(PageOfAudit(Entries(9), request, second).ok());
  EXPECT_EQ(Numbers(second), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(second.next_page_token(), "");
}

TEST(PageOfAuditTest, AnotherRequestsTokenIsRefused) {
  v1::ListAuditEntriesRequest request;
  request.set_page_size(1);
  v1::ListAuditEntriesResponse first, second;
  ASSERT_TRUE(PageOfAudit(Entries(2), request, first).ok());
  request.set_page_token(first.next_page_token());
  request.set_resource("plugins/other");
  EXPECT_TRUE(absl::IsInvalidArgument(PageOfAudit(Entries(2), request, second)));
}

}  // namespace
}  // namespace keyscore::rpc
