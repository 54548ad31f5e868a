// Exceptions: a table of them, and one.
#include "cli/commands/render_overrides.h"

#include <fmt/format.h>

#include "cli/commands/render_weights.h"
#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

using Override = v1::ScoreOverride;

std::string StateWords(const Override& exception) {
  return EnumWords(Override::State_Name(exception.state()), "STATE_");
}

Cell StateCell(const Override& exception) {
  return {StateWords(exception), exception.state() == Override::STATE_ACTIVE    ? Style::kGood
                                 : exception.state() == Override::STATE_PENDING ? Style::kFair
                                                                                : Style::kDim};
}

// The first day that it does not count for.
std::string EndOf(const Override& exception) {
  return exception.revoke_date().empty() ? exception.expire_date() : exception.revoke_date();
}

google::protobuf::RepeatedPtrField<Override> One(const Override& exception) {
  google::protobuf::RepeatedPtrField<Override> one;
  *one.Add() = exception;
  return one;
}

}  // namespace

void PrintOverrides(const google::protobuf::RepeatedPtrField<Override>& all,
                    const Terminal& terminal) {
  if (all.empty()) {
    *terminal.out << "There are no exceptions.\n";
    return;
  }
  Table table({{"Exception"},
               {"For"},
               {"KPI"},
               {"What"},
               {"From"},
               {"Until"},
               {"State"},
               {"By"},
               {"Approved by"},
               {"Reason", Align::kLeft, 60}});
  for (const Override& exception : all) {
    table.AddRow({Cell(IdOf(exception.name())), Cell(exception.subject()),
                  Cell(IdOf(exception.kpi())), Cell(ExceptionWords(exception)),
                  Cell(exception.start_date()), Cell(EndOf(exception)), StateCell(exception),
                  Cell(exception.author()), Cell(exception.approver()), Cell(exception.reason())});
  }
  *terminal.out << table.Render(terminal.colour);
}

void PrintOverridesCsv(const google::protobuf::RepeatedPtrField<Override>& all, std::ostream& out) {
  WriteCsvRecord(out,
                 {"override", "subject", "kpi", "score", "exempt", "start_date", "expire_date",
                  "revoke_date", "state", "author", "approver", "reason", "revoke_reason", "etag"});
  for (const Override& exception : all) {
    WriteCsvRecord(
        out,
        {exception.name(), exception.subject(), exception.kpi(),
         CsvNumber(exception.exempt() ? std::nullopt : std::optional<double>(exception.score())),
         exception.exempt() ? "true" : "false", exception.start_date(), exception.expire_date(),
         exception.revoke_date(), StateWords(exception), exception.author(), exception.approver(),
         exception.reason(), exception.revoke_reason(), exception.etag()});
  }
}

void PrintOverrideCsv(const Override& exception, std::ostream& out) {
  PrintOverridesCsv(One(exception), out);
}

void PrintOverride(const Override& exception, const Terminal& terminal) {
  PrintOverrides(One(exception), terminal);
  if (!exception.revoke_reason().empty()) {
    *terminal.out << "Revoked: " << Printable(exception.revoke_reason()) << '\n';
  }
  if (!exception.etag().empty()) {
    *terminal.out << Paint("etag " + exception.etag(), Style::kDim, terminal.colour) << '\n';
  }
}

void PrintOverrideChanged(const Override& exception, const Terminal& terminal) {
  PrintOverrides(One(exception), terminal);
  if (exception.state() == Override::STATE_PENDING) {
    *terminal.out << fmt::format(
        "It counts once it is approved: keyscore weights overrides approve {}\n",
        Printable(IdOf(exception.name())));
  }
}

}  // namespace keyscore::cli
