// KPIs as an author might write them, and some that misbehave.
#pragma once

#include <limits>
#include <new>
#include <stdexcept>
#include <string>

#include "keyscore/kpi.h"

namespace keyscore::sdk::example {

constexpr Definition Defined(std::string_view id) {
  return {.id = id,
          .title = "Example",
          .description = "An example.",
          .formula = "x",
          .unit = "%",
          .pillar = Pillar::kRetention,
          .direction = Direction::kHigherIsBetter,
          .timing = Timing::kLagging,
          .curve = {{0, 0}, {100, 100}}};
}

struct Share : Kpi<Share> {
  static constexpr Definition kDefinition = Defined("example.share");
  static constexpr Input kInputs[] = {
      Count("part").From("ticket").Where("sla_due_at is null").Titled("part"),
      Count("whole").From("ticket").DuringLastDays(90).Titled("whole").Optional()};
  Result Evaluate(const Row& row) const { return Percentage(row["part"], row[1]); }
};

// Adds up what it is given: nulls, lists, settings, the question.
struct Everything : Kpi<Everything> {
  static constexpr Definition kDefinition = [] {
    Definition definition = Defined("example.everything");
    definition.settings = {{.name = "factor",
                            .description = "multiplies the latest value",
                            .default_value = 2,
                            .minimum = 0,
                            .maximum = 10},
                           {.name = "offset",
                            .description = "is added",
                            .default_value = 0,
                            .minimum = -5,
                            .maximum = 5}};
    return definition;
  }();
  static constexpr Input kInputs[] = {
      Last("latest").Of("score").From("feedback").During(Window::kUntilEnd).Titled("latest"),
      List("scores").Of("score").From("feedback").Titled("scores")};

  explicit Everything(const Settings& settings)
      : factor(settings["factor"]), offset(settings["offset"]) {
    if (factor == 9) throw Failure(Code::kFailedPrecondition, "9 is not a factor; choose another");
    settings.host().Log(LogLevel::kInfo, "made");
  }
  Result Evaluate(const Row& row) const {
    double sum = offset;
    for (const double score : row.List("scores")) sum += score;
    return Result::Value(row["latest"] * factor + sum).WithSample(row.List("scores").size());
  }

  double factor;
  double offset;
};

// Does what its input says.
struct Unruly : Kpi<Unruly> {
  static constexpr Definition kDefinition = Defined("example.unruly");
  static constexpr Input kInputs[] = {Sum("deed").Of("x").From("ticket").Titled("deed")};
  Result Evaluate(const Row& row) const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (static_cast<int>(row["deed"].value())) {
      case 1:
        throw std::runtime_error("lost my way");
      case 2:
        throw std::bad_alloc();
      case 3:
        throw Failure(Code::kUnavailable, "come back later");
      case 4:
        throw 42;
      case 5:
        return Result::Value(kInfinity);
      case 6:
        return Result::Value(std::numeric_limits<double>::quiet_NaN());
      case 7:
        return Result::Value(1).WithWeight(-1);
      case 8:
        return Result::Value(1).WithSample(-1);
      case 9:
        return Result::Value(1).WithInterval(2, 0);
      case 10:
        return Result::NotApplicable();
      case 11:
        return Result::Error();
      case 12:
        throw std::invalid_argument("nonsense");
      case 13:
        throw Failure(Code::kOk, "all is well");
      default:
        return Result::Value(1);
    }
  }
};

// Needs all rows at once: each row's share of the total.
struct ShareOfAll : Kpi<ShareOfAll> {
  static constexpr Definition kDefinition = [] {
    Definition definition = Defined("example.share_of_all");
    definition.capabilities = kDeterministic | kReentrant;
    return definition;
  }();
  static constexpr Input kInputs[] = {Sum("amount").Of("amount").From("wallet").Titled("amount")};
  void EvaluateBatch(const Batch& batch, Output& output) const {
    Number total = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) total = total + batch[i]["amount"];
    for (std::size_t i = 0; i < batch.size(); ++i) {
      output.Set(i, sdk::Share(batch[i]["amount"], total));
    }
  }
};

struct Calls {
  static constexpr Dataset kDataset = {.id = "example.call",
                                       .title = "Support calls",
                                       .description = "Calls to the support desk.",
                                       .occurred_at = "when the call ended"};
  static constexpr Column kColumns[] = {
      Text("result", "how it ended").OneOf({"solved", "open"}),
      Real("minutes", "length of the call").Between(0, 600).Nullable(),
      Text("contact_id", "who called").References("contact").Nullable()};
};

// Defined in library_test.cpp.
const ks_library* ExampleLibrary(const ks_host* host);

}  // namespace keyscore::sdk::example
