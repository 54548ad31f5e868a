// Learning & development, and prospecting.
#include "sample/manager_facts.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace keyscore::sample {
namespace {

constexpr uint64_t kManagerFactStream = 4;

class Career {
 public:
  Career(const Organization& organization, const Manager& manager, int index, Sink& sink)
      : organization_(organization),
        manager_(manager),
        sink_(sink),
        rng_(Rng::For(organization.settings().seed, kManagerFactStream,
                      static_cast<uint64_t>(index))) {}

  void Write() {
    const Settings& settings = organization_.settings();
    for (day_ = std::max(settings.from, DayOf(manager_.started) + 1); day_ < settings.to; ++day_) {
      if (manager_.TeamAt(Midnight(day_ + 1)) < 0) break;
      activity_ = Activity(day_);
      Learn();
      Hear();
      Prospect();
    }
  }

 private:
  int64_t TimesToday(int64_t hundredths_a_year) {
    return rng_.Times(hundredths_a_year * 10'000 / 365 * activity_ / 100);
  }
  std::string NextId(Dataset dataset) {
    return absl::StrCat(manager_.id, "-", ++written_[static_cast<size_t>(dataset)]);
  }
  // What has not happened by the end of the sample is not known.
  Cell IfKnown(Instant instant) const {
    return instant < Midnight(organization_.settings().to) ? Cell(instant) : Cell();
  }

  void Lesson(std::string kind, const Cell& hours, const Cell& score, const Cell& due,
              const Cell& completed) {
    sink_.Add(Dataset::kLearning,
              {NextId(Dataset::kLearning), Cell(), manager_.id, WorkingTime(rng_, day_),
               std::move(kind), hours, score, due, completed});
  }

  void Learn() {
    for (int64_t n = TimesToday(1'400); n > 0; --n) {
      Lesson("coaching", static_cast<double>(rng_.Between(1, 6)) / 2.0, Cell(), Cell(), Cell());
    }
    for (int64_t n = TimesToday(420); n > 0; --n) {
      const Instant due = Midnight(day_ + static_cast<Day>(rng_.Between(20, 60)));
      const Instant done = AfterDays(due, rng_.Bell(-30, 16) - manager_.skill / 12);
      const bool completed = rng_.Percent(86) && done > Midnight(day_);
      Lesson("training", rng_.Percent(90) ? Cell(static_cast<double>(rng_.Between(2, 16))) : Cell(),
             Cell(), due, completed ? IfKnown(done) : Cell());
    }
    for (int64_t n = TimesToday(70 + manager_.skill / 3); n > 0; --n) {
      Lesson("certification", Cell(), Cell(), Cell(), WorkingTime(rng_, day_));
    }
    for (int64_t n = TimesToday(260); n > 0; --n) {
      const int64_t years = (day_ - DayOf(manager_.started)) / 365;
      const int64_t score =
          60 + manager_.skill * 26 / 100 + std::min<int64_t>(years, 8) + rng_.Bell(-12, 12);
      Lesson("skill_assessment", Cell(), static_cast<double>(std::clamp<int64_t>(score, 0, 100)),
             Cell(), Cell());
    }
  }

  void Hear() {
    static constexpr std::string_view kSources[] = {"peer", "lead", "client",
                                                    "internal_department"};
    for (int64_t n = TimesToday(1'500); n > 0; --n) {
      const int64_t tenths = 35 + manager_.skill / 8 + rng_.Bell(-16, 16);
      sink_.Add(Dataset::kFeedback,
                {NextId(Dataset::kFeedback), Cell(), manager_.id, WorkingTime(rng_, day_),
                 std::string(kSources[rng_.Pick({35, 15, 25, 25})]),
                 static_cast<double>(std::clamp<int64_t>((tenths + 5) / 10, 1, 5))});
    }
    for (int64_t n = TimesToday(380); n > 0; --n) {
      const int64_t tenths = 76 + manager_.skill / 10 + rng_.Bell(-34, 34);
      sink_.Add(Dataset::kEmployeeSurvey,
                {NextId(Dataset::kEmployeeSurvey), Cell(), manager_.id, WorkingTime(rng_, day_),
                 static_cast<double>(std::clamp<int64_t>((tenths + 5) / 10, 0, 10))});
    }
  }

  // Fairs, cold calls and leads that belong to no account yet.
  void Prospect() {
    for (int64_t n = TimesToday(1'000); n > 0; --n) {
      sink_.Add(Dataset::kInteraction,
                {NextId(Dataset::kInteraction), Cell(), manager_.id, WorkingTime(rng_, day_),
                 Cell(), std::string(rng_.Percent(70) ? "call" : "event"),
                 std::string(rng_.Percent(15) ? "inbound" : "outbound"),
                 static_cast<double>(rng_.Between(5, 40)), Cell(), Cell(), false});
    }
    for (int64_t n = TimesToday(350); n > 0; --n) {
      const Instant opened = WorkingTime(rng_, day_);
      const Instant closed = AfterDays(opened, rng_.Bell(15, 190));
      const bool open = closed >= Midnight(organization_.settings().to);
      const bool won = rng_.Percent(26 + manager_.skill / 6);
      sink_.Add(
          Dataset::kOpportunity,
          {NextId(Dataset::kOpportunity), Cell(), manager_.id, opened, open ? Cell() : Cell(closed),
           std::string(open  ? "open"
                       : won ? "won"
                             : "lost"),
           static_cast<double>(rng_.Between(4, 60) * 1000), std::string("new"),
           rng_.Percent(80) ? Cell(rng_.Percent(40)) : Cell(), Cell(), Cell(),
           std::string(Product(rng_.Next()))});
    }
  }

  const Organization& organization_;
  const Manager& manager_;
  Sink& sink_;
  Rng rng_;
  std::array<int, kDatasetCount> written_{};
  Day day_ = 0;
  int activity_ = 0;
};

}  // namespace

void WriteFacts(const Organization& organization, const Manager& manager, int index, Sink& sink) {
  Career(organization, manager, index, sink).Write();
}

}  // namespace keyscore::sample
