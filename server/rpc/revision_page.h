// Pages of a history, newest first. A page goes on below the last revision shown, so changes made
// meanwhile don't shift it.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "rpc/page_token.h"

namespace keyscore::rpc {

// Puts the page of `newest_first` that the request asks for into the response, each revision as
// `serve` makes its message.
template <typename Revision, typename Request, typename Response, typename Serve>
absl::Status FillRevisionPage(const std::vector<Revision>& newest_first, const Request& request,
                              Response& response, Serve serve) {
  const auto size = PageSize(request.page_size());
  if (!size.ok()) return size.status();
  auto position = ReadPageToken(request, request.page_token());
  if (!position.ok()) return position.status();
  for (const Revision& revision : newest_first) {
    if (position->offset != 0 && revision.revision >= position->offset) continue;
    if (response.revisions_size() == *size) {
      position->offset = response.revisions(*size - 1).revision();
      response.set_next_page_token(MakePageToken(request, *position));
      break;
    }
    *response.add_revisions() = serve(revision);
  }
  return absl::OkStatus();
}

}  // namespace keyscore::rpc
