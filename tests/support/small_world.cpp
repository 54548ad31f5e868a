// The facts of the small world, row by row.
#include "support/small_world.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "support/facts.h"

namespace keyscore::testing {
namespace {

using S = std::string;
constexpr std::monostate kNull;

std::vector<v1::AppendFactsRequest> Directory() {
  const At start{"2020-06-01"};
  return {
      Batch("team", {"fact_id", "occurred_at", "team_id", "name"},
            {{S("north"), start, S("north"), S("North")},
             {S("south"), start, S("south"), S("South")}}),
      Batch("manager", {"fact_id", "manager_id", "occurred_at", "name", "team_id"},
            {{S("anna"), S("anna"), At{"2023-01-15"}, S("Anna Keller"), S("north")},
             {S("boris"), S("boris"), start, S("Boris Novak"), S("south")}}),
      Batch("account", {"fact_id", "account_id", "occurred_at", "name", "segment"},
            {{S("acme"), S("acme"), start, S("Acme"), S("enterprise")},
             {S("beta"), S("beta"), start, S("Beta"), S("mid_market")},
             {S("gamma"), S("gamma"), start, S("Gamma"), S("enterprise")}}),
      Batch("ownership", {"fact_id", "account_id", "manager_id", "occurred_at"},
            {{S("o1"), S("acme"), S("anna"), start},
             {S("o2"), S("beta"), S("anna"), start},
             {S("o3"), S("gamma"), S("boris"), start}}),
  };
}

v1::AppendFactsRequest Opportunities() {
  const auto row = [](int id, Cell account, S manager, S outcome, S closed) {
    return std::vector<Cell>{absl::StrCat("opp", id),
                             account,
                             manager,
                             At{"2024-01-01"},
                             At{closed},
                             outcome,
                             S("upsell"),
                             100.0};
  };
  return Batch(
      "opportunity",
      {"fact_id", "account_id", "manager_id", "occurred_at", "closed_at", "outcome", "kind",
       "amount"},
      {row(1, S("acme"), "anna", "won", "2024-01-11"),
       row(2, S("beta"), "anna", "won", "2024-01-21"),
       row(3, S("acme"), "anna", "lost", "2024-02-01"), row(4, kNull, "anna", "won", "2024-01-31"),
       row(5, S("gamma"), "boris", "won", "2024-03-01"),
       row(6, S("gamma"), "boris", "lost", "2024-03-01"),
       row(7, S("gamma"), "boris", "lost", "2024-03-02"),
       row(8, S("gamma"), "boris", "lost", "2024-03-31"),
       row(9, S("gamma"), "boris", "lost", "2024-04-01")});
}

v1::AppendFactsRequest Surveys() {
  const auto row = [](int id, S account, double score) {
    return std::vector<Cell>{absl::StrCat("nps", id), account, At{"2024-02-15 12:00:00"}, S("nps"),
                             score};
  };
  return Batch("survey_response", {"fact_id", "account_id", "occurred_at", "instrument", "score"},
               {row(1, "acme", 10), row(2, "acme", 9), row(3, "acme", 9), row(4, "acme", 3),
                row(5, "gamma", 10), row(6, "gamma", 0)});
}

v1::AppendFactsRequest Invoices() {
  const auto row = [](S id, S account, S kind, double amount) {
    return std::vector<Cell>{id,     account, At{"2024-02-29 23:30:00"}, "inv-" + account,
                             amount, kind};
  };
  return Batch("invoice_line",
               {"fact_id", "account_id", "occurred_at", "invoice_id", "amount", "sale_kind"},
               {row("inv1", "acme", "base", 1000), row("inv2", "acme", "upsell", 250),
                row("inv3", "beta", "base", 750), row("inv4", "gamma", "base", 500)});
}

v1::AppendFactsRequest Interactions() {
  const auto row = [](int id, S account, Cell manager, S when, Cell quality) {
    return std::vector<Cell>{absl::StrCat("int", id), account, manager, At{when}, S("call"),
                             S("outbound"),           quality, false};
  };
  return Batch("interaction",
               {"fact_id", "account_id", "manager_id", "occurred_at", "channel", "direction",
                "quality", "check_in"},
               {row(1, "acme", S("anna"), "2024-01-10 09:00:00", 5.0),
                row(2, "acme", S("anna"), "2024-03-10 09:00:00", kNull),
                row(3, "beta", S("anna"), "2024-03-20 09:00:00", 4.0),
                row(4, "gamma", S("boris"), "2024-01-05 09:00:00", 1.0),
                row(5, "gamma", S("boris"), "2024-02-05 09:00:00", 2.0),
                row(6, "gamma", kNull, "2024-03-05 09:00:00", 3.0)});
}

}  // namespace

absl::Status SendSmallWorld(client::Client& client) {
  std::vector<v1::AppendFactsRequest> batches = Directory();
  batches.push_back(Opportunities());
  batches.push_back(Surveys());
  batches.push_back(Invoices());
  batches.push_back(Interactions());
  const auto response = client.AppendFacts(batches);
  if (!response.ok()) return response.status();
  if (response->rows_rejected() != 0 || response->rows_inserted() != response->rows_received()) {
    return absl::InternalError(absl::StrCat("not all taken: ", response->ShortDebugString()));
  }
  return absl::OkStatus();
}

}  // namespace keyscore::testing
