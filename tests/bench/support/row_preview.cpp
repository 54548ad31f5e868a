// `preview`: what a draft of weights would change for everybody, against scoring them one by one.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "bench/support/cards.h"
#include "bench/support/clock.h"
#include "bench/support/rows.h"
#include "keyscore/client/client.h"

namespace keyscore::bench {
namespace {

constexpr const char* kQuarters[] = {"2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4",
                                     "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"};
// One by one, so many seconds of cards are enough to know what all take.
constexpr double kEnoughSeconds = 6;

template <class T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) Die(result.status().ToString());
  return *std::move(result);
}

// The weights in force with other shares of the pillars.
v1::WeightProfile Draft(client::Client& client) {
  v1::GetWeightProfileRequest request;
  request.set_name("weightProfiles/default");
  v1::WeightProfile draft = Must(client.GetWeightProfile(request));
  const auto shift = [](auto& pillars) {
    for (v1::PillarWeight& pillar : pillars) {
      switch (pillar.pillar()) {
        case v1::PILLAR_RELATIONSHIPS:
        case v1::PILLAR_REVENUE:
          pillar.set_weight(0.35);
          break;
        case v1::PILLAR_RETENTION:
          pillar.set_weight(0.3);
          break;
        default:
          pillar.set_weight(0);
      }
    }
  };
  shift(*draft.mutable_untenured_pillars());
  for (v1::TenureBand& band : *draft.mutable_tenure_bands()) shift(*band.mutable_pillars());
  return draft;
}

v1::WeightPreview RunPreview(client::Client& client, const v1::PreviewWeightsRequest& request) {
  auto operation = Must(client.PreviewWeights(request));
  while (!operation.done()) {
    operation = Must(client.WaitOperation(operation.name(), absl::Seconds(10)));
  }
  if (operation.has_error()) Die("PreviewWeights: " + operation.error().message());
  v1::WeightPreview preview;
  if (!operation.response().UnpackTo(&preview) ||
      preview.periods_size() != static_cast<int>(std::size(kQuarters))) {
    Die("PreviewWeights answered something else");
  }
  return preview;
}

// (manager, quarter) of all that a preview is about, in an order of which any beginning is about
// all quarters and managers alike.
std::vector<std::pair<std::string, std::string>> CardsOf(const v1::WeightPreview& preview) {
  std::vector<std::pair<std::string, std::string>> cards;
  for (const auto& period : preview.periods()) {
    for (const auto& change : period.changes()) {
      cards.emplace_back(change.subject(), period.period().expression());
    }
  }
  std::shuffle(cards.begin(), cards.end(), std::mt19937(20251231));
  return cards;
}

}  // namespace

Rows Preview(Scene& scene) {
  const auto server = scene.ServeOther(scene.Population(), {.answers = false});
  const auto client = Must(client::Connect(server->address(), {}));
  v1::PreviewWeightsRequest request;
  *request.add_profiles() = Draft(*client);
  for (const char* quarter : kQuarters) request.add_periods(quarter);

  const auto cards = CardsOf(RunPreview(*client, request));

  CardClient one_by_one(server->address());
  size_t scored = 0;
  Row row = MakeRow("preview", "s", Comparison::kRatio, Aim::kAtMost, 0.1, "");
  Alternate(
      row, scene.few_rounds(),
      [&] {
        const Stopwatch watch;
        for (scored = 0; scored < cards.size() && watch.Seconds() < kEnoughSeconds; ++scored) {
          one_by_one.Get(cards[scored].first, cards[scored].second);
        }
        return watch.Seconds() * static_cast<double>(cards.size()) / static_cast<double>(scored);
      },
      [&] {
        const Stopwatch watch;
        RunPreview(*client, request);
        return watch.Seconds();
      });
  row.what = fmt::format(
      "a preview of weights for {} managers' cards in {} quarters / the cards one by one ({} of "
      "them asked for)",
      cards.size(), std::size(kQuarters), scored);
  return {row};
}

}  // namespace keyscore::bench
