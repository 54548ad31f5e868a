// The facts of zoe and yann.
#include "fault/zoo_world.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "support/facts.h"

namespace keyscore::testing {
namespace {

using S = std::string;

v1::AppendFactsRequest Call(const S& id, const S& account, const S& manager, int minutes) {
  return Batch("interaction",
               {"fact_id", "account_id", "manager_id", "occurred_at", "channel", "direction",
                "minutes", "check_in"},
               {{id, account, manager, At{"2024-02-10 09:00:00"}, S("call"), S("outbound"),
                 static_cast<double>(minutes), false}});
}

absl::Status Send(client::Client& client, const std::vector<v1::AppendFactsRequest>& batches) {
  const auto sent = client.AppendFacts(batches);
  if (!sent.ok()) return sent.status();
  if (sent->rows_rejected() != 0) return absl::InternalError(sent->ShortDebugString());
  return absl::OkStatus();
}

}  // namespace

absl::Status SendZooWorld(client::Client& client) {
  const At start{"2022-01-01"};
  return Send(
      client,
      {Batch("manager", {"fact_id", "manager_id", "occurred_at", "name"},
             {{S("zoe"), S("zoe"), start, S("Zoe Zhao")},
              {S("yann"), S("yann"), start, S("Yann Yvon")}}),
       Batch("account", {"fact_id", "account_id", "occurred_at", "name"},
             {{S("zeta"), S("zeta"), start, S("Zeta")}, {S("ypsi"), S("ypsi"), start, S("Ypsi")}}),
       Batch("ownership", {"fact_id", "account_id", "manager_id", "occurred_at"},
             {{S("oz"), S("zeta"), S("zoe"), start}, {S("oy"), S("ypsi"), S("yann"), start}}),
       Call("zoe1", "zeta", "zoe", kTrigger), Call("yann1", "ypsi", "yann", kHarmless)});
}

absl::Status SendCall(client::Client& client, const std::string& fact_id,
                      const std::string& account, const std::string& manager, int minutes) {
  return Send(client, {Call(fact_id, account, manager, minutes)});
}

absl::Status SetZoesMinutes(client::Client& client, int minutes) {
  return SendCall(client, "zoe1", "zeta", "zoe", minutes);
}

}  // namespace keyscore::testing
