// Field by field.
#include "rpc/directory_resources.h"

#include <google/protobuf/util/json_util.h>

#include <initializer_list>
#include <utility>

#include "rpc/convert_time.h"
#include "rpc/fault.h"
#include "rpc/resource_name.h"

namespace keyscore::rpc {
namespace {

// Writes a timestamp field into a column; absent = null.
absl::Status PutTime(const std::string& field, bool present,
                     const google::protobuf::Timestamp& timestamp, const std::string& column,
                     RowWriter& row) {
  if (!present) return absl::OkStatus();
  const auto time = FromProto(field, timestamp);
  if (!time.ok()) return time.status();
  row.Time(column, *time);
  return absl::OkStatus();
}

// Writes the id of a resource name into a column; empty = null.
absl::Status PutName(const std::string& field, const std::string& collection,
                     const std::string& name, const std::string& column, RowWriter& row) {
  if (name.empty()) return absl::OkStatus();
  const auto id = ParseName(field, collection, name);
  if (!id.ok()) return id.status();
  row.Text(column, *id);
  return absl::OkStatus();
}

absl::Status First(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

v1::Manager ManagerResource::FromRow(const RowReader& row) {
  v1::Manager manager;
  manager.set_display_name(row.Text("name"));
  manager.set_team(MakeOptionalName("teams", row.Text("team_id")));
  if (auto time = row.Time("occurred_at")) *manager.mutable_role_start_time() = ToProto(*time);
  if (auto time = row.Time("left_at")) *manager.mutable_leave_time() = ToProto(*time);
  return manager;
}

absl::Status ManagerResource::ToRow(const v1::Manager& manager, RowWriter& row) {
  row.Text("name", manager.display_name());
  return First(
      {PutName("team", "teams", manager.team(), "team_id", row),
       PutTime("role_start_time", manager.has_role_start_time(), manager.role_start_time(),
               "occurred_at", row),
       PutTime("leave_time", manager.has_leave_time(), manager.leave_time(), "left_at", row)});
}

std::string ManagerResource::FieldOf(const std::string& column) {
  if (column == "name") return "display_name";
  if (column == "team_id") return "team";
  if (column == "occurred_at") return "role_start_time";
  return column == "left_at" ? "leave_time" : "name";
}

v1::Account AccountResource::FromRow(const RowReader& row) {
  v1::Account account;
  account.set_display_name(row.Text("name"));
  account.set_segment(row.Text("segment"));
  account.set_region(row.Text("region"));
  if (auto time = row.Time("occurred_at")) *account.mutable_start_time() = ToProto(*time);
  if (auto time = row.Time("churned_at")) *account.mutable_churn_time() = ToProto(*time);
  const std::string attributes = row.Text("attributes");
  if (!attributes.empty()) {
    // What came in through AppendFacts may be any text; what is no object is not shown.
    google::protobuf::Struct parsed;
    if (google::protobuf::util::JsonStringToMessage(attributes, &parsed).ok()) {
      *account.mutable_attributes() = std::move(parsed);
    }
  }
  return account;
}

absl::Status AccountResource::ToRow(const v1::Account& account, RowWriter& row) {
  row.Text("name", account.display_name());
  row.Text("segment", account.segment());
  row.Text("region", account.region());
  if (account.has_attributes()) {
    std::string attributes;
    if (!google::protobuf::util::MessageToJsonString(account.attributes(), &attributes).ok()) {
      return InvalidField("attributes", "can't be written as JSON; use finite numbers only");
    }
    row.Text("attributes", attributes);
  }
  return First(
      {PutTime("start_time", account.has_start_time(), account.start_time(), "occurred_at", row),
       PutTime("churn_time", account.has_churn_time(), account.churn_time(), "churned_at", row)});
}

std::string AccountResource::FieldOf(const std::string& column) {
  if (column == "name") return "display_name";
  if (column == "occurred_at") return "start_time";
  if (column == "churned_at") return "churn_time";
  return column == "segment" || column == "region" || column == "attributes" ? column : "name";
}

v1::Team TeamResource::FromRow(const RowReader& row) {
  v1::Team team;
  team.set_display_name(row.Text("name"));
  if (auto time = row.Time("occurred_at")) *team.mutable_create_time() = ToProto(*time);
  return team;
}

absl::Status TeamResource::ToRow(const v1::Team& team, RowWriter& row) {
  row.Text("name", team.display_name());
  return PutTime("create_time", team.has_create_time(), team.create_time(), "occurred_at", row);
}

std::string TeamResource::FieldOf(const std::string& column) {
  if (column == "name") return "display_name";
  return column == "occurred_at" ? "create_time" : "name";
}

// The words of the dataset stand in the same order as the values of the enum.
constexpr const char* kSeniorities[] = {"", "c_level", "vp", "director", "manager", "staff"};

v1::Contact ContactResource::FromRow(const RowReader& row) {
  v1::Contact contact;
  contact.set_account(MakeOptionalName("accounts", row.Text("account_id")));
  const std::string seniority = row.Text("seniority");
  for (int value = 1; value < v1::Contact::Seniority_ARRAYSIZE; ++value) {
    if (seniority == kSeniorities[value]) {
      contact.set_seniority(static_cast<v1::Contact::Seniority>(value));
    }
  }
  contact.set_decision_maker(row.Flag("decision_maker"));
  contact.set_department(row.Text("department"));
  if (auto time = row.Time("occurred_at")) *contact.mutable_known_since_time() = ToProto(*time);
  return contact;
}

absl::Status ContactResource::ToRow(const v1::Contact& contact, RowWriter& row) {
  if (!v1::Contact::Seniority_IsValid(contact.seniority()) ||
      contact.seniority() == v1::Contact::SENIORITY_UNSPECIFIED) {
    return InvalidField("seniority", "is missing or no known level");
  }
  row.Text("seniority", kSeniorities[contact.seniority()]);
  row.Flag("decision_maker", contact.decision_maker());
  row.Text("department", contact.department());
  return First({PutName("account", "accounts", contact.account(), "account_id", row),
                PutTime("known_since_time", contact.has_known_since_time(),
                        contact.known_since_time(), "occurred_at", row)});
}

std::string ContactResource::FieldOf(const std::string& column) {
  if (column == "account_id") return "account";
  if (column == "occurred_at") return "known_since_time";
  return column == "seniority" || column == "decision_maker" || column == "department" ? column
                                                                                       : "name";
}

v1::Ownership OwnershipResource::FromRow(const RowReader& row) {
  v1::Ownership ownership;
  ownership.set_account(MakeOptionalName("accounts", row.Text("account_id")));
  ownership.set_manager(MakeOptionalName("managers", row.Text("manager_id")));
  if (auto time = row.Time("occurred_at")) *ownership.mutable_start_time() = ToProto(*time);
  if (auto time = row.Time("until")) *ownership.mutable_end_time() = ToProto(*time);
  return ownership;
}

absl::Status OwnershipResource::ToRow(const v1::Ownership& ownership, RowWriter& row) {
  return First({PutName("account", "accounts", ownership.account(), "account_id", row),
                PutName("manager", "managers", ownership.manager(), "manager_id", row),
                PutTime("start_time", ownership.has_start_time(), ownership.start_time(),
                        "occurred_at", row),
                PutTime("end_time", ownership.has_end_time(), ownership.end_time(), "until", row)});
}

std::string OwnershipResource::FieldOf(const std::string& column) {
  if (column == "account_id") return "account";
  if (column == "manager_id") return "manager";
  if (column == "occurred_at") return "start_time";
  return column == "until" ? "end_time" : "name";
}

}  // namespace keyscore::rpc
