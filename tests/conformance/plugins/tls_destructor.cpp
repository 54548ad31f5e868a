// Keeps scratch space for each thread in an object that has a destructor.
#include <keyscore/kpi.h>

#include <vector>
using namespace keyscore::sdk;

struct Calls : Kpi<Calls> {
  static constexpr Definition kDefinition = {.id = "tls_destructor.calls",
                                             .title = "Calls",
                                             .description = "How often was telephoned.",
                                             .formula = "number of calls",
                                             .unit = "calls",
                                             .pillar = Pillar::kRelationships,
                                             .direction = Direction::kHigherIsBetter,
                                             .timing = Timing::kLeading,
                                             .curve = {{0, 0}, {100, 100}},
                                             .target = 50,
                                             .target_source = "A test."};
  static constexpr Input kInputs[] = {Count("calls").From("interaction").Titled("calls")};
  Result Evaluate(const Row& row) const {
    thread_local std::vector<double> scratch;
    scratch.assign(1, row["calls"].value());
    return Result::Value(scratch.front());
  }
};

KEYSCORE_LIBRARY("tls_destructor", "1.0.0", "Keyscore's tests", "A library for the tests.", Calls);
