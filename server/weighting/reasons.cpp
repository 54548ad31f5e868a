// Puts the steps of a resolution into words.
#include "weighting/reasons.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "weighting/checks.h"

namespace keyscore::weighting {
namespace {

// "60 %", "33.3 %".
std::string Percent(double share) { return fmt::format("{:.3g} %", 100 * share); }

std::string Months(int months) {
  if (months == 0) return "less than a month";
  return months == 1 ? "1 month" : absl::StrCat(months, " months");
}

}  // namespace

std::string NameOf(const SubjectFacts& subject) {
  if (!subject.display_name.empty()) return subject.display_name;
  switch (subject.kind) {
    case store::SubjectKind::kManager:
      return absl::StrCat("managers/", subject.id);
    case store::SubjectKind::kAccount:
      return absl::StrCat("accounts/", subject.id);
    case store::SubjectKind::kTeam:
      return absl::StrCat("teams/", subject.id);
    case store::SubjectKind::kOrganization:
      return "The organization";
  }
  return subject.id;
}

std::string PillarWord(kpis::Pillar pillar) {
  switch (pillar) {
    case kpis::Pillar::kRelationships:
      return "relationships";
    case kpis::Pillar::kRevenue:
      return "revenue";
    case kpis::Pillar::kRetention:
      return "retention";
    case kpis::Pillar::kLearning:
      return "learning & development";
  }
  return "an unknown pillar";
}

std::string PillarsInWords(const std::vector<PillarWeight>& pillars) {
  std::vector<std::string> words;
  for (const PillarWeight& pillar : pillars) {
    if (pillar.weight > 0) {
      words.push_back(absl::StrCat(Percent(pillar.weight), " ", PillarWord(pillar.pillar)));
    }
  }
  return words.empty() ? "nothing" : absl::StrJoin(words, ", ");
}

std::string BandName(const TenureBand& band) {
  if (!band.display_name.empty()) return band.display_name;
  if (!band.to_months) return absl::StrCat("from ", band.from_months, " months");
  if (band.from_months == 0) return absl::StrCat("under ", *band.to_months, " months");
  return absl::StrCat(band.from_months, " to ", *band.to_months, " months");
}

std::string ProfileStep(const WeightProfile& profile, size_t candidates) {
  const ProfileContent& content = profile.content;
  std::string step = absl::StrCat(
      "The profile ", content.display_name.empty() ? profile.id : content.display_name,
      " (revision ", profile.revision, ") counts: it is for ", InWords(content.selector));
  if (candidates > 1) {
    absl::StrAppend(&step, ", the most specific of the ", candidates, " that are in effect");
  }
  return absl::StrCat(step, ".");
}

std::string TenurelessStep(const SubjectFacts& subject, const ProfileContent& profile) {
  const std::string weights = PillarsInWords(profile.untenured_pillars);
  if (profile.bands.empty()) {
    return absl::StrCat("The profile makes no difference by tenure: ", weights, ".");
  }
  if (subject.kind == store::SubjectKind::kManager) {
    return absl::StrCat("It is not known since when ", NameOf(subject),
                        " has been in role, so the weights without tenure count: ", weights, ".");
  }
  return absl::StrCat(NameOf(subject),
                      " has no tenure, so the weights without tenure count: ", weights, ".");
}

std::string BandStep(const SubjectFacts& subject, int tenure_months, const TenureBand& band) {
  return absl::StrCat(NameOf(subject), " has been in role ", Months(tenure_months),
                      ", so the band ", BandName(band), " counts: ", PillarsInWords(band.pillars),
                      ".");
}

std::string CrossingStep(const SubjectFacts& subject, int months_at_start, int months_at_end,
                         const std::vector<BandDays>& bands,
                         const std::vector<PillarWeight>& pillars) {
  int64_t days = 0;
  for (const BandDays& part : bands) days += part.days;
  std::vector<std::string> parts;
  for (const BandDays& part : bands) {
    parts.push_back(parts.empty() ? absl::StrCat(part.days, " of ", days, " days count as ",
                                                 BandName(*part.band))
                                  : absl::StrCat(part.days, " as ", BandName(*part.band)));
  }
  return absl::StrCat(NameOf(subject), " was ", Months(months_at_start),
                      " in role when the period began and ", Months(months_at_end),
                      " when it ended: ", absl::StrJoin(parts, ", "), ". Together that is ",
                      PillarsInWords(pillars), ".");
}

std::string KpiStep(kpis::Pillar pillar, const ResolvedKpis& kpis) {
  std::vector<std::string> words;
  for (const ResolvedKpi& kpi : kpis) {
    if (kpi.kpi->definition.pillar == pillar && kpi.weight_in_pillar > 0) {
      words.push_back(absl::StrCat(Percent(kpi.weight_in_pillar), " ", kpi.kpi->definition.id));
    }
  }
  return absl::StrCat("Within ", PillarWord(pillar), ": ", absl::StrJoin(words, ", "), ".");
}

}  // namespace keyscore::weighting
