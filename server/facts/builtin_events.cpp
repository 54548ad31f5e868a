// The events: what happened between managers and accounts. Ranges are those of the KPI catalogue.
#include "facts/builtin_groups.h"
#include "facts/dataset_builders.h"

namespace keyscore::facts {
namespace {

constexpr DatasetKind kEvents = DatasetKind::kEvents;

ColumnSchema ContactId() {
  return Maybe(Reference("contact_id", "contact", "The person at the account."));
}

}  // namespace

std::vector<DatasetSchema> EventDatasets() {
  return {
      Builtin(kEvents, "assessment", "Assessments", "Needs analyses and SWOTs of an account.",
              "completed",
              {OneOf("kind", {"needs_analysis", "swot"}, "What was assessed."),
               Maybe(Number("score", "Result, where it has one."))}),
      Builtin(kEvents, "business_review", "Business reviews", "Reviews held with the account.",
              "held", {Text("kind", "Such as quarterly or executive.")}),
      Builtin(kEvents, "competitor_event", "Competitor events",
              "Signs of a competitor at the account.", "detected",
              {Maybe(Instant("responded_at", "When the manager answered it."))}),
      Builtin(kEvents, "contract", "Contracts", "Contracts by their renewal.", "due for renewal",
              {OneOf("outcome", {"pending", "renewed", "lost"}, "What became of it."),
               Flag("rebid", "The account asked for other bids."),
               Number("value", "Value of the (new) term, in the reporting currency.", 0),
               Maybe(Number("previous_value", "Value of the term before.", 0)),
               Count("term_months", "Length of the (new) term in months."),
               Maybe(Count("previous_term_months", "Length of the term before in months."))}),
      Builtin(kEvents, "employee_survey", "Employee survey", "Managers about their own work.",
              "answered", {Number("score", "0 to 10, would recommend as employer.", 0, 10)}),
      Builtin(kEvents, "feedback", "Feedback", "What others say about the manager.", "when",
              {OneOf("source", {"peer", "lead", "client", "internal_department"}, "Who says so."),
               Number("score", "1 to 5.", 1, 5)}),
      Builtin(kEvents, "goal", "Goals", "Goals agreed with the account.", "agreed",
              {Maybe(Instant("due_at", "When it is due.")),
               Maybe(Instant("achieved_at", "When it was achieved.")),
               Number("progress", "0 to 1.", 0, 1), Flag("shared", "The account shares the goal."),
               Flag("depends_on_others", "Needs other departments.")}),
      Builtin(kEvents, "implementation", "Implementations", "From signature to use.", "signed",
              {Maybe(Instant("live_at", "When the account went live."))}),
      Builtin(
          kEvents, "interaction", "Interactions", "Contacts with people at the account.", "when",
          {ContactId(), OneOf("channel", {"email", "call", "meeting", "visit", "event"}, "How."),
           OneOf("direction", {"inbound", "outbound"}, "Inbound = the account came to us."),
           Maybe(Number("minutes", "How long it took.", 0)),
           Maybe(Number("quality", "1 to 5, as the manager saw it.", 1, 5)),
           Maybe(Text("topic", "What it was about.")), Flag("check_in", "A planned check-in.")}),
      Builtin(kEvents, "invoice_line", "Invoice lines", "What was invoiced.", "invoiced",
              {Text("invoice_id", "The invoice that the line stands on."),
               Number("amount", "In the reporting currency; credits are negative."),
               Maybe(Number("cost", "What it cost us, same currency.")),
               Maybe(Text("product", "What was sold.")),
               OneOf("sale_kind", {"base", "upsell", "cross_sell", "new"}, "Kind of sale.")}),
      Builtin(kEvents, "learning", "Learning", "Coaching, training, certificates, assessments.",
              "when",
              {OneOf("kind", {"coaching", "training", "certification", "skill_assessment"},
                     "What kind."),
               Maybe(Number("hours", "How long.", 0)), Maybe(Number("score", "0 to 100.", 0, 100)),
               Maybe(Instant("due_at", "When it was to be done.")),
               Maybe(Instant("completed_at", "When it was done."))}),
      Builtin(kEvents, "opportunity", "Opportunities", "The pipeline.", "opened",
              {Maybe(Instant("closed_at", "When it was won or lost.")),
               OneOf("outcome", {"open", "won", "lost"}, "What became of it."),
               Maybe(Number("amount", "Expected or won, in the reporting currency.")),
               OneOf("kind", {"new", "reactivated", "upsell", "cross_sell"}, "Kind of sale."),
               Maybe(Flag("qualified", "A qualified lead.")),
               Maybe(Text("priority", "As set by the manager.")),
               Maybe(Flag("growth_target", "For a product that is to grow.")),
               Maybe(Text("product", "What is offered."))}),
      Builtin(kEvents, "plan_action", "Plan actions", "Actions of account plans.", "due",
              {Maybe(Instant("completed_at", "When it was done.")),
               Maybe(Number("budget", "In the reporting currency.", 0)),
               Maybe(Number("actual_cost", "In the reporting currency.", 0))}),
      Builtin(kEvents, "plan_review", "Plan reviews", "Reviews of account plans.", "reviewed",
              {Number("quality", "0 to 100.", 0, 100)}),
      Builtin(kEvents, "proposal", "Proposals", "Solutions proposed.", "sent",
              {Number("relevance", "1 to 5, as the account saw it.", 1, 5),
               Maybe(Flag("accepted", "The account took it."))}),
      Builtin(kEvents, "referral", "Referrals", "The account speaks for us.", "when",
              {OneOf("kind", {"referral", "reference", "public_mention"}, "How."),
               Flag("converted", "Led to business.")}),
      Builtin(kEvents, "service_cost", "Service costs", "What looking after the account costs.",
              "spent", {Number("amount", "In the reporting currency.")}),
      Builtin(kEvents, "supplier_status", "Supplier status", "How the account ranks us.", "as of",
              {Flag("preferred", "We are a preferred supplier."),
               Maybe(Count("supplier_count", "Suppliers that the account has in our field."))}),
      Builtin(kEvents, "survey_response", "Survey responses", "What people at accounts answered.",
              "answered",
              {OneOf("instrument", {"nps", "csat", "voc", "rep_feedback"}, "Which survey."),
               ContactId(), Number("score", "On the instrument's scale (nps 0 to 10).")}),
      Builtin(kEvents, "ticket", "Tickets", "What the account asked or complained about.", "opened",
              {Maybe(Instant("resolved_at", "When it was resolved.")),
               Maybe(Count("contacts_to_resolve", "Contacts that it took.")),
               Maybe(Instant("sla_due_at", "When it had to be resolved.")),
               Maybe(Number("satisfaction", "1 to 5.", 1, 5))}),
      Builtin(kEvents, "wallet", "Wallet", "What the account spends in our field, with anyone.",
              "as of", {Number("category_spend", "A year, in the reporting currency.", 0)}),
  };
}

}  // namespace keyscore::facts
