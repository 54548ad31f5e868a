// The plain loops, and the dice.
#include "tests/unit/measures/memory_oracle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "store/exact_sum.h"

namespace keyscore::measures {
namespace {

using store::Aggregate;
using store::WindowKind;

bool InWindow(const PlainEvent& event, const AskedMeasure& asked) {
  if (asked.window == WindowKind::kAt) return event.time <= asked.from && event.end > asked.from;
  return event.time >= asked.from && (asked.to == kOpen || event.time < asked.to);
}

bool IsOf(const PlainEvent& event, const AskedSubject& subject) {
  if (subject.only_account && event.account != subject.account) return false;
  if (subject.by_account && event.account == 0) return false;
  return subject.all || std::find(subject.series.begin(), subject.series.end(), event.series) !=
                            subject.series.end();
}

PlainCell Answer(const store::EventMeasure& measure, size_t m,
                 std::vector<const PlainEvent*> events) {
  PlainCell cell;
  std::sort(events.begin(), events.end(), [](const PlainEvent* a, const PlainEvent* b) {
    return std::tie(a->time, a->fact_id) < std::tie(b->time, b->fact_id);
  });
  std::vector<double> valid;
  std::set<uint32_t> ids;
  store::ExactSum sum;
  sum.Init();
  for (const PlainEvent* event : events) {
    const PlainEvent::Value& value = event->values[m];
    if (!value.hit) continue;
    ++cell.fact_count;
    cell.newest = std::max(cell.newest, event->time);
    if (!value.valid) continue;
    valid.push_back(value.number);
    ids.insert(value.id);
    if (measure.aggregate == Aggregate::kSum) sum.Add(value.number);
  }
  cell.valid = true;
  switch (measure.aggregate) {
    case Aggregate::kCount:
      cell.number = static_cast<double>(measure.value.empty() ? cell.fact_count
                                                              : static_cast<int64_t>(valid.size()));
      break;
    case Aggregate::kCountDistinct:
      cell.number = valid.empty() ? 0 : static_cast<double>(ids.size());
      break;
    case Aggregate::kSum:
      cell.number = sum.Round() + 0.0;
      break;
    case Aggregate::kList:
      cell.list = valid;
      break;
    default:
      cell.valid = !valid.empty();
      if (!cell.valid) break;
      if (measure.aggregate == Aggregate::kMin) {
        cell.number = *std::min_element(valid.begin(), valid.end()) + 0.0;
      } else if (measure.aggregate == Aggregate::kMax) {
        cell.number = *std::max_element(valid.begin(), valid.end()) + 0.0;
      } else {
        cell.number = (measure.aggregate == Aggregate::kFirst ? valid.front() : valid.back()) + 0.0;
      }
  }
  sum.Clear();
  return cell;
}

uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

}  // namespace

GroupShape RichShape(bool spans) {
  GroupShape shape;
  shape.spans = spans;
  shape.measures = {
      {Aggregate::kCount, "", ""},
      {Aggregate::kCount, "", "rare"},
      {Aggregate::kCount, "value", "half"},
      {Aggregate::kSum, "small", ""},
      {Aggregate::kSum, "small", "half"},
      {Aggregate::kSum, "cents", ""},
      {Aggregate::kSum, "any", "half"},
      {Aggregate::kSum, "large", ""},
      {Aggregate::kSum, "odd", "half"},
      {Aggregate::kMin, "any", ""},
      {Aggregate::kMax, "small", "half"},
      {Aggregate::kFirst, "cents", "rare"},
      {Aggregate::kLast, "any", "half"},
      {Aggregate::kList, "cents", "half"},
      {Aggregate::kList, "zeros", "rare"},
      {Aggregate::kCountDistinct, "few", ""},
      {Aggregate::kCountDistinct, "many", "half"},
      {Aggregate::kCount, "", "never"},
      {Aggregate::kSum, "large", "rare"},
  };
  return shape;
}

EventBatch ToBatch(const GroupShape& shape, const std::vector<PlainEvent>& events) {
  EventBatch batch;
  batch.measures.resize(shape.measures.size());
  for (const PlainEvent& event : events) {
    batch.series.push_back(event.series);
    batch.accounts.push_back(event.account);
    batch.times.push_back(event.time);
    if (shape.spans) batch.ends.push_back(event.end);
    batch.versions.push_back(event.version);
    if (shape.ordered()) batch.fact_ids.push_back(event.fact_id);
    for (size_t m = 0; m < shape.measures.size(); ++m) {
      EventBatch::Values& values = batch.measures[m];
      values.hit.push_back(event.values[m].hit);
      values.valid.push_back(event.values[m].valid);
      const Aggregate aggregate = shape.measures[m].aggregate;
      if (aggregate == Aggregate::kCountDistinct) {
        values.ids.push_back(event.values[m].id);
      } else if (aggregate != Aggregate::kCount) {
        values.numbers.push_back(event.values[m].number);
      }
    }
  }
  return batch;
}

std::vector<EventBatch> ToParts(const GroupShape& shape, const std::vector<PlainEvent>& events,
                                std::mt19937_64& random) {
  std::vector<EventBatch> parts;
  for (size_t from = 0; from < events.size();) {
    const size_t to = std::min(events.size(), from + 1 + random() % events.size());
    parts.push_back(ToBatch(shape, {events.begin() + static_cast<std::ptrdiff_t>(from),
                                    events.begin() + static_cast<std::ptrdiff_t>(to)}));
    from = to;
  }
  return parts;
}

EventKey KeyOf(const PlainEvent& event) { return {event.series, event.time, event.version}; }

PlainTable Expect(const GroupShape& shape, const std::vector<PlainEvent>& events,
                  const std::vector<AskedMeasure>& asked, const AskedSubject& subject) {
  std::map<NameId, std::vector<const PlainEvent*>> rows;
  for (const PlainEvent& event : events) {
    if (!IsOf(event, subject)) continue;
    rows[subject.only_account || subject.by_account ? event.account : 0].push_back(&event);
  }
  PlainTable table;
  for (const auto& [account, of_row] : rows) {
    std::vector<PlainCell> cells;
    bool any = false;
    for (const AskedMeasure& one : asked) {
      std::vector<const PlainEvent*> in_window;
      for (const PlainEvent* event : of_row) {
        if (InWindow(*event, one)) in_window.push_back(event);
      }
      cells.push_back(Answer(shape.measures[one.measure], one.measure, in_window));
      any = any || cells.back().fact_count > 0;
    }
    if (any) table[{subject.subject, account}] = std::move(cells);
  }
  return table;
}

PlainTable Collected(const Group& group, const std::vector<AskedMeasure>& asked,
                     const AskedSubject& subject) {
  std::vector<Aggregate> aggregates;
  for (const AskedMeasure& one : asked) {
    aggregates.push_back(group.shape().measures[one.measure].aggregate);
  }
  CellTable cells(aggregates);
  group.Collect(asked, subject, cells);
  PlainTable table;
  for (const auto& row : cells.rows()) table[row].resize(asked.size());
  for (size_t c = 0; c < asked.size(); ++c) {
    const store::MeasureColumn column = cells.Take(c);
    for (size_t row = 0; row < cells.rows().size(); ++row) {
      PlainCell& cell = table[cells.rows()[row]][c];
      cell.fact_count = column.fact_count[row];
      if (column.newest[row] != absl::InfinitePast()) {
        cell.newest = absl::ToUnixMicros(column.newest[row]);
      }
      cell.valid = column.valid[row] != 0;
      if (aggregates[c] == Aggregate::kList) {
        cell.list = column.lists[row];
      } else {
        cell.number = column.numbers[row];
      }
    }
  }
  return table;
}

std::string Difference(const PlainTable& expected, const PlainTable& actual) {
  for (const auto& [row, cells] : expected) {
    const std::string name = absl::StrCat("row (", row.first, ", ", row.second, ")");
    const auto found = actual.find(row);
    if (found == actual.end()) return name + " is missing";
    for (size_t c = 0; c < cells.size(); ++c) {
      const PlainCell &a = cells[c], &b = found->second[c];
      const std::string at = absl::StrCat(name, " column ", c, ": ");
      if (a.fact_count != b.fact_count) {
        return absl::StrCat(at, a.fact_count, " facts, not ", b.fact_count);
      }
      if (a.newest != b.newest) return absl::StrCat(at, "newest ", a.newest, ", not ", b.newest);
      if (a.valid != b.valid) return absl::StrCat(at, "validity");
      if (a.valid && Bits(a.number) != Bits(b.number)) {
        return absl::StrCat(at, a.number, ", not ", b.number);
      }
      if (a.list.size() != b.list.size()) return absl::StrCat(at, "length of the list");
      for (size_t i = 0; i < a.list.size(); ++i) {
        if (Bits(a.list[i]) != Bits(b.list[i])) {
          return absl::StrCat(at, a.list[i], ", not ", b.list[i], " at ", i, " of the list");
        }
      }
    }
  }
  if (expected.size() != actual.size()) {
    return absl::StrCat(actual.size(), " rows, not ", expected.size());
  }
  return "";
}

EventSource::EventSource(GroupShape shape, Options options, uint64_t seed)
    : shape_(std::move(shape)), options_(options), random_(seed) {}

int64_t EventSource::Time() {
  // Few instants, so that events fall on the same ones.
  const auto day = static_cast<int64_t>(Below(static_cast<size_t>(options_.days)));
  const auto hour = static_cast<int64_t>(Below(4)) * 3600 * kSecond;
  const int64_t micros = options_.whole_seconds ? 0 : static_cast<int64_t>(Below(1000));
  return day * kDay + hour + micros - 5 * kDay;  // some before 1970
}

PlainEvent::Value EventSource::Value(size_t measure, bool hit) {
  const store::EventMeasure& of = shape_.measures[measure];
  PlainEvent::Value value;
  value.hit = hit;
  value.valid = value.hit && (of.value.empty() || Below(5) != 0);
  if (!value.valid) return value;
  const double unit = std::uniform_real_distribution<double>(-1, 1)(random_);
  if (of.value == "small") {
    value.number = static_cast<double>(Below(5)) * 0.25;
  } else if (of.value == "cents") {
    value.number = static_cast<double>(static_cast<int64_t>(Below(20'000'000)) - 5'000'000) / 100.0;
  } else if (of.value == "any") {
    value.number = unit * 1000;
  } else if (of.value == "large") {
    value.number = std::ldexp(std::round(unit * 1e6), static_cast<int>(Below(30)));
  } else if (of.value == "zeros") {
    value.number = Below(2) == 0 ? 0.0 : -0.0;
  } else if (of.value == "odd") {
    constexpr double kOdd[] = {1e300, -1e300, 5e-324, -0.0, 1e-9, 0x1p61, -0x1p61, 0x1.8p52, 0.1};
    value.number = options_.odd_numbers && Below(50) == 0 ? kOdd[Below(std::size(kOdd))] : unit;
  } else if (of.value == "few") {
    value.id = static_cast<uint32_t>(Below(7));
  } else if (of.value == "many") {
    value.id = static_cast<uint32_t>(Below(3000) + (Below(9) == 0 ? uint64_t{1} << 31 : 0));
  }
  return value;
}

PlainEvent EventSource::Next() {
  PlainEvent event;
  event.account = static_cast<NameId>(Below(options_.accounts + 1));
  event.series = SeriesKey::Of(static_cast<NameId>(Below(options_.owners + 1)), event.account);
  event.time = Time();
  event.end = !shape_.spans || Below(3) == 0
                  ? kOpen
                  : event.time + static_cast<int64_t>(Below(10)) * kDay / 2;
  event.version = ++version_ + (Below(100) == 0 ? int64_t{1} << 40 : 0);
  event.fact_id = absl::StrCat("f-", Below(10) == 0 ? "x" : "", version_ * 7919 % 100'000);
  std::map<std::string, bool> hits = {
      {"", true}, {"half", Below(2) == 0}, {"rare", Below(40) == 0}, {"never", false}};
  for (size_t m = 0; m < shape_.measures.size(); ++m) {
    event.values.push_back(Value(m, hits[shape_.measures[m].filter]));
  }
  return event;
}

std::vector<PlainEvent> EventSource::Next(size_t count) {
  std::vector<PlainEvent> events;
  while (events.size() < count) events.push_back(Next());
  return events;
}

std::vector<AskedMeasure> EventSource::Ask() {
  std::vector<AskedMeasure> asked;
  AskedMeasure window;
  for (size_t m = 0; m < shape_.measures.size(); ++m) {
    if (m == 0 || Below(3) == 0) {
      window.window = Below(4) == 0 ? WindowKind::kAt : WindowKind::kBetween;
      window.from = Below(8) == 0 ? kOpenFrom : Time();
      window.to = Below(8) == 0 ? kOpen : Time();
      if (window.window == WindowKind::kAt) window.from = Time();
      if (window.window == WindowKind::kBetween && window.from > window.to && Below(5) != 0) {
        std::swap(window.from, window.to);
      }
    }
    if (Below(4) == 0) continue;
    AskedMeasure one = window;
    one.measure = m;
    one.column = asked.size();
    asked.push_back(one);
  }
  return asked;
}

AskedSubject EventSource::AskSubject(uint32_t subject) {
  AskedSubject asked;
  asked.subject = subject;
  asked.all = Below(4) == 0;
  asked.by_account = Below(3) == 0;
  if (!asked.by_account && Below(3) == 0) {
    asked.only_account = true;
    asked.account = 1 + static_cast<NameId>(Below(options_.accounts));
  }
  std::set<SeriesKey> series;
  for (size_t i = Below(3); i < 3; ++i) {
    series.insert(Below(4) == 0
                      ? SeriesKey::OfUnowned(static_cast<NameId>(Below(options_.accounts + 1)))
                      : SeriesKey::OfOwner(1 + static_cast<NameId>(Below(options_.owners))));
  }
  series_.assign(series.begin(), series.end());
  if (!asked.all) asked.series = series_;
  return asked;
}

}  // namespace keyscore::measures
