// Paths checked, then protobuf's own merge.
#include "rpc/field_mask.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/field_mask_util.h>

#include <vector>

#include "config/nearest.h"
#include "rpc/fault.h"

namespace keyscore::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;

constexpr char kField[] = "update_mask";
constexpr char kReason[] = "INVALID_UPDATE_MASK";
constexpr size_t kShownBytes = 80;

absl::Status CheckPath(const std::string& path, const Message& source,
                       const std::set<std::string>& writable) {
  const std::string shown = path.substr(0, kShownBytes);
  const std::string field = path.substr(0, path.find('.'));
  const auto& descriptor = *source.GetDescriptor();
  if (descriptor.FindFieldByName(field) == nullptr) {
    return InvalidField(kField,
                        fmt::format("'{}' is no field of a {}.{}", shown, descriptor.name(),
                                    config::DidYouMean(field, {writable.begin(), writable.end()})),
                        kReason);
  }
  if (!writable.contains(field)) {
    return InvalidField(kField, fmt::format("'{}' can't be changed; leave it out", shown), kReason);
  }
  std::vector<const FieldDescriptor*> steps;
  if (!FieldMaskUtil::GetFieldDescriptors(&descriptor, path, &steps)) {
    return InvalidField(
        kField,
        fmt::format("'{}' names nothing below {}; lists are replaced as a whole", shown, field),
        kReason);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FieldMask> ResolveMask(const FieldMask& mask, const Message& source,
                                      const std::set<std::string>& writable) {
  FieldMask paths;
  if (mask.paths_size() == 1 && mask.paths(0) == "*") {
    for (const std::string& field : writable) paths.add_paths(field);
    return paths;
  }
  for (const std::string& path : mask.paths()) {
    if (absl::Status status = CheckPath(path, source, writable); !status.ok()) return status;
    paths.add_paths(path);
  }
  if (mask.paths_size() > 0) return paths;
  std::vector<const FieldDescriptor*> set;
  source.GetReflection()->ListFields(source, &set);
  for (const FieldDescriptor* field : set) {
    if (writable.contains(field->name())) paths.add_paths(field->name());
  }
  return paths;
}

void Overwrite(const Message& source, const FieldMask& paths, Message& target) {
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(source, paths, options, &target);
}

}  // namespace keyscore::rpc
