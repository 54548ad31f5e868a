// A world small enough to be worked out by hand: two managers, three accounts, a dozen facts in
// 2024.
//
//   teams/north   managers/anna   (in role since 2023-01-15)  accounts/acme, accounts/beta
//   teams/south   managers/boris  (in role since 2020-06-01)  accounts/gamma
//
// First quarter of 2024:
//   opportunities  anna 3 won, 1 lost; boris 1 won, 3 lost; one without account is anna's
//   nps            acme 10, 9, 9, 3 -> anna (3 − 1) / 4 = 50; gamma 10, 0 -> boris 0
//   invoices       acme 1,000 + 250 upsell, beta 750, gamma 500
//   interactions   acme 2, beta 1 (anna); gamma 3 (boris), the last of them without manager_id
#pragma once

#include "absl/status/status.h"
#include "keyscore/client/client.h"

namespace keyscore::testing {

absl::Status SendSmallWorld(client::Client& client);

}  // namespace keyscore::testing
