// The KPIs of the library acme_health.
#include <keyscore/kpi.h>
using namespace keyscore::sdk;

struct EscalationRate : Kpi<EscalationRate> {
  static constexpr Definition kDefinition = {
      .id = "acme_health.escalation_rate",
      .title = "Escalation rate",
      .description = "Of the tickets opened and solved, how many took 3 contacts or more.",
      .formula = "tickets solved with 3 contacts or more / tickets solved",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLeading,
      .cadence_days = 30,
      .default_weight = 1,
      .curve = {{0, 100}, {20, 70}, {60, 0}},
      .target = 20,
      .target_source = "An example: say here where your target and curve come from.",
      .actions = {"Ask first-line support which answers they lack."}};
  static constexpr Input kInputs[] = {
      Count("solved").From("ticket").Of("contacts_to_resolve").Titled("tickets solved"),
      Count("escalated").From("ticket").Where("contacts_to_resolve >= 3").Titled("escalated")};

  Result Evaluate(const Row& row) const { return Percentage(row["escalated"], row["solved"]); }
};

KEYSCORE_LIBRARY("acme_health", "1.0.0", "Acme", "KPIs of our own", EscalationRate);
