/*
 * Every struct, field and enumerator of kpi_abi.h, printed one a line: what the frozen file
 * kpi_abi_v1.txt is held against. Plain C11 and C++20, so that both languages print it. Whoever
 * appends a field or an enumerator adds its line here.
 */
#ifndef KEYSCORE_TESTS_GOLDEN_ABI_LAYOUT_H
#define KEYSCORE_TESTS_GOLDEN_ABI_LAYOUT_H

#include <stdio.h>  // NOLINT(modernize-deprecated-headers): also C

#include "keyscore/kpi_abi.h"

#define ABI_STRUCT(type) \
  fprintf(out, "struct %s size %u align %u\n", #type, (unsigned)sizeof(type), ABI_ALIGN(type))
#define ABI_FIELD(type, field)                                                      \
  fprintf(out, "  %s offset %u size %u\n", #field, (unsigned)offsetof(type, field), \
          (unsigned)sizeof(((type*)0)->field))
#define ABI_VALUE(name) fprintf(out, "%s = %d\n", #name, (int)(name))
#ifdef __cplusplus
#define ABI_ALIGN(type) (unsigned)alignof(type)
#else
#define ABI_ALIGN(type) (unsigned)_Alignof(type)
#endif

// NOLINTBEGIN(bugprone-sizeof-expression): the size of a pointer is what is asked
static void PrintAbiLayout(FILE* out) {
  fprintf(out, "abi %u.%u entry %s\n", KS_ABI_MAJOR, KS_ABI_MINOR, KS_ENTRY_SYMBOL);

  ABI_STRUCT(ks_str);
  ABI_FIELD(ks_str, data);
  ABI_FIELD(ks_str, size);

  ABI_STRUCT(ks_curve_point);
  ABI_FIELD(ks_curve_point, value);
  ABI_FIELD(ks_curve_point, score);

  fprintf(out, "enum ks_pillar\n");
  ABI_VALUE(KS_PILLAR_RELATIONSHIPS);
  ABI_VALUE(KS_PILLAR_REVENUE);
  ABI_VALUE(KS_PILLAR_RETENTION);
  ABI_VALUE(KS_PILLAR_LEARNING);

  fprintf(out, "enum ks_direction\n");
  ABI_VALUE(KS_HIGHER_IS_BETTER);
  ABI_VALUE(KS_LOWER_IS_BETTER);
  ABI_VALUE(KS_RANGE_IS_BEST);

  fprintf(out, "enum ks_timing\n");
  ABI_VALUE(KS_LEADING);
  ABI_VALUE(KS_LAGGING);

  fprintf(out, "enum ks_controllability\n");
  ABI_VALUE(KS_CONTROL_HIGH);
  ABI_VALUE(KS_CONTROL_SHARED);
  ABI_VALUE(KS_CONTROL_LOW);

  fprintf(out, "enum ks_rollup\n");
  ABI_VALUE(KS_ROLLUP_POOLED);
  ABI_VALUE(KS_ROLLUP_ACCOUNTS);

  fprintf(out, "enum ks_aggregate\n");
  ABI_VALUE(KS_COUNT);
  ABI_VALUE(KS_SUM);
  ABI_VALUE(KS_MIN);
  ABI_VALUE(KS_MAX);
  ABI_VALUE(KS_FIRST);
  ABI_VALUE(KS_LAST);
  ABI_VALUE(KS_COUNT_DISTINCT);
  ABI_VALUE(KS_LIST);

  fprintf(out, "enum ks_window\n");
  ABI_VALUE(KS_WINDOW_PERIOD);
  ABI_VALUE(KS_WINDOW_PREVIOUS_PERIOD);
  ABI_VALUE(KS_WINDOW_SAME_PERIOD_LAST_YEAR);
  ABI_VALUE(KS_WINDOW_TRAILING);
  ABI_VALUE(KS_WINDOW_UNTIL_START);
  ABI_VALUE(KS_WINDOW_UNTIL_END);
  ABI_VALUE(KS_WINDOW_AT_START);
  ABI_VALUE(KS_WINDOW_AT_END);
  ABI_VALUE(KS_WINDOW_FOLLOWING);

  fprintf(out, "enum ks_input_flag\n");
  ABI_VALUE(KS_INPUT_OPTIONAL);

  fprintf(out, "enum ks_state\n");
  ABI_VALUE(KS_STATE_NO_DATA);
  ABI_VALUE(KS_STATE_VALUE);
  ABI_VALUE(KS_STATE_NOT_APPLICABLE);
  ABI_VALUE(KS_STATE_ERROR);

  fprintf(out, "enum ks_capability\n");
  ABI_VALUE(KS_CAP_DETERMINISTIC);
  ABI_VALUE(KS_CAP_ROW_INDEPENDENT);
  ABI_VALUE(KS_CAP_REENTRANT);

  fprintf(out, "enum ks_subject_kind\n");
  ABI_VALUE(KS_SUBJECT_MANAGER);
  ABI_VALUE(KS_SUBJECT_ACCOUNT);
  ABI_VALUE(KS_SUBJECT_TEAM);
  ABI_VALUE(KS_SUBJECT_ORGANIZATION);

  fprintf(out, "enum ks_column_type\n");
  ABI_VALUE(KS_TYPE_BOOL);
  ABI_VALUE(KS_TYPE_INT64);
  ABI_VALUE(KS_TYPE_DOUBLE);
  ABI_VALUE(KS_TYPE_STRING);
  ABI_VALUE(KS_TYPE_TIMESTAMP);
  ABI_VALUE(KS_TYPE_LIST_DOUBLE);

  fprintf(out, "enum ks_log_level\n");
  ABI_VALUE(KS_LOG_DEBUG);
  ABI_VALUE(KS_LOG_INFO);
  ABI_VALUE(KS_LOG_WARNING);
  ABI_VALUE(KS_LOG_ERROR);

  ABI_STRUCT(ks_error);
  ABI_FIELD(ks_error, struct_size);
  ABI_FIELD(ks_error, size);
  ABI_FIELD(ks_error, message);
  ABI_FIELD(ks_error, capacity);

  ABI_STRUCT(ks_host);
  ABI_FIELD(ks_host, struct_size);
  ABI_FIELD(ks_host, abi_major);
  ABI_FIELD(ks_host, abi_minor);
  ABI_FIELD(ks_host, reserved);
  ABI_FIELD(ks_host, context);
  ABI_FIELD(ks_host, log);

  ABI_STRUCT(ks_measure);
  ABI_FIELD(ks_measure, struct_size);
  ABI_FIELD(ks_measure, aggregate);
  ABI_FIELD(ks_measure, window);
  ABI_FIELD(ks_measure, window_days);
  ABI_FIELD(ks_measure, flags);
  ABI_FIELD(ks_measure, reserved);
  ABI_FIELD(ks_measure, name);
  ABI_FIELD(ks_measure, dataset);
  ABI_FIELD(ks_measure, value);
  ABI_FIELD(ks_measure, filter);
  ABI_FIELD(ks_measure, time_column);
  ABI_FIELD(ks_measure, end_column);
  ABI_FIELD(ks_measure, title);
  ABI_FIELD(ks_measure, unit);

  ABI_STRUCT(ks_config_field);
  ABI_FIELD(ks_config_field, struct_size);
  ABI_FIELD(ks_config_field, reserved);
  ABI_FIELD(ks_config_field, name);
  ABI_FIELD(ks_config_field, description);
  ABI_FIELD(ks_config_field, default_value);
  ABI_FIELD(ks_config_field, minimum);
  ABI_FIELD(ks_config_field, maximum);

  ABI_STRUCT(ks_figure);
  ABI_FIELD(ks_figure, struct_size);
  ABI_FIELD(ks_figure, reserved);
  ABI_FIELD(ks_figure, name);
  ABI_FIELD(ks_figure, title);
  ABI_FIELD(ks_figure, unit);

  ABI_STRUCT(ks_config_value);
  ABI_FIELD(ks_config_value, struct_size);
  ABI_FIELD(ks_config_value, reserved);
  ABI_FIELD(ks_config_value, name);
  ABI_FIELD(ks_config_value, value);

  ABI_STRUCT(ks_context);
  ABI_FIELD(ks_context, struct_size);
  ABI_FIELD(ks_context, subject_kind);
  ABI_FIELD(ks_context, period_from_us);
  ABI_FIELD(ks_context, period_to_us);
  ABI_FIELD(ks_context, period_days);
  ABI_FIELD(ks_context, cancel_context);
  ABI_FIELD(ks_context, cancelled);
  ABI_FIELD(ks_context, parameters);
  ABI_FIELD(ks_context, parameter_count);
  ABI_FIELD(ks_context, reserved);

  ABI_STRUCT(ks_column);
  ABI_FIELD(ks_column, struct_size);
  ABI_FIELD(ks_column, type);
  ABI_FIELD(ks_column, values);
  ABI_FIELD(ks_column, validity);
  ABI_FIELD(ks_column, offsets);

  ABI_STRUCT(ks_input_batch);
  ABI_FIELD(ks_input_batch, struct_size);
  ABI_FIELD(ks_input_batch, column_count);
  ABI_FIELD(ks_input_batch, row_count);
  ABI_FIELD(ks_input_batch, columns);
  ABI_FIELD(ks_input_batch, column_stride);

  ABI_STRUCT(ks_output_batch);
  ABI_FIELD(ks_output_batch, struct_size);
  ABI_FIELD(ks_output_batch, reserved);
  ABI_FIELD(ks_output_batch, row_count);
  ABI_FIELD(ks_output_batch, state);
  ABI_FIELD(ks_output_batch, value);
  ABI_FIELD(ks_output_batch, sample_size);
  ABI_FIELD(ks_output_batch, weight);
  ABI_FIELD(ks_output_batch, low);
  ABI_FIELD(ks_output_batch, high);
  ABI_FIELD(ks_output_batch, details);
  ABI_FIELD(ks_output_batch, detail_count);
  ABI_FIELD(ks_output_batch, reserved2);

  ABI_STRUCT(ks_kpi);
  ABI_FIELD(ks_kpi, struct_size);
  ABI_FIELD(ks_kpi, pillar);
  ABI_FIELD(ks_kpi, direction);
  ABI_FIELD(ks_kpi, timing);
  ABI_FIELD(ks_kpi, controllability);
  ABI_FIELD(ks_kpi, rollup);
  ABI_FIELD(ks_kpi, cadence_days);
  ABI_FIELD(ks_kpi, capabilities);
  ABI_FIELD(ks_kpi, id);
  ABI_FIELD(ks_kpi, version);
  ABI_FIELD(ks_kpi, title);
  ABI_FIELD(ks_kpi, description);
  ABI_FIELD(ks_kpi, formula);
  ABI_FIELD(ks_kpi, unit);
  ABI_FIELD(ks_kpi, inputs);
  ABI_FIELD(ks_kpi, input_count);
  ABI_FIELD(ks_kpi, input_stride);
  ABI_FIELD(ks_kpi, curve);
  ABI_FIELD(ks_kpi, curve_count);
  ABI_FIELD(ks_kpi, action_count);
  ABI_FIELD(ks_kpi, actions);
  ABI_FIELD(ks_kpi, default_weight);
  ABI_FIELD(ks_kpi, default_target);
  ABI_FIELD(ks_kpi, target_source);
  ABI_FIELD(ks_kpi, config);
  ABI_FIELD(ks_kpi, config_count);
  ABI_FIELD(ks_kpi, config_stride);
  ABI_FIELD(ks_kpi, create);
  ABI_FIELD(ks_kpi, destroy);
  ABI_FIELD(ks_kpi, evaluate);
  ABI_FIELD(ks_kpi, details);
  ABI_FIELD(ks_kpi, detail_count);
  ABI_FIELD(ks_kpi, detail_stride);
  ABI_FIELD(ks_kpi, parameters);
  ABI_FIELD(ks_kpi, parameter_count);
  ABI_FIELD(ks_kpi, parameter_stride);
  ABI_FIELD(ks_kpi, fit);

  ABI_STRUCT(ks_dataset_column);
  ABI_FIELD(ks_dataset_column, struct_size);
  ABI_FIELD(ks_dataset_column, type);
  ABI_FIELD(ks_dataset_column, nullable);
  ABI_FIELD(ks_dataset_column, has_range);
  ABI_FIELD(ks_dataset_column, name);
  ABI_FIELD(ks_dataset_column, description);
  ABI_FIELD(ks_dataset_column, references);
  ABI_FIELD(ks_dataset_column, allowed_values);
  ABI_FIELD(ks_dataset_column, allowed_value_count);
  ABI_FIELD(ks_dataset_column, minimum);
  ABI_FIELD(ks_dataset_column, maximum);

  ABI_STRUCT(ks_dataset);
  ABI_FIELD(ks_dataset, struct_size);
  ABI_FIELD(ks_dataset, column_count);
  ABI_FIELD(ks_dataset, id);
  ABI_FIELD(ks_dataset, title);
  ABI_FIELD(ks_dataset, description);
  ABI_FIELD(ks_dataset, occurred_at_meaning);
  ABI_FIELD(ks_dataset, columns);
  ABI_FIELD(ks_dataset, column_stride);

  ABI_STRUCT(ks_library);
  ABI_FIELD(ks_library, struct_size);
  ABI_FIELD(ks_library, abi_major);
  ABI_FIELD(ks_library, abi_minor);
  ABI_FIELD(ks_library, kpi_count);
  ABI_FIELD(ks_library, id);
  ABI_FIELD(ks_library, version);
  ABI_FIELD(ks_library, vendor);
  ABI_FIELD(ks_library, description);
  ABI_FIELD(ks_library, kpis);
  ABI_FIELD(ks_library, datasets);
  ABI_FIELD(ks_library, kpi_stride);
  ABI_FIELD(ks_library, dataset_count);
  ABI_FIELD(ks_library, dataset_stride);
  ABI_FIELD(ks_library, reserved);
}
// NOLINTEND(bugprone-sizeof-expression)

#endif /* KEYSCORE_TESTS_GOLDEN_ABI_LAYOUT_H */
