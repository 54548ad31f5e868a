// Everything a KPI's author needs. A whole library is one file:
//
//   #include <keyscore/kpi.h>
//   using namespace keyscore::sdk;
//
//   struct EscalationRate : Kpi<EscalationRate> {
//     static constexpr Definition kDefinition = {
//         .id = "acme_health.escalation_rate",
//         .title = "Escalation rate",
//         .description = "Of the tickets opened, how many took more than one contact to solve.",
//         .formula = "escalated tickets / tickets opened in the period",
//         .unit = "%",
//         .pillar = Pillar::kRetention,
//         .direction = Direction::kLowerIsBetter,
//         .timing = Timing::kLeading,
//         .cadence_days = 30,
//         .curve = {{0, 100}, {20, 70}, {60, 0}},
//         .target = 20,
//         .target_source = "what our three best teams reach",
//         .actions = {"Ask first-line support which answers they lack."}};
//     static constexpr Input kInputs[] = {
//         Count("tickets").From("ticket").Titled("tickets opened"),
//         Count("escalated").From("ticket").Where("contacts_to_resolve > 1").Titled("escalated")};
//
//     Result Evaluate(const Row& row) const { return Percentage(row["escalated"], row["tickets"]);
//     }
//   };
//
//   KEYSCORE_LIBRARY("acme_health", "1.0.0", "Acme", "How healthy our accounts are",
//   EscalationRate);
//
// keyscore_plugin() of the CMake package compiles it with -std=c++20 -fPIC -fvisibility=hidden
// -fno-gnu-unique and links it with a version script, so that it exports one symbol. Test it with
// keyscore/testing/fake_host.h.
#pragma once

#include "keyscore/sdk/dataset.h"     // IWYU pragma: export
#include "keyscore/sdk/definition.h"  // IWYU pragma: export
#include "keyscore/sdk/failure.h"     // IWYU pragma: export
#include "keyscore/sdk/formulas.h"    // IWYU pragma: export
#include "keyscore/sdk/input.h"       // IWYU pragma: export
#include "keyscore/sdk/kpi_base.h"    // IWYU pragma: export
#include "keyscore/sdk/library.h"     // IWYU pragma: export
#include "keyscore/sdk/number.h"      // IWYU pragma: export
#include "keyscore/sdk/result.h"      // IWYU pragma: export
#include "keyscore/sdk/row.h"         // IWYU pragma: export
#include "keyscore/sdk/settings.h"    // IWYU pragma: export
#include "keyscore/sdk/student_t.h"   // IWYU pragma: export
#include "keyscore/sdk/terms.h"       // IWYU pragma: export
