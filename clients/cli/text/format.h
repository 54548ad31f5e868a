// Figures, shares, dates and bars in the form in which people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"
#include "keyscore/v1/common.pb.h"

namespace keyscore::cli {

// "12,345", "55.0", "0.42": thousands separated, as many decimals as help at that size.
std::string FormatNumber(double value);
std::string FormatCount(int64_t value);

// A score from 0 to 100 with one decimal, "–" where there is none.
std::string FormatScore(std::optional<double> score);

// A share from 0 to 1: "40 %", "7.5 %", "0 %".
std::string FormatShare(double share);

// `filled` of 1 in `width` columns, in eighths: "██████▍░░░".
std::string Bar(double filled, size_t width);

// "1 Jul – 30 Sep 2017"; the end of a period is exclusive, people name its last day.
std::string FormatSpan(const v1::Period& period);

// An instant in a zone: "2017-07-01" at midnight, else "2017-07-01 14:30". Unknown zones are UTC.
std::string FormatInstant(const google::protobuf::Timestamp& time, const std::string& zone);
// "[2017-07-01, 2017-10-01)", open ends as "…".
std::string FormatWindow(const google::protobuf::Timestamp* from,
                         const google::protobuf::Timestamp* to, const std::string& zone);
// RFC 3339 in UTC, for machines.
std::string Rfc3339(const google::protobuf::Timestamp& time);

absl::Time ToTime(const google::protobuf::Timestamp& time);

// "Relationships", "Learning & development", …
std::string PillarTitle(v1::Pillar pillar);

// "PILLAR_REVENUE" → "revenue", "DIRECTION_HIGHER_IS_BETTER" → "higher is better".
std::string EnumWords(std::string_view name, std::string_view prefix);

// What comes after the last '/': an id of a resource name.
std::string IdOf(std::string_view name);

// "1 row", "2 rows".
std::string Plural(int64_t count, std::string_view noun);

}  // namespace keyscore::cli
