// What the commands that fetch one message and print it have in common.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/context.h"
#include "cli/text/json.h"

namespace keyscore::cli {

// Prints a reply in the form asked for: json by itself, csv and table by the functions given.
template <typename Message, typename CsvFn, typename TableFn>
absl::Status Print(Context& context, const absl::StatusOr<Message>& reply, CsvFn csv,
                   TableFn table) {
  if (!reply.ok()) return reply.status();
  switch (context.output) {
    case Output::kJson:
      context.out() << ToJson(*reply);
      break;
    case Output::kCsv:
      csv(*reply, context.out());
      break;
    case Output::kTable:
      table(*reply, context.terminal);
      break;
  }
  return absl::OkStatus();
}

// Follows the page tokens of a List method and returns all pages as one; `append` moves the items
// of a page to the end of the whole.
template <typename Request, typename Response, typename AppendFn>
absl::StatusOr<Response> ListAll(client::Client* client,
                                 absl::StatusOr<Response> (client::Client::*list)(const Request&),
                                 Request request, AppendFn append) {
  Response all;
  request.set_page_size(1000);
  while (true) {
    absl::StatusOr<Response> page = (client->*list)(request);
    if (!page.ok()) return page.status();
    append(*page, all);
    if (page->next_page_token().empty()) return all;
    request.set_page_token(page->next_page_token());
  }
}

}  // namespace keyscore::cli
