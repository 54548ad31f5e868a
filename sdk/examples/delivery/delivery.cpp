// Deliveries to key accounts: a dataset of our own, and two KPIs on it. The server learns of the
// dataset when it loads the library; nothing else has to change.
#include <keyscore/kpi.h>
using namespace keyscore::sdk;

struct Shipment {
  static constexpr Dataset kDataset = {
      .id = "delivery.shipment",
      .title = "Shipments",
      .description = "Goods on their way to an account, a row for each shipment.",
      .occurred_at = "when the customer ordered"};
  static constexpr Column kColumns[] = {
      Instant("promised_at", "Until when it was promised."),
      Instant("delivered_at", "When it arrived; empty while it is on its way.").Nullable(),
      Integer("units_ordered", "What was ordered.").Between(1, 1e9),
      Integer("units_delivered", "What arrived of it.").Between(0, 1e9).Nullable(),
      Text("mode", "How it travelled.").OneOf({"road", "rail", "sea", "air"}).Nullable()};
};

// On time in full, the supply chain's measure of a kept promise.
struct OnTimeInFull : Kpi<OnTimeInFull> {
  static constexpr Definition kDefinition = {
      .id = "delivery.on_time_in_full",
      .title = "On time in full",
      .description =
          "Of the shipments promised for the period, how many arrived whole and in time.",
      .formula = "shipments on time and in full / shipments promised for the period",
      .unit = "%",
      .pillar = Pillar::kRetention,
      .direction = Direction::kHigherIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kLow,
      .cadence_days = 30,
      .curve = {{50, 0}, {80, 40}, {95, 80}, {100, 100}},
      .target = 95,
      .target_source = "What large retailers ask of their suppliers; agree yours with the account.",
      .actions = {"Tell the account of a delay before the promised day.",
                  "Take the three products that are short most often to the planners."}};
  static constexpr Input kInputs[] = {
      Count("promised").From("delivery.shipment").By("promised_at").Titled("shipments promised"),
      Count("kept")
          .From("delivery.shipment")
          .By("promised_at")
          .Where("delivered_at <= promised_at and units_delivered >= units_ordered")
          .Titled("on time and in full"),
      Count("late")
          .From("delivery.shipment")
          .By("promised_at")
          .Where("delivered_at is null or delivered_at > promised_at")
          .Titled("late, or not there yet")};
  static constexpr Figure kDetails[] = {
      {.name = "late_share", .title = "late, or not there yet", .unit = "%"}};

  Result Evaluate(const Row& row, Details& details) const {
    const Number late_share = 100 * row["late"] / row["promised"];
    if (!late_share.IsNull()) details["late_share"] = late_share.value();
    return Percentage(row["kept"], row["promised"]);
  }
};

// How long an account waits beyond the promise, as the middle of all late shipments. Shipments that
// are late by less than the setting `grace_days` count as in time.
struct DaysLate : Kpi<DaysLate> {
  static constexpr Definition kDefinition = {
      .id = "delivery.days_late",
      .title = "Days late",
      .description =
          "How many days after the promise the middle one of the late shipments arrived.",
      .formula =
          "median of (delivered - promised) of the shipments that arrived late in the period",
      .unit = "days",
      .pillar = Pillar::kRetention,
      .direction = Direction::kLowerIsBetter,
      .timing = Timing::kLeading,
      .control = Control::kLow,
      .cadence_days = 0,  // late shipments are not expected: no news is good news
      .curve = {{0, 100}, {3, 70}, {14, 0}},
      .target = 3,
      .target_source = "Half a working week, in which most customers can still rearrange.",
      .actions = {"Ask the carrier for a slot that your latest orders still make."},
      .settings = {{.name = "grace_days",
                    .description = "days after the promise that still count as in time",
                    .default_value = 0,
                    .minimum = 0,
                    .maximum = 30}}};
  static constexpr Input kInputs[] = {List("delays")
                                          .From("delivery.shipment")
                                          .By("delivered_at")
                                          .Of("hours_between(promised_at, delivered_at) / 24")
                                          .Where("delivered_at > promised_at")
                                          .Titled("delays of late shipments")
                                          .In("days")};

  explicit DaysLate(const Settings& settings) : grace_days(settings["grace_days"]) {}

  Result Evaluate(const Row& row) const {
    std::vector<double> late;
    for (const double days : row.List("delays")) {
      if (days > grace_days) late.push_back(days);
    }
    return Median(late);
  }

  double grace_days;
};

KEYSCORE_LIBRARY("delivery", "1.0.0", "Keyscore's examples", "Promises kept in delivery", Shipment,
                 OnTimeInFull, DaysLate);
