// The worked examples of the KPI catalogue, from facts that a client sends to figures that a
// scorecard shows. Manager kim looks after every account; the year is 2024.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using S = std::string;
using Row = std::vector<Cell>;

constexpr std::monostate kNull;

class WorkedExamplesTest : public EmptyServerTest {
 protected:
  // `row` gives the cells of fact i; its id is put in front.
  void Send(const S& dataset, const std::vector<S>& header, int facts,
            const std::function<Row(int i)>& row) {
    if (facts == 0) return;
    std::vector<S> names = {"fact_id"};
    names.insert(names.end(), header.begin(), header.end());
    std::vector<Row> rows;
    for (int i = 0; i < facts; ++i) {
      Row cells = {absl::StrCat(dataset, "-", ++sent_)};
      for (Cell& cell : row(i)) cells.push_back(std::move(cell));
      rows.push_back(std::move(cells));
    }
    const auto response = client().AppendFacts({Batch(dataset, names, rows)});
    ASSERT_THAT(response, IsOk());
    ASSERT_EQ(response->rows_inserted(), static_cast<uint64_t>(facts)) << dataset;
  }

  static S Account(int i) { return absl::StrCat("customer-", i); }

  // Accounts 0 to `accounts` - 1, kim's since 2020; the first `lost` of them churned in May 2024.
  void SendBook(int accounts, int lost = 0) {
    Send("manager", {"manager_id", "occurred_at", "name"}, 1, [](int) {
      return Row{S("kim"), At{"2020-01-01"}, S("Kim")};
    });
    Send("account", {"account_id", "occurred_at", "name", "churned_at"}, lost, [](int i) {
      return Row{Account(i), At{"2020-01-01"}, Account(i), At{"2024-05-05"}};
    });
    Send("account", {"account_id", "occurred_at", "name"}, accounts - lost, [lost](int i) {
      return Row{Account(lost + i), At{"2020-01-01"}, Account(lost + i)};
    });
    Send("ownership", {"account_id", "manager_id", "occurred_at"}, accounts, [](int i) {
      return Row{Account(i), S("kim"), At{"2020-01-01"}};
    });
  }

  void SendScores(const S& instrument, const std::vector<std::pair<int, double>>& scores) {
    for (const auto& [count, score] : scores) {
      Send("survey_response", {"account_id", "occurred_at", "instrument", "score"}, count,
           [&instrument, score = score](int i) {
             return Row{Account(i % 10), At{"2024-03-03"}, instrument, score};
           });
    }
  }

  // The same from the manager's and from the organisation's card.
  void ExpectValue(const S& kpi, double value, uint32_t sample) {
    for (const S subject : {"managers/kim", "organization"}) {
      const v1::KpiResult result = Result(subject + "/scorecards/2024", kpi);
      EXPECT_EQ(result.state(), v1::KpiResult::VALUE) << subject << ": " << result.state_reason();
      EXPECT_DOUBLE_EQ(result.value(), value) << subject;
      EXPECT_EQ(result.sample_size(), sample) << subject;
    }
  }

  int sent_ = 0;
};

TEST_F(WorkedExamplesTest, EightyOfHundredSatisfiedIsCsat80) {
  SendBook(10);
  SendScores("csat", {{30, 5}, {50, 4}, {12, 3}, {8, 1}});
  ExpectValue("customer_satisfaction", 80, 100);
}

