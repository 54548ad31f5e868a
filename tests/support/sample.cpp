// From generator to tables to server.
#include "support/sample.h"

#include "absl/strings/str_cat.h"
#include "support/environment.h"
#include "support/facts.h"
#include "support/process.h"

namespace keyscore::testing {

const std::vector<std::string>& SampleDatasets() {
  static const auto* const names = new std::vector<std::string>{
      "team",        "manager",         "account",          "contact",         "ownership",
      "interaction", "survey_response", "employee_survey",  "invoice_line",    "service_cost",
      "wallet",      "opportunity",     "contract",         "ticket",          "goal",
      "plan_review", "plan_action",     "business_review",  "assessment",      "proposal",
      "referral",    "implementation",  "competitor_event", "supplier_status", "learning",
      "feedback"};
  return *names;
}

absl::Status WriteSample(const std::string& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {Environment("KEYSCORE_SAMPLE_BIN"), "--out", folder};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Finished finished = Run(command);
  if (finished.exit_code == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("keyscore-sample: ", finished.err));
}

void ReadSample(const std::string& folder, Duck& duck) {
  for (const std::string& dataset : SampleDatasets()) {
    duck.Run(absl::StrCat("CREATE TABLE ", dataset, " AS SELECT * FROM '", folder, "/", dataset,
                          ".parquet'"));
  }
}

absl::Status SendSample(Duck& duck, client::Client& client) {
  for (const std::string& dataset : SampleDatasets()) {
    const absl::StatusOr<v1::AppendFactsResponse> response = SendTable(duck, dataset, client);
    if (!response.ok()) return response.status();
    if (response->rows_inserted() != response->rows_received()) {
      return absl::InternalError(
          absl::StrCat(dataset, ": not every row was taken: ", response->ShortDebugString()));
    }
  }
  return absl::OkStatus();
}

}  // namespace keyscore::testing
