// Inputs that KPIs of several pillars share. What differs, such as a window or a filter, is said on
// the KPI's own card.
#pragma once

#include "keyscore/kpi.h"

namespace keyscore::catalogue {
using namespace sdk;

inline constexpr double kSecondsPerDay = 86400;

constexpr Input Interactions() {
  return Count("interactions").From("interaction").Titled("interactions");
}

// The instant of the last interaction before the period's end; null where there was none.
constexpr Input LastContact() {
  return Last("last_contact")
      .Of("unix_seconds(occurred_at)")
      .From("interaction")
      .During(Window::kUntilEnd)
      .Titled("last interaction")
      .In("seconds since 1970");
}

// When the account that is in the book at the period's end started, whoever owned it then.
constexpr Input AccountStart() {
  return Min("started")
      .Of("unix_seconds(started_at)")
      .From("book")
      .AtEnd("ended_at")
      .Titled("start of the account")
      .In("seconds since 1970");
}

constexpr Input Revenue(std::string_view name = "revenue") {
  return Sum(name).Of("amount").From("invoice_line").Titled("revenue").In("currency");
}

constexpr Input InvoiceLines(std::string_view name = "invoice_lines") {
  return Count(name).From("invoice_line").Titled("invoice lines");
}

// Contracts are dated by the day on which they are due for renewal.
constexpr Input ContractsDue() { return Count("due").From("contract").Titled("contracts due"); }

constexpr Input ContractsRenewed(std::string_view name = "renewed") {
  return Count(name).From("contract").Where("outcome = 'renewed'").Titled("contracts renewed");
}

}  // namespace keyscore::catalogue
