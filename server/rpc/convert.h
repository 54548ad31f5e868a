// From the rooms' values to the messages of the API, and back where a message comes in. No
// decisions here: what a value means was settled before.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "facts/schema.h"
#include "keyscore/v1/common.pb.h"
#include "keyscore/v1/dataset_service.pb.h"
#include "keyscore/v1/fact_service.pb.h"
#include "keyscore/v1/kpi_service.pb.h"
#include "keyscore/v1/plugin_service.pb.h"
#include "keyscore/v1/scorecard_service.pb.h"
#include "keyscore/v1/weighting_service.pb.h"
#include "kpis/evaluate.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/registry.h"
#include "measures/calendar.h"
#include "scoring/scorecard.h"
#include "store/store.h"
#include "weighting/compare.h"

namespace keyscore::rpc {

// convert_common.cpp
// MakeName, where the name will stand.
void WriteName(std::string_view collection, std::string_view id, std::string& name);
v1::Pillar ToProto(kpis::Pillar pillar);
v1::Aggregate ToProto(store::Aggregate aggregate);
v1::Window ToProto(measures::Window window);
v1::CurvePoint ToProto(const kpis::CurvePoint& point);
v1::Calendar ToProto(const measures::Calendar& calendar);
v1::Period ToProto(const measures::Period& period, const measures::Calendar& calendar);
void Fill(const measures::Calendar& calendar, v1::Calendar& message);
void Fill(const measures::Period& period, const measures::Calendar& calendar, v1::Period& message);

// convert_kpi.cpp
v1::Kpi ToProto(const kpis::KpiDefinition& definition);

// convert_plugin.cpp
v1::Plugin ToProto(const kpis::PluginView& plugin);
v1::ConformanceCheck ToProto(const kpis::ConformanceResult& result);
v1::PluginRevision ToProto(const std::string& plugin_id, const kpis::PluginRevision& revision);
v1::ShadowReport ToProto(const std::string& plugin_id, const kpis::ShadowReport& report);

// convert_dataset.cpp; counts are left to the caller.
v1::Dataset ToProto(const facts::DatasetSchema& schema);
// The schema that an admin declares: the key columns, then the message's own.
absl::StatusOr<facts::DatasetSchema> SchemaFromProto(const std::string& id,
                                                     const v1::Dataset& dataset);

// convert_fact.cpp
v1::Fact ToProto(const facts::DatasetSchema& schema, const store::Row& row);

// convert_result.cpp
v1::KpiResult::State ToProto(kpis::State state);
v1::InputValue ToProto(const kpis::KpiDefinition& definition, const kpis::InputValue& input);
void Fill(const kpis::KpiDefinition& definition, const kpis::InputValue& input,
          v1::InputValue& message);
v1::FigureValue ToProto(const kpis::KpiFigure& figure, std::optional<double> value);
v1::KpiResult ToProto(const scoring::KpiLine& line);
void Fill(const scoring::KpiLine& line, v1::KpiResult& result);

// convert_scorecard.cpp
// Lists the lines for which `listed` is true.
v1::Scorecard ToProto(const scoring::Scorecard& card, const measures::Calendar& calendar,
                      absl::FunctionRef<bool(const scoring::KpiLine&)> listed);
// The same where the message stands already, empty; it may be an arena's.
void Fill(const scoring::Scorecard& card, const measures::Calendar& calendar,
          absl::FunctionRef<bool(const scoring::KpiLine&)> listed, v1::Scorecard& message);
v1::Receipt ReceiptOf(const scoring::Scorecard& card, const measures::Calendar& calendar);
std::string NameOf(const weighting::SubjectFacts& subject);

// convert_weighting.cpp
v1::WeightResolution ToProto(const weighting::SubjectFacts& subject, absl::CivilDay date,
                             const weighting::ResolvedWeights& weights);
v1::FieldChange ToProto(const weighting::FieldChange& change);

}  // namespace keyscore::rpc
