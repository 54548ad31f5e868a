// The copy, and message against message.
#include "integration/oracle/engine_path.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "keyscore/client/error.h"

namespace keyscore::testing {
namespace {

constexpr int kDifferencesShown = 8;
constexpr size_t kTextShown = 1'500;  // of one difference, in bytes

// The only thing that must differ: it names the instant at which the first page was asked for.
std::string TakeToken(absl::StatusOr<v1::ListScorecardsResponse>& page) {
  if (!page.ok()) return "";
  std::string token = page->next_page_token();
  page->clear_next_page_token();
  return token;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EngineTwin>> EngineTwin::Of(ServerOptions options) {
  std::unique_ptr<EngineTwin> twin(new EngineTwin);
  std::error_code error;
  std::filesystem::copy(options.data, twin->data_.path(), std::filesystem::copy_options::recursive,
                        error);
  if (error) return absl::InternalError(absl::StrCat("copying the data: ", error.message()));
  options.data = twin->data_.path();
  options.more_config = kEngineOnly;
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
  if (!server.ok()) return server.status();
  twin->server_ = *std::move(server);
  return twin;
}

void PathComparison::Note(const std::string& what, const absl::Status& fast_status,
                          const google::protobuf::Message* fast, const absl::Status& engine_status,
                          const google::protobuf::Message* engine) {
  ++answers_;
  std::string difference;
  if (fast == nullptr || engine == nullptr) {
    difference = absl::StrCat("from memory ", client::Readable(fast_status), ", by the engine ",
                              client::Readable(engine_status));
  } else if (fast->SerializeAsString() != engine->SerializeAsString()) {
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    differencer.Compare(*engine, *fast);
    if (difference.empty()) difference = "equal fields, other bytes";
  } else {
    return;
  }
  if (++differing_ > kDifferencesShown) return;
  absl::StrAppend(&differences_, what, " (engine -> memory): ", difference.substr(0, kTextShown),
                  "\n");
}

void PathComparison::CompareCards(const std::vector<std::string>& subjects,
                                  const std::string& period, size_t singly) {
  v1::BatchGetScorecardsRequest all;
  all.set_all_kpis(true);
  for (const std::string& subject : subjects) {
    all.add_names(absl::StrCat(subject, "/scorecards/", period));
  }
  const auto expected = engine_.BatchGetScorecards(all);
  for (const char* turn : {"first", "second"}) {
    Compare(absl::StrCat("batch of ", period, ", ", turn, " time"), fast_.BatchGetScorecards(all),
            expected);
  }
  if (!expected.ok()) return;
  const int count = static_cast<int>(subjects.size());
  if (expected->scorecards_size() != count) {
    absl::StrAppend(&differences_, "a batch without all of its cards\n");
    return;
  }
  // Those in steps over all, so that each kind of subject is among them.
  const int step = singly == 0 ? count + 1 : std::max(1, count / static_cast<int>(singly));
  for (int i = 0; i < count; ++i) {
    v1::GetScorecardRequest one;
    one.set_name(all.names(i));
    one.set_all_kpis(true);
    const absl::StatusOr<v1::Scorecard> card = expected->scorecards(i);
    for (const char* turn : {"first", "second"}) {
      Compare(absl::StrCat(one.name(), ", ", turn, " time"), fast_.GetScorecard(one), card);
    }
    if (i % step == step - 1) {
      Compare(absl::StrCat(one.name(), " alone and in a batch"), card, engine_.GetScorecard(one));
    }
  }
}

void PathComparison::CompareLists(const std::string& period, const std::string& order_by,
                                  int page_size) {
  for (const char* parent : {"managers/-", "accounts/-", "teams/-"}) {
    v1::ListScorecardsRequest page;
    page.set_parent(parent);
    page.set_period(period);
    page.set_page_size(page_size);
    page.set_order_by(order_by);
    page.set_all_kpis(true);
    v1::ListScorecardsRequest of_engine = page;
    for (int number = 1;; ++number) {
      absl::StatusOr<v1::ListScorecardsResponse> expected = engine_.ListScorecards(of_engine);
      of_engine.set_page_token(TakeToken(expected));
      std::string token;
      for (const char* turn : {"first", "second"}) {
        absl::StatusOr<v1::ListScorecardsResponse> answer = fast_.ListScorecards(page);
        token = TakeToken(answer);
        const std::string what = absl::StrCat("page ", number, " of ", parent, " ", period, " by ",
                                              order_by, ", ", turn, " time");
        Compare(what, answer, expected);
        if (token.empty() != of_engine.page_token().empty()) {
          absl::StrAppend(&differences_, what, ": only one of them has another page\n");
        }
      }
      page.set_page_token(token);
      if (token.empty() || of_engine.page_token().empty()) break;
    }
  }
}

void PathComparison::CompareExplanation(const std::string& name, const std::string& kpi) {
  v1::ExplainKpiResultRequest request;
  request.set_name(name);
  request.set_kpi(kpi);
  const auto expected = engine_.ExplainKpiResult(request);
  for (const char* turn : {"first", "second"}) {
    Compare(absl::StrCat(kpi, " of ", name, " explained, ", turn, " time"),
            fast_.ExplainKpiResult(request), expected);
  }
}

}  // namespace keyscore::testing
