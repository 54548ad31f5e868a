// The queue of what was served, and the thread that evaluates it again.
#include "kpis/plugins/shadow.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "spdlog/spdlog.h"

namespace keyscore::kpis {

// One pair and what was found so far. The counts are guarded by the runner's mutex.
struct ShadowRunner::Running {
  ShadowPair pair;
  // By the KPI in force: its counterpart and the place of its counts in the report.
  struct Counterpart {
    const LoadedKpi* kpi = nullptr;
    size_t index = 0;
  };
  std::map<const LoadedKpi*, Counterpart> counterparts;
  ShadowReport report;  // its differences stand in `newest`
  std::deque<ShadowDifference> newest;
};

// What one request was answered with, of one plugin's KPIs.
struct ShadowRunner::Job {
  struct Served {
    State state = State::kNoData;
    double value = 0;
  };
  std::shared_ptr<Running> running;
  EvaluationRequest request;                // of the KPIs in shadow
  std::vector<size_t> indexes;              // of the counts, KPI by KPI
  std::vector<std::vector<Served>> served;  // as EvaluationResult::outcomes

  size_t results() const { return request.kpis.size() * request.subject_ids.size(); }
};

namespace {

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

const LoadedKpi* FindIn(const LoadedLibrary& library, const std::string& id) {
  for (const LoadedKpi& kpi : library.kpis) {
    if (kpi.definition.id == id) return &kpi;
  }
  return nullptr;
}

}  // namespace

ShadowRunner::ShadowRunner(store::MeasureReader& store, measures::Calendar calendar)
    : store_(store),
      calendar_(std::move(calendar)),
      running_(std::make_shared<const AllRunning>()) {}

ShadowRunner::~ShadowRunner() { Stop(); }

void ShadowRunner::Run(const std::vector<ShadowPair>& pairs) {
  auto next = std::make_shared<AllRunning>();
  std::shared_ptr<const AllRunning> before;  // outlives the lock, as the last of a library may go
  std::deque<std::shared_ptr<const Job>> dropped;
  absl::MutexLock lock(&mutex_);
  before = running_;
  for (const ShadowPair& pair : pairs) {
    const auto known = before->find(pair.plugin_id);
    if (known != before->end() && known->second->pair.served == pair.served &&
        known->second->pair.shadow == pair.shadow) {
      next->emplace(*known);
      continue;
    }
    auto running = std::make_shared<Running>();
    running->pair = pair;
    running->report = {.served_version = pair.served->version,
                       .served_sha256 = pair.served->sha256,
                       .shadow_version = pair.shadow->version,
                       .shadow_sha256 = pair.shadow->sha256,
                       .start_time = pair.start_time};
    for (const LoadedKpi& kpi : pair.served->kpis) {
      const LoadedKpi* const counterpart = FindIn(*pair.shadow, kpi.definition.id);
      if (counterpart == nullptr) {
        running->report.only_served.push_back(kpi.definition.id);
        continue;
      }
      running->counterparts[&kpi] = {counterpart, running->report.kpis.size()};
      running->report.kpis.push_back({.kpi_id = kpi.definition.id});
    }
    for (const LoadedKpi& kpi : pair.shadow->kpis) {
      if (FindIn(*pair.served, kpi.definition.id) == nullptr) {
        running->report.only_shadow.push_back(kpi.definition.id);
      }
    }
    next->emplace(pair.plugin_id, std::move(running));
  }
  running_ = std::move(next);
  if (running_->empty()) {
    dropped.swap(jobs_);
    waiting_results_ = 0;
  } else if (!thread_.joinable() && !stopping_) {
    thread_ = std::thread([this] { Loop(); });
  }
}

bool ShadowRunner::IsWatching() const {
  absl::MutexLock lock(&mutex_);
  return !running_->empty();
}

void ShadowRunner::Evaluated(const EvaluationRequest& request,
                             const EvaluationResult& result) const {
  // Of an empty log there is nothing to compare, and asked again it may not be empty.
  if (result.watermark == 0) return;
  std::shared_ptr<const AllRunning> running;
  {
    absl::MutexLock lock(&mutex_);
    running = running_;
  }
  for (const auto& [id, of_plugin] : *running) {
    auto job = std::make_shared<Job>();
    job->running = of_plugin;
    std::vector<size_t> columns;
    for (size_t k = 0; k < request.kpis.size(); ++k) {
      const auto found = of_plugin->counterparts.find(request.kpis[k]);
      if (found == of_plugin->counterparts.end()) continue;
      job->request.kpis.push_back(found->second.kpi);
      job->indexes.push_back(found->second.index);
      columns.push_back(k);
    }
    const size_t results = columns.size() * request.subject_ids.size();
    if (results == 0) continue;
    {
      absl::MutexLock lock(&mutex_);
      if (jobs_.size() >= kMaxJobs || waiting_results_ + results > kMaxResults || stopping_) {
        ++of_plugin->report.skipped_requests;
        continue;
      }
      waiting_results_ += results;
    }
    job->request.kind = request.kind;
    job->request.subject_ids = request.subject_ids;
    job->request.period = request.period;
    job->request.watermark = result.watermark;
    for (const std::vector<KpiOutcome>& of_subject : result.outcomes) {
      std::vector<Job::Served>& served = job->served.emplace_back();
      for (const size_t k : columns) served.push_back({of_subject[k].state, of_subject[k].value});
    }
    absl::MutexLock lock(&mutex_);
    if (running_->empty()) {
      waiting_results_ = 0;  // it ended meanwhile
    } else {
      jobs_.push_back(std::move(job));
    }
  }
}

void ShadowRunner::Loop() {
  for (;;) {
    std::shared_ptr<const Job> job;
    {
      absl::MutexLock lock(&mutex_);
      busy_ = false;
      mutex_.Await(absl::Condition(this, &ShadowRunner::HasWork));
      if (stopping_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      waiting_results_ -= std::min(waiting_results_, job->results());
      busy_ = true;
    }
    Compare(*job);
  }
}

void ShadowRunner::Compare(const Job& job) {
  EvaluationRequest request = job.request;
  request.stop = [this] {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  };
  const absl::Time now = absl::Now();
  const auto result = Evaluate(request, store_, calendar_, now);
  absl::MutexLock lock(&mutex_);
  Running& running = *job.running;
  if (!result.ok()) {
    ++running.report.skipped_requests;
    return;
  }
  for (size_t subject = 0; subject < job.served.size(); ++subject) {
    for (size_t k = 0; k < request.kpis.size(); ++k) {
      const Job::Served& served = job.served[subject][k];
      const KpiOutcome& shadow = result->outcomes[subject][k];
      ShadowComparison& counts = running.report.kpis[job.indexes[k]];
      const bool values = served.state == State::kValue && shadow.state == State::kValue;
      ++counts.compared;
      if (served.state == shadow.state && (!values || SameBits(served.value, shadow.value))) {
        ++counts.equal;
        continue;
      }
      ++counts.different;
      if (shadow.state == State::kError && served.state != State::kError) ++counts.failed;
      if (values) {
        counts.max_difference =
            std::max(counts.max_difference, std::abs(served.value - shadow.value));
      }
      ShadowDifference difference{.kpi_id = counts.kpi_id,
                                  .kind = request.kind,
                                  .subject_id = request.subject_ids[subject],
                                  .period_from = request.period.from,
                                  .period_to = request.period.to,
                                  .served_state = served.state,
                                  .shadow_state = shadow.state,
                                  .shadow_reason = shadow.reason,
                                  .time = now};
      if (served.state == State::kValue) difference.served_value = served.value;
      if (shadow.state == State::kValue) difference.shadow_value = shadow.value;
      running.newest.push_front(std::move(difference));
      if (running.newest.size() > kMaxDifferences) running.newest.pop_back();
    }
  }
}

std::optional<ShadowReport> ShadowRunner::Report(const std::string& plugin_id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = running_->find(plugin_id);
  if (found == running_->end()) return std::nullopt;
  ShadowReport report = found->second->report;
  report.differences.assign(found->second->newest.begin(), found->second->newest.end());
  return report;
}

void ShadowRunner::AwaitIdle() const {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &ShadowRunner::IsIdle));
}

void ShadowRunner::Stop() {
  std::thread thread;
  std::deque<std::shared_ptr<const Job>> dropped;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
    waiting_results_ = 0;
    thread = std::move(thread_);
  }
  if (thread.joinable()) thread.join();
}

}  // namespace keyscore::kpis
