// Service: tickets, and how fast and how well they are resolved.
#include <algorithm>

#include "sample/fact_writer.h"

namespace keyscore::sample {

void WriteServiceFacts(FactWriter& today) {
  static constexpr int64_t kYearly[] = {2'900, 1'500, 800};
  // Trouble grows while an account drifts away; machines break on Sundays, too.
  const int64_t yearly =
      kYearly[static_cast<size_t>(today.account.segment)] * (180 - today.health * 80 / 100) / 100;
  today.activity = (today.activity + 60) / 2;
  for (int64_t left = today.TimesToday(yearly, -12); left > 0; --left) {
    const Instant opened =
        today.rng.Percent(80) ? WorkingTime(today.rng, today.day) : AnyTime(today.rng, today.day);
    const int64_t minutes = today.BySkill(today.rng.Bell(20, 2'600), -45) *
                            (today.rng.Percent(8) ? 6 : 1) * (200 - today.health) / 100;
    const Instant resolved = AfterSeconds(opened, minutes * 60 + today.rng.Below(60));
    const bool done = resolved < today.end() && today.rng.Percent(97);
    const int64_t contacts = 1 + static_cast<int64_t>(today.rng.Pick({58, 26, 11, 5}));
    const int64_t tenths =
        44 - minutes / 220 + today.skill / 12 - contacts * 2 + today.rng.Bell(-14, 14);
    const int64_t sla_hours = today.account.segment == Segment::kEnterprise ? 24 : 48;
    today.sink.Add(
        Dataset::kTicket,
        {today.NextId(Dataset::kTicket), today.account.id, today.Actor(opened, 10), opened,
         done ? Cell(resolved) : Cell(), done && today.rng.Percent(93) ? Cell(contacts) : Cell(),
         today.rng.Percent(85) ? Cell(AfterSeconds(opened, sla_hours * 3600)) : Cell(),
         done && today.rng.Percent(46)
             ? Cell(static_cast<double>(std::clamp<int64_t>((tenths + 5) / 10, 1, 5)))
             : Cell()});
  }
}

}  // namespace keyscore::sample
