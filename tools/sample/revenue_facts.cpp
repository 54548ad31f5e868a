// Revenue: invoices, costs, the pipeline, implementations, the wallet.
#include <algorithm>

#include "sample/fact_writer.h"

namespace keyscore::sample {
namespace {

// Revenue of one month on the day, in cents.
int64_t MonthlyCents(const FactWriter& today) {
  const Account& account = today.account;
  const int64_t days = today.day - today.organization.settings().from;
  // Owners move growth by up to 8 % a year.
  const int64_t permille = 1000 + (account.growth_permille + today.skill * 8 / 10) * days / 365;
  return account.yearly_cents / 12 * std::max<int64_t>(permille, 150) / 1000 *
         BuyingSeason(today.day) / 100 * today.health / 100;
}

void InvoiceLine(FactWriter& today, const std::string& invoice, Instant when, const Cell& manager,
                 int64_t cents, std::string kind) {
  const Cell cost = today.rng.Percent(86) ? Money(cents * today.rng.Bell(48, 86) / 100) : Cell();
  today.sink.Add(
      Dataset::kInvoiceLine,
      {today.NextId(Dataset::kInvoiceLine), today.account.id, manager, when, invoice, Money(cents),
       cost, today.rng.Percent(95) ? Cell(std::string(Product(today.rng.Next()))) : Cell(),
       std::move(kind)});
}

// One invoice a month; some run at midnight, where the day depends on the time zone.
void Invoices(FactWriter& today) {
  const Account& account = today.account;
  const Date date = DateOf(today.day);
  const int habit = account.index % 4;
  const bool month_end = DateOf(today.day + 1).day == 1;
  const bool runs = habit == 0 ? date.day == 1 : habit == 1 ? month_end : date.day == 5 + habit * 4;
  if (!runs || today.rng.Percent(4)) return;
  Instant when = WorkingTime(today.rng, today.day);
  if (habit == 0) when = AfterSeconds(Midnight(today.day), 1800);
  if (habit == 1) when = AfterSeconds(Midnight(today.day), 86'400 - 1800);
  const std::string invoice =
      absl::StrCat("inv-", account.index, "-", date.year * 100 + date.month);
  const Cell manager = today.Actor(when, 20);
  const int64_t monthly = MonthlyCents(today) * today.rng.Bell(82, 118) / 100;
  const bool fresh = today.day - DayOf(account.lives.front().started) < 120;
  InvoiceLine(today, invoice, when, manager, monthly, fresh ? "new" : "base");
  if (today.rng.Percent(30 + today.skill / 6)) {
    InvoiceLine(today, invoice, when, manager, monthly * today.rng.Bell(4, 46) / 100, "upsell");
  }
  if (today.rng.Percent(17 + today.skill / 12)) {
    InvoiceLine(today, invoice, when, manager, monthly * today.rng.Bell(5, 35) / 100, "cross_sell");
  }
  if (today.rng.Percent(2)) {
    InvoiceLine(today, invoice, when, manager, -monthly * today.rng.Bell(3, 20) / 100, "base");
  }
}

void CostsAndWallet(FactWriter& today) {
  const Date date = DateOf(today.day);
  if (date.day == 20) {
    const Instant when = WorkingTime(today.rng, today.day);
    today.sink.Add(Dataset::kServiceCost,
                   {today.NextId(Dataset::kServiceCost), today.account.id, today.Actor(when, 15),
                    when, Money(MonthlyCents(today) * today.rng.Bell(2, 22) / 100 + 9'000)});
  }
  if (date.day == 15 && date.month == 1 + today.account.index % 12) {
    const int64_t yearly = MonthlyCents(today) * 12 / 100;
    today.sink.Add(Dataset::kWallet,
                   {today.NextId(Dataset::kWallet), today.account.id, Cell(), Midnight(today.day),
                    static_cast<double>(yearly * today.rng.Bell(120, 420) / 100)});
  }
}

void Pipeline(FactWriter& today) {
  static constexpr std::string_view kKinds[] = {"new", "reactivated", "upsell", "cross_sell"};
  static constexpr std::string_view kPriorities[] = {"high", "medium", "low"};
  for (int64_t n = today.TimesToday(620 * (40 + today.health) / 140, 25); n > 0; --n) {
    const Instant opened = WorkingTime(today.rng, today.day);
    const int64_t seconds =
        today.BySkill(today.rng.Bell(6, 170), -28) * 86'400 + today.rng.Between(-14'400, 14'400);
    const Instant closed = AfterSeconds(opened, seconds);
    const bool open = closed >= today.end();
    const bool won = today.rng.Percent(47 + today.skill / 5 - (100 - today.health) / 5);
    const int64_t amount = today.account.yearly_cents * today.rng.Bell(1, 30) / 100;
    const bool returned = today.account.lives.size() > 1 && today.rng.Percent(40);
    const size_t kind = returned ? 1 : today.rng.Pick({16, 1, 46, 37});
    const auto maybe = [&today](int known, int yes) {
      return today.rng.Percent(known) ? Cell(today.rng.Percent(yes)) : Cell();
    };
    const Cell qualified = maybe(90, 58 + today.skill / 6);
    const Cell priority = today.rng.Percent(72)
                              ? Cell(std::string(kPriorities[today.rng.Pick({25, 45, 30})]))
                              : Cell();
    const Cell growth_target = maybe(90, 35);
    today.sink.Add(Dataset::kOpportunity,
                   {today.NextId(Dataset::kOpportunity), today.account.id, today.Actor(opened, 78),
                    opened, open ? Cell() : Cell(closed),
                    std::string(open  ? "open"
                                : won ? "won"
                                      : "lost"),
                    today.rng.Percent(94) ? Money(amount) : Cell(), std::string(kKinds[kind]),
                    qualified, priority, growth_target, std::string(Product(today.rng.Next()))});
    if (!open && won && today.rng.Percent(30)) {
      const Instant live = AfterDays(closed, today.BySkill(today.rng.Bell(10, 110), -25));
      today.sink.Add(Dataset::kImplementation,
                     {today.NextId(Dataset::kImplementation), today.account.id,
                      today.Actor(closed, 70), closed, today.IfKnown(live)});
    }
  }
}

}  // namespace

void WriteRevenueFacts(FactWriter& today) {
  Invoices(today);
  CostsAndWallet(today);
  Pipeline(today);
}

}  // namespace keyscore::sample
