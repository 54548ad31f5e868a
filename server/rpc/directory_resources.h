// How each resource of the directory maps to a row of its dataset. What they share, getting,
// listing and upserting, stands in directory_methods.h and directory_upsert.h.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "keyscore/v1/directory_service.pb.h"
#include "rpc/row_reader.h"
#include "rpc/row_writer.h"

namespace keyscore::rpc {

// Every resource has:
//   kCollection, kDataset, kField (of batch requests), kNotFound (the reason)
//   FromRow: all but name and etag
//   ToRow: all but the key and fact_id, into the current row; INVALID_ARGUMENT with a field
//   relative to
//     the resource
//   FieldOf: the field that a column holds
struct ManagerResource {
  using Message = v1::Manager;
  static constexpr char kCollection[] = "managers";
  static constexpr char kDataset[] = "manager";
  static constexpr char kField[] = "managers";
  static constexpr char kNotFound[] = "MANAGER_NOT_FOUND";
  static Message FromRow(const RowReader& row);
  static absl::Status ToRow(const Message& message, RowWriter& row);
  static std::string FieldOf(const std::string& column);
};

struct AccountResource {
  using Message = v1::Account;
  static constexpr char kCollection[] = "accounts";
  static constexpr char kDataset[] = "account";
  static constexpr char kField[] = "accounts";
  static constexpr char kNotFound[] = "ACCOUNT_NOT_FOUND";
  static Message FromRow(const RowReader& row);
  static absl::Status ToRow(const Message& message, RowWriter& row);
  static std::string FieldOf(const std::string& column);
};

struct TeamResource {
  using Message = v1::Team;
  static constexpr char kCollection[] = "teams";
  static constexpr char kDataset[] = "team";
  static constexpr char kField[] = "teams";
  static constexpr char kNotFound[] = "TEAM_NOT_FOUND";
  static Message FromRow(const RowReader& row);
  static absl::Status ToRow(const Message& message, RowWriter& row);
  static std::string FieldOf(const std::string& column);
};

struct ContactResource {
  using Message = v1::Contact;
  static constexpr char kCollection[] = "contacts";
  static constexpr char kDataset[] = "contact";
  static constexpr char kField[] = "contacts";
  static constexpr char kNotFound[] = "CONTACT_NOT_FOUND";
  static Message FromRow(const RowReader& row);
  static absl::Status ToRow(const Message& message, RowWriter& row);
  static std::string FieldOf(const std::string& column);
};

struct OwnershipResource {
  using Message = v1::Ownership;
  static constexpr char kCollection[] = "ownerships";
  static constexpr char kDataset[] = "ownership";
  static constexpr char kField[] = "ownerships";
  static constexpr char kNotFound[] = "OWNERSHIP_NOT_FOUND";
  static Message FromRow(const RowReader& row);
  static absl::Status ToRow(const Message& message, RowWriter& row);
  static std::string FieldOf(const std::string& column);
};

}  // namespace keyscore::rpc
