// A library's description as bytes, from the worker that opened it to the server.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kpis/descriptor.h"

namespace keyscore::kpis {

// What DescribeLibrary said in the worker: the library, or its faults with what could be read of
// it.
std::string EncodeDescription(const absl::StatusOr<DescribedLibrary>& described,
                              const DescribedLibrary& readable);

// The bytes come from a process in which foreign code has run, so nothing in them is believed: the
// structs of the ABI are built from them again and read by DescribeLibrary here. Results and errors
// are DescribeLibrary's, of which the worker's faults are a part; INVALID_ARGUMENT for bytes that
// are no description. The functions of the KPIs stand for those in the worker and can't be called.
absl::StatusOr<DescribedLibrary> DecodeDescription(std::string_view bytes, std::string_view file_id,
                                                   bool builtin, DescribedLibrary* readable);

}  // namespace keyscore::kpis