TEST_F(WorkedExamplesTest, HundredDollarsAMonthForThreeYearsIsALifetimeValueOf3600) {
  // One account is in its third year; another one stayed for a year. Three years and one loss.
  Send("manager", {"manager_id", "occurred_at", "name"}, 1, [](int) {
    return Row{S("kim"), At{"2020-01-01"}, S("Kim")};
  });
  const char* const started[] = {"2023-01-02", "2021-01-01"};  // the first 730 days before 2025
  Send("account", {"account_id", "occurred_at", "name", "churned_at"}, 2, [&started](int i) {
    return Row{Account(i), At{started[i]}, Account(i),
               i == 1 ? Cell(At{"2022-01-01"}) : Cell(kNull)};
  });
  Send("ownership", {"account_id", "manager_id", "occurred_at"}, 2, [](int i) {
    return Row{Account(i), S("kim"), At{"2020-01-01"}};
  });
  Send("invoice_line", {"account_id", "occurred_at", "invoice_id", "amount", "sale_kind"}, 12,
       [](int i) {
         const S month = absl::StrCat(i < 9 ? "0" : "", i + 1);
         return Row{Account(0), At{absl::StrCat("2024-", month, "-15")},
                    absl::StrCat("invoice-", month), 100.0, S("base")};
       });
  for (const S subject : {"managers/kim", "organization"}) {
    const v1::KpiResult result = Result(subject + "/scorecards/2024", "customer_lifetime_value");
    EXPECT_EQ(result.state(), v1::KpiResult::VALUE) << result.state_reason();
    EXPECT_DOUBLE_EQ(result.value(), 3600) << subject;
  }
  // Who has lost nobody yet is believed to keep customers for ten years.
  EXPECT_DOUBLE_EQ(Result("accounts/customer-0/scorecards/2024", "customer_lifetime_value").value(),
                   12'000);
}

TEST_F(WorkedExamplesTest, SixtyPercentPromotersAndTwentyPercentDetractorsIsNps40) {
  SendBook(10);
  SendScores("nps", {{40, 10}, {20, 9}, {10, 8}, {10, 7}, {15, 6}, {5, 0}});
  ExpectValue("net_promoter_score", 40, 100);
}

TEST_F(WorkedExamplesTest, FiveLostOfHundredCustomersIsChurn5) {
  SendBook(100, 5);
  ExpectValue("churn_rate", 5, 100);
  ExpectValue("retention_rate", 95, 100);
}

TEST_F(WorkedExamplesTest, TwoThousandUpsellOfTenThousandIs20) {
  SendBook(10);
  Send("invoice_line", {"account_id", "occurred_at", "invoice_id", "amount", "sale_kind"}, 10,
       [](int i) {
         return Row{Account(i), At{"2024-06-06"}, absl::StrCat("invoice-", i), 1000.0,
                    S(i < 2   ? "upsell"
                      : i < 4 ? "cross_sell"
                              : "base")};
       });
  for (const S subject : {"managers/kim", "organization"}) {
    EXPECT_DOUBLE_EQ(Result(subject + "/scorecards/2024", "upsell_revenue_share").value(), 20);
  }
}

TEST_F(WorkedExamplesTest, EightyRenewedOfHundredContractsDueIs80) {
  SendBook(10);
  Send("contract", {"account_id", "occurred_at", "outcome", "rebid", "value", "term_months"}, 100,
       [](int i) {
         return Row{
             Account(i % 10), At{"2024-08-31"}, S(i < 80 ? "renewed" : i < 95 ? "lost" : "pending"),
             i % 4 == 0,      1000.0,           12};
       });
  ExpectValue("contract_renewal_rate", 80, 100);
  // Every fourth was put out to tender.
  ExpectValue("renewal_without_rebid_rate", 60, 100);
}

TEST_F(WorkedExamplesTest, SeventyPercentHappyAndTwentyPercentNotIsEnps50) {
  SendBook(1);
  Send("employee_survey", {"manager_id", "occurred_at", "score"}, 10, [](int i) {
    return Row{S("kim"), At{"2024-09-09"}, i < 7 ? 9.0 : i < 9 ? 6.0 : 8.0};
  });
  ExpectValue("employee_satisfaction", 50, 10);
}

TEST_F(WorkedExamplesTest, EightyOfHundredIssuesOnFirstContactIsFcr80) {
  SendBook(10);
  Send("ticket", {"account_id", "occurred_at", "resolved_at", "contacts_to_resolve"}, 100,
       [](int i) {
         return Row{Account(i % 10), At{"2024-10-10"}, At{"2024-10-11"}, i < 80 ? 1 : 2 + i % 3};
       });
  ExpectValue("first_contact_resolution", 80, 100);
}

TEST_F(WorkedExamplesTest, FiftyIssuesInFiveHundredHoursIs10Hours) {
  SendBook(10);
  // 25 took 4 hours, 25 took 16.
  Send("ticket", {"account_id", "occurred_at", "resolved_at"}, 50, [](int i) {
    return Row{Account(i % 10), At{"2024-11-11 06:00:00"},
               At{i < 25 ? "2024-11-11 10:00:00" : "2024-11-11 22:00:00"}};
  });
  ExpectValue("issue_resolution_time", 10, 50);
}

TEST_F(WorkedExamplesTest, TwentyOfTwoHundredCustomersReferredIs10) {
  SendBook(200);
  // Some of them twice; a reference is not a referral.
  Send("referral", {"account_id", "occurred_at", "kind", "converted"}, 30, [](int i) {
    return Row{Account(i % 20), At{"2024-12-12"}, S("referral"), i % 2 == 0};
  });
  Send("referral", {"account_id", "occurred_at", "kind", "converted"}, 5, [](int i) {
    return Row{Account(100 + i), At{"2024-12-12"}, S("reference"), false};
  });
  ExpectValue("referral_rate", 10, 200);
  for (const S subject : {"managers/kim", "organization"}) {
    EXPECT_DOUBLE_EQ(Result(subject + "/scorecards/2024", "number_of_referrals").value(), 30);
  }
}

}  // namespace
}  // namespace keyscore::testing
