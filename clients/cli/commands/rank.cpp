// keyscore rank: all subjects of a kind, best first.
#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/str_split.h"
#include "cli/commands/commands.h"
#include "cli/commands/render.h"
#include "cli/exit_code.h"
#include "cli/names.h"
#include "cli/text/json.h"

namespace keyscore::cli {
namespace {

constexpr int kPageSize = 1000;

struct Options {
  std::string kind;
  std::string period;
  std::string team;
  std::string filter;
  std::string order_by;
  std::vector<std::string> kpis;
  bool all_kpis = false;
  std::string as_of;
  int limit = 0;
};

// KPIs that the order and the filter speak of ("kpis.churn_rate.value"): they get columns as well.
std::vector<std::string> MentionedKpis(const Options& options) {
  std::vector<std::string> kpis = InCollection(options.kpis, "kpis");
  for (const std::string& text : {options.order_by, options.filter}) {
    for (size_t at = text.find("kpis."); at != std::string::npos; at = text.find("kpis.", at + 1)) {
      const size_t from = at + 5;
      const size_t end = text.find_first_of(" =<>!,)", from);
      const std::string path = text.substr(from, end == std::string::npos ? end : end - from);
      const size_t field = path.rfind('.');
      const std::string kpi = "kpis/" + path.substr(0, field);
      if (std::find(kpis.begin(), kpis.end(), kpi) == kpis.end()) kpis.push_back(kpi);
    }
  }
  return kpis;
}

absl::StatusOr<v1::ListScorecardsRequest> MakeRequest(const Options& options, Context& context) {
  v1::ListScorecardsRequest request;
  request.set_parent(options.kind + "/-");
  const absl::StatusOr<std::string> period = ParsePeriod(options.period);
  if (!period.ok()) return period.status();
  request.set_period(*period);
  std::string filter = options.filter;
  if (!options.team.empty()) {
    if (options.team.find('"') != std::string::npos) {
      return UsageError(fmt::format("'{}' is no team; give its id", options.team));
    }
    filter = fmt::format("team = \"{}\"{}{}", InCollection(options.team, "teams"),
                         filter.empty() ? "" : " AND ", filter);
  }
  request.set_filter(filter);
  request.set_order_by(options.order_by);
  for (const std::string& kpi : InCollection(options.kpis, "kpis")) request.add_kpis(kpi);
  request.set_all_kpis(options.all_kpis);
  if (!options.as_of.empty()) {
    const auto instant = ParseInstant(options.as_of, context);
    if (!instant.ok()) return instant.status();
    *request.mutable_known_time() = *instant;
  }
  return request;
}

absl::Status RunRank(Context& context, const Options& options) {
  absl::StatusOr<v1::ListScorecardsRequest> request = MakeRequest(options, context);
  if (!request.ok()) return request.status();
  const absl::StatusOr<client::Client*> client = context.Connection();
  if (!client.ok()) return client.status();

  v1::ListScorecardsResponse all;
  do {
    const int left = options.limit > 0 ? options.limit - all.scorecards_size() : kPageSize;
    request->set_page_size(std::min(left, kPageSize));
    absl::StatusOr<v1::ListScorecardsResponse> page = (*client)->ListScorecards(*request);
    if (!page.ok()) return page.status();
    all.set_total_size(page->total_size());
    all.set_next_page_token(page->next_page_token());
    for (v1::Scorecard& card : *page->mutable_scorecards()) *all.add_scorecards() = std::move(card);
    request->set_page_token(all.next_page_token());
  } while (!all.next_page_token().empty() &&
           (options.limit == 0 || all.scorecards_size() < options.limit));

  const std::vector<std::string> kpis = MentionedKpis(options);
  switch (context.output) {
    case Output::kJson:
      context.out() << ToJson(all);
      break;
    case Output::kCsv:
      PrintRankingCsv(all, kpis, context.out());
      break;
    case Output::kTable:
      PrintRanking(all, kpis, context.terminal);
      break;
  }
  return absl::OkStatus();
}

}  // namespace

void AddRankCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rank", "Rank managers, accounts or teams by a figure");
  command->add_option("kind", options->kind, "managers, accounts or teams")
      ->required()
      ->check(CLI::IsMember({"managers", "accounts", "teams"}))
      ->type_name("KIND");
  command
      ->add_option("-p,--period", options->period,
                   "2017-Q3, 2017-09, 2017, FROM..TO (without TO) or trailing-90d[@DATE]")
      ->required()
      ->type_name("PERIOD");
  command->add_option("--team", options->team, "Only managers of this team")->type_name("ID");
  command
      ->add_option("--filter", options->filter,
                   "Comparisons with AND, e.g. 'total >= 60 AND kpis.churn_rate.value < 5'")
      ->type_name("FILTER");
  command
      ->add_option("--order-by", options->order_by,
                   "E.g. 'coverage' or 'kpis.net_promoter_score.score desc'; else by total")
      ->type_name("ORDER");
  command->add_option("--kpi", options->kpis, "Also show these KPIs")
      ->delimiter(',')
      ->type_name("ID,...");
  command->add_flag("--all-kpis", options->all_kpis, "Compute every KPI (for --output json)");
  command->add_option("--as-of", options->as_of, "As it was known then: a date or an instant")
      ->type_name("INSTANT");
  command->add_option("--limit", options->limit, "At most this many")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  command->footer("Example: keyscore rank managers --period 2017-Q3 --limit 10");
  command->callback([&context, options] {
    context.action = [&context, options] { return RunRank(context, *options); };
  });
}

}  // namespace keyscore::cli
