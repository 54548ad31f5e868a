// The public API never loses or changes what it once had: every line of api_v1.txt still describes
// the compiled descriptors. New lines are welcome; write them with KEYSCORE_UPDATE_GOLDEN=1.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "keyscore/v1/audit_service.pb.h"
#include "keyscore/v1/common.pb.h"
#include "keyscore/v1/dataset_service.pb.h"
#include "keyscore/v1/directory_service.pb.h"
#include "keyscore/v1/fact_service.pb.h"
#include "keyscore/v1/kpi_service.pb.h"
#include "keyscore/v1/plugin_service.pb.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "keyscore/v1/weighting_service.pb.h"

namespace keyscore {
namespace {

using Lines = std::set<std::string>;

std::string TypeOf(const google::protobuf::FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

void Dump(const google::protobuf::EnumDescriptor& type, Lines& lines) {
  for (int i = 0; i < type.value_count(); ++i) {
    lines.insert("enum " + type.full_name() + " " + type.value(i)->name() + " = " +
                 std::to_string(type.value(i)->number()));
  }
}

void Dump(const google::protobuf::Descriptor& message, Lines& lines) {
  lines.insert("message " + message.full_name());
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    const std::string label = field.is_repeated()    ? "repeated "
                              : field.has_presence() ? "optional "
                                                     : "";
    lines.insert("field " + message.full_name() + " " + label + TypeOf(field) + " " + field.name() +
                 " = " + std::to_string(field.number()));
  }
  for (int i = 0; i < message.enum_type_count(); ++i) Dump(*message.enum_type(i), lines);
  for (int i = 0; i < message.nested_type_count(); ++i) Dump(*message.nested_type(i), lines);
}

void Dump(const google::protobuf::ServiceDescriptor& service, Lines& lines) {
  for (int i = 0; i < service.method_count(); ++i) {
    const auto& method = *service.method(i);
    lines.insert("rpc " + method.full_name() + "(" + (method.client_streaming() ? "stream " : "") +
                 method.input_type()->full_name() + ") returns (" +
                 (method.server_streaming() ? "stream " : "") + method.output_type()->full_name() +
                 ")");
  }
}

Lines CompiledApi() {
  Lines lines;
  for (const google::protobuf::FileDescriptor* file :
       {v1::Period::descriptor()->file(), v1::Dataset::descriptor()->file(),
        v1::Manager::descriptor()->file(), v1::Fact::descriptor()->file(),
        v1::Kpi::descriptor()->file(), v1::Plugin::descriptor()->file(),
        v1::Scorecard::descriptor()->file(), v1::WeightProfile::descriptor()->file(),
        v1::AuditEntry::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) Dump(*file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) Dump(*file->enum_type(i), lines);
    for (int i = 0; i < file->service_count(); ++i) Dump(*file->service(i), lines);
  }
  return lines;
}

TEST(ApiTest, KeepsEveryLineOfTheGoldenFile) {
  const char* root = std::getenv("KEYSCORE_SOURCE_DIR");
  const std::string path = std::string(root == nullptr ? "." : root) + "/tests/golden/api_v1.txt";
  const Lines compiled = CompiledApi();
  if (std::getenv("KEYSCORE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path);
    for (const std::string& line : compiled) file << line << '\n';
  }
  std::ifstream file(path);
  std::string line;
  size_t read = 0;
  while (std::getline(file, line)) {
    ++read;
    EXPECT_TRUE(compiled.contains(line)) << "the API lost or changed: " << line;
  }
  EXPECT_GT(read, 300u) << path << " is missing or cut off";
}

}  // namespace
}  // namespace keyscore
