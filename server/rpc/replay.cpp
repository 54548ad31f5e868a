// Receipts, then and now.
#include "rpc/replay.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "rpc/convert_time.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::string Shown(const std::string& text) { return text.empty() ? "none" : text; }

std::string Instant(bool given, const google::protobuf::Timestamp& time) {
  return given ? TimeUtil::ToString(time) : "";
}

std::string Calendar(const v1::Calendar& calendar) {
  return fmt::format("{}, weeks from day {}, fiscal years from month {}", calendar.time_zone(),
                     calendar.week_start(), calendar.fiscal_year_start_month());
}

std::string WeightsOfName(v1::WeightsOf of) {
  return of == v1::WEIGHTS_OF_TODAY ? "today" : "the period's last";
}

std::map<std::string, std::string> Plugins(const v1::Receipt& receipt) {
  std::map<std::string, std::string> plugins;
  for (const auto& plugin : receipt.plugins()) {
    plugins[plugin.plugin()] = fmt::format("{} (SHA-256 {})", plugin.version(), plugin.sha256());
  }
  return plugins;
}

std::map<std::string, std::string> Settings(const v1::Receipt& receipt) {
  std::map<std::string, std::string> settings;
  for (const auto& setting : receipt.settings()) {
    settings[fmt::format("{} of {}", setting.name(), setting.kpi())] =
        fmt::format("{}", setting.value());
  }
  return settings;
}

// Gathers what is not the same.
class Comparison {
 public:
  void Of(const std::string& what, const std::string& then, const std::string& now) {
    if (then == now) return;
    differences_.push_back(fmt::format("{} was {}, is {}", what, Shown(then), Shown(now)));
  }

  void Of(const std::string& kind, const std::map<std::string, std::string>& then,
          const std::map<std::string, std::string>& now, const std::string& absent) {
    for (const auto& [name, value] : then) {
      const auto found = now.find(name);
      Of(kind + name, value, found == now.end() ? absent : found->second);
    }
    for (const auto& [name, value] : now) {
      if (!then.contains(name)) Of(kind + name, absent, value);
    }
  }

  std::vector<std::string> Take() { return std::move(differences_); }

 private:
  std::vector<std::string> differences_;
};

}  // namespace

absl::StatusOr<scoring::WeightsOf> WeightsOfFromProto(const std::string& field,
                                                      v1::WeightsOf weights_of) {
  switch (weights_of) {
    case v1::WEIGHTS_OF_UNSPECIFIED:
    case v1::WEIGHTS_OF_PERIOD:
      return scoring::WeightsOf::kPeriod;
    case v1::WEIGHTS_OF_TODAY:
      return scoring::WeightsOf::kToday;
    default:
      return InvalidField(field, "is WEIGHTS_OF_PERIOD, WEIGHTS_OF_TODAY or left out");
  }
}

absl::StatusOr<View> ViewOfReceipt(const Backend& backend, const v1::Receipt& receipt,
                                   const Call& call) {
  if (receipt.fact_watermark() < 0) {
    return InvalidField("replay.fact_watermark", "must not be negative");
  }
  absl::Time weighting_time = absl::InfinitePast();
  if (receipt.has_weighting_time()) {
    const auto time = FromProto("replay.weighting_time", receipt.weighting_time());
    if (!time.ok()) return time.status();
    weighting_time = *time;
  }
  const absl::StatusOr<int64_t> newest = backend.store.Watermark();
  if (!newest.ok()) return newest.status();
  absl::CivilDay today = backend.calendar.DayOf(absl::Now());
  if (!receipt.as_of_date().empty()) {  // a receipt of an earlier release has no such day
    const auto day = ParseDay("replay.as_of_date", receipt.as_of_date());
    if (!day.ok()) return day.status();
    today = *day;
  }
  auto source = backend.sources.At(std::min(*newest, receipt.fact_watermark()));
  if (!source.ok()) return source.status();
  return ViewOf(backend, *std::move(source), backend.weights.KnownAt(weighting_time), today, call);
}

std::vector<std::string> Differences(const v1::Receipt& asked, const v1::Receipt& made) {
  Comparison compared;
  compared.Of("the server's version", asked.server_version(), made.server_version());
  compared.Of("", Plugins(asked), Plugins(made), "not there");
  compared.Of("setting ", Settings(asked), Settings(made), "at its default");
  compared.Of("the calendar", Calendar(asked.calendar()), Calendar(made.calendar()));
  compared.Of("the log of facts", fmt::format("batch {}", asked.fact_watermark()),
              fmt::format("batch {}", made.fact_watermark()));
  compared.Of("the day it was made on", asked.as_of_date(), made.as_of_date());
  compared.Of("the newest change of weightings",
              Instant(asked.has_weighting_time(), asked.weighting_time()),
              Instant(made.has_weighting_time(), made.weighting_time()));
  compared.Of("the day whose weights count", WeightsOfName(asked.weights_of()),
              WeightsOfName(made.weights_of()));
  const auto profile = [](const v1::Receipt& receipt) {
    return fmt::format("{} revision {}", Shown(receipt.weight_profile()),
                       receipt.weight_profile_revision());
  };
  compared.Of("the weight profile", profile(asked), profile(made));
  compared.Of("the period's start",
              Instant(asked.has_period_start_time(), asked.period_start_time()),
              Instant(made.has_period_start_time(), made.period_start_time()));
  compared.Of("the period's end", Instant(asked.has_period_end_time(), asked.period_end_time()),
              Instant(made.has_period_end_time(), made.period_end_time()));
  return compared.Take();
}

absl::Status CheckReproduced(const v1::Receipt& asked, const v1::Receipt& made) {
  const std::vector<std::string> differences = Differences(asked, made);
  if (differences.empty()) return absl::OkStatus();
  return WithReason(
      absl::FailedPreconditionError("what this receipt came with can't be made again: " +
                                    absl::StrJoin(differences, "; ")),
      "RECEIPT_NOT_REPRODUCIBLE");
}

}  // namespace keyscore::rpc
