// Who owned an account when, held against a look at every row.
#include "store/owners.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace keyscore::store {
namespace {

using Owner = std::optional<std::string_view>;

TEST(OwnersTest, TheLatestStartThatCoversTheInstantWins) {
  const Owners owners({{"w1", "acme", "anna", 0, 100},
                       {"w2", "acme", "ben", 20, 40},
                       {"w3", "acme", "cleo", 60},
                       {"w4", "bolt", "dora", 10, 20},
                       {"w5", "bolt", "dora", 30, 30}});  // never
  EXPECT_EQ(owners.At("acme", -1), Owner());
  EXPECT_EQ(owners.At("acme", 0), Owner("anna"));
  EXPECT_EQ(owners.At("acme", 20), Owner("ben"));
  EXPECT_EQ(owners.At("acme", 40), Owner("anna"));  // ben's span is over, anna's is not
  EXPECT_EQ(owners.At("acme", 60), Owner("cleo"));
  EXPECT_EQ(owners.At("acme", 1'000'000), Owner("cleo"));
  EXPECT_EQ(owners.At("bolt", 19), Owner("dora"));
  EXPECT_EQ(owners.At("bolt", 20), Owner());
  EXPECT_EQ(owners.At("bolt", 30), Owner());
  EXPECT_EQ(owners.At("nobody's", 30), Owner());
}

TEST(OwnersTest, OfEqualStartsTheGreatestFactIdWins) {
  const Owners owners({{"w2", "acme", "ben", 0, 50}, {"w1", "acme", "anna", 0}});
  EXPECT_EQ(owners.At("acme", 49), Owner("ben"));
  EXPECT_EQ(owners.At("acme", 50), Owner("anna"));
}

TEST(OwnersTest, AnyRowsGiveWhatALookAtEachOfThemGives) {
  std::mt19937 random(11);
  const auto below = [&random](int limit) { return static_cast<int>(random() % limit); };
  for (int round = 0; round < 200; ++round) {
    std::vector<OwnershipRow> rows;
    for (int i = below(12); i >= 0; --i) {
      OwnershipRow row{"w" + std::to_string(i), "a" + std::to_string(below(2)),
                       "m" + std::to_string(below(4)), below(30)};
      if (below(3) > 0) row.until = below(35);
      rows.push_back(row);
    }
    const Owners owners(rows);
    for (const char* account : {"a0", "a1"}) {
      for (int64_t at = -1; at < 36; ++at) {
        const OwnershipRow* best = nullptr;
        for (const OwnershipRow& row : rows) {
          if (row.account_id != account || row.from > at || row.until <= at) continue;
          if (best == nullptr ||
              std::pair(row.from, row.fact_id) > std::pair(best->from, best->fact_id)) {
            best = &row;
          }
        }
        ASSERT_EQ(owners.At(account, at), best == nullptr ? Owner() : Owner(best->manager_id))
            << "round " << round << ", account " << account << " at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace keyscore::store
