// A static of a template is seen by every other library of the process.
#include <keyscore/kpi.h>
using namespace keyscore::sdk;

template <class T>
struct __attribute__((visibility("default"))) Shared {
  static int calls;
};
template <class T>
int Shared<T>::calls = 0;

struct Calls : Kpi<Calls> {
  static constexpr Definition kDefinition = {.id = "gnu_unique.calls",
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
  Result Evaluate(const Row& row) const { return Result::Value(row["calls"]); }
};

int& CallsOfEveryLibrary() { return Shared<int>::calls; }

KEYSCORE_LIBRARY("gnu_unique", "1.0.0", "Keyscore's tests", "A library for the tests.", Calls);
