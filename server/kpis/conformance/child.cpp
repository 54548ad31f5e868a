// Forks, listens on a pipe, and turns the end of a child into words.
//
// The protocol is lines: a letter, then escaped fields with a tab between them. The crash report
// writes such a line by hand.
#include "kpis/conformance/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "kpis/conformance/become_child.h"
#include "kpis/exit_words.h"
#include "kpis/text.h"

namespace keyscore::kpis::conformance {
namespace {

constexpr size_t kMaxLastWords = 300;
constexpr int kPollMillis = 20;

void WriteAll(int pipe, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(pipe, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) _exit(3);  // the parent is gone
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

std::string Escaped(std::string_view text) { return absl::Utf8SafeCEscape(std::string(text)); }

// One child, seen from the parent.
class Child {
 public:
  Child(pid_t pid, int pipe, int words) : pid_(pid), pipe_(pipe), words_(words) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    close(pipe_);
    if (words_ >= 0) close(words_);
  }

  // Takes lines until the child is gone or a step's time is up.
  void Listen(absl::Duration limit, std::vector<StepResult>& steps) {
    deadline_ = absl::Now() + limit;
    limit_ = limit;
    while (true) {
      pollfd ready{pipe_, POLLIN, 0};
      poll(&ready, 1, kPollMillis);
      const bool gone = Reap(WNOHANG);
      while (Read(steps)) {
      }
      if (gone) break;
      if (absl::Now() > deadline_) {
        timed_out_ = true;
        kill(pid_, SIGKILL);
        Reap(0);
        while (Read(steps)) {
        }
        break;
      }
    }
  }

  bool finished() const { return finished_; }
  size_t step() const { return step_; }

  // "crashed with SIGSEGV: it wrote past the end of …, while evaluating 3 rows"
  std::string HowItEnded() const {
    std::string text;
    if (timed_out_) {
      text = fmt::format("did not return within {}", absl::FormatDuration(limit_));
    } else {
      text = ExitWords(status_);
    }
    if (!touched_.empty()) text += fmt::format(" (it {})", touched_);
    if (!doing_.empty()) text += fmt::format(" while {}", doing_);
    if (const std::string words = LastWords(); !words.empty()) {
      text += fmt::format("; its last words: {}", words);
    }
    return text;
  }

 private:
  // Whether the child is gone (with WNOHANG in `flags`: by now). What it left running goes too,
  // while its group's number can't yet be another's.
  bool Reap(int flags) {
    siginfo_t info{};
    if (!running_ ||
        waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | flags) != 0 ||
        info.si_pid != pid_) {
      return !running_;
    }
    kill(-pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
    running_ = false;
    return true;
  }

  // Takes what is in the pipe; false when there is nothing more for now.
  bool Read(std::vector<StepResult>& steps) {
    std::array<char, 64 * 1024> chunk;
    const ssize_t count = read(pipe_, chunk.data(), chunk.size());
    if (count <= 0) return count < 0 && errno == EINTR;
    pending_.append(chunk.data(), static_cast<size_t>(count));
    size_t begin = 0;
    for (size_t end; (end = pending_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      Take(std::string_view(pending_).substr(begin, end - begin), steps);
    }
    pending_.erase(0, begin);
    return true;
  }

  void Take(std::string_view line, std::vector<StepResult>& steps) {
    if (line.empty()) return;
    const char kind = line.front();
    std::vector<std::string> fields = absl::StrSplit(std::string(line.substr(1)), '\t');
    fields.resize(2);
    for (std::string& field : fields) {
      if (std::string text; absl::CUnescape(field, &text)) field = std::move(text);
    }
    if (kind == 'B') {
      uint64_t step = 0;
      if (absl::SimpleAtoi(fields[0], &step) && step < steps.size()) {
        step_ = step;
        steps[step_].begun = true;
        deadline_ = absl::Now() + limit_;
      }
    } else if (kind == 'D') {
      doing_ = fields[0];
    } else if (kind == 'F') {
      steps[step_].failures.push_back({fields[0], fields[1]});
    } else if (kind == 'S') {
      steps[step_].skipped = fields[0];
    } else if (kind == 'P') {
      steps[step_].produced += fields[0];
    } else if (kind == 'G') {
      touched_ = fields[0];
    } else if (kind == 'U') {
      steps[step_].unconfined = fields[0];
    } else if (kind == 'E') {
      finished_ = true;
    }
  }

  // The last line that it wrote to stderr, such as what() of an exception that nobody caught.
  std::string LastWords() const {
    if (words_ < 0) return "";
    std::array<char, 4096> tail;
    const off_t size = lseek(words_, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
    const ssize_t count = pread(words_, tail.data(), tail.size(), from);
    std::string_view text(tail.data(), count < 0 ? 0 : static_cast<size_t>(count));
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    if (const size_t at = text.rfind('\n'); at != std::string_view::npos) {
      text.remove_prefix(at + 1);
    }
    return SafeText(text, kMaxLastWords);
  }

  const pid_t pid_;
  const int pipe_;
  const int words_;  // a file in memory that stands for its stderr
  bool running_ = true;
  bool finished_ = false;
  bool timed_out_ = false;
  int status_ = 0;
  absl::Time deadline_;
  absl::Duration limit_;
  size_t step_ = 0;
  std::string pending_;
  std::string doing_;
  std::string touched_;
};

}  // namespace

void Reporter::Send(char kind, std::string_view first, std::string_view second) {
  WriteAll(pipe_, fmt::format("{}{}\t{}\n", kind, Escaped(first), Escaped(second)));
}

void Reporter::Begin(size_t step) { Send('B', std::to_string(step)); }
void Reporter::Doing(std::string_view what) { Send('D', what); }
void Reporter::Fail(std::string_view happened, std::string_view fix) { Send('F', happened, fix); }
void Reporter::Skip(std::string_view why) { Send('S', why); }
void Reporter::Produce(std::string_view text) { Send('P', text); }
void Reporter::Unconfined(std::string_view why) { Send('U', why); }
void Reporter::End() { Send('E', ""); }

std::vector<StepResult> RunSteps(size_t count, const StepOptions& options,
                                 absl::FunctionRef<bool(Reporter&)> prepare,
                                 absl::FunctionRef<void(size_t, Reporter&)> step) {
  std::vector<StepResult> steps(count);
  size_t next = 0;
  for (size_t run = 0; next < count && run <= options.max_restarts; ++run) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      steps[next].failures.push_back({"no pipe to a child could be made", "free file descriptors"});
      return steps;
    }
    const int words = memfd_create("stderr", MFD_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
      const absl::Status confined = BecomeChild(ends[1], words, options.libraries);
      if (getppid() != parent) _exit(3);  // it was gone before its end could be asked for
      Reporter reporter(ends[1]);
      reporter.Begin(next);
      if (!confined.ok()) reporter.Unconfined(std::string(confined.message()));
      if (prepare(reporter)) {
        for (size_t i = next; i < count; ++i) {
          if (i != next) reporter.Begin(i);
          step(i, reporter);
        }
      }
      reporter.End();
      _exit(0);  // no destructors: the library's might hang
    }
    close(ends[1]);
    if (pid < 0) {
      steps[next].failures.push_back(
          {fmt::format("no child could be started: {}", std::strerror(errno)),
           "free memory or processes"});
      close(ends[0]);
      if (words >= 0) close(words);
      return steps;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    Child child(pid, ends[0], words);
    child.Listen(options.time_limit, steps);
    if (child.finished()) break;
    steps[child.step()].begun = true;
    steps[child.step()].failures.push_back({child.HowItEnded(), ""});
    next = child.step() + 1;
  }
  return steps;
}

}  // namespace keyscore::kpis::conformance
