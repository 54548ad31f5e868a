// What the KPIs of acme_health must give, on a host that the test plays. The argument is the
// library, as it was built. Nothing but the SDK is needed; use a test framework if you like one.
#include <keyscore/testing/fake_host.h>

#include <cstdio>
#include <exception>

namespace {

int failed = 0;

void Expect(bool holds, const char* claim) {
  std::printf("%s  %s\n", holds ? "ok    " : "FAILED", claim);
  failed += holds ? 0 : 1;
}

void TestEscalationRate(const keyscore::testing::FakeHost& host) {
  auto kpi = host.Kpi("acme_health.escalation_rate");
  // Two rows: a subject with 20 tickets, and one without any.
  const auto result = kpi.Set("solved", {20, 0}).Set("escalated", {5, 0}).Evaluate();
  Expect(result[0].value == 25, "5 of 20 tickets escalated are 25 %");
  Expect(result[0].sample_size == 20, "the figure rests on 20 tickets");
  Expect(result[0].low < 25 && 25 < result[0].high, "the interval holds the figure");
  Expect(result[1].state == KS_STATE_NO_DATA, "without tickets there is no figure");
}

}  // namespace

int main(int argc, char** argv) try {
  const keyscore::testing::FakeHost host(argc > 1 ? argv[1] : "./acme_health.so");
  TestEscalationRate(host);
  return failed == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "FAILED  %s\n", error.what());
  return 1;
}
