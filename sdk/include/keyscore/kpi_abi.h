/*
 * kpi_abi.h: the binary contract between keyscored and a KPI library. Plain C11, also valid C++20.
 *
 * A library exports exactly one symbol, keyscore_kpi_library, which returns its description: the
 * KPIs it computes, the inputs each of them needs, and the functions that compute them. The host
 * gathers the inputs, calls evaluate once per batch of rows, and scores the results.
 *
 * Contract
 *  - Memory: the host allocates every buffer it passes; everything reachable from ks_library is
 *    static, owned by the library and constant until the process ends. Neither side frees the
 *    other's memory.
 *  - Growth: every struct but ks_str and ks_curve_point opens with struct_size (its sizeof when the
 *    writer was compiled) and arrays of structs carry a stride. New fields are appended at the tail
 *    only; a reader ignores what it does not know and treats what is missing as zero. ks_str and
 *    ks_curve_point never change.
 *  - Versions: a host refuses another abi_major, and an abi_minor above its own. What came after
 *    1.0 is marked "since 1.1"; a library that can't do without it asks for that minor.
 *  - Strings are UTF-8 and not NUL-terminated. An absent string has size 0.
 *  - Functions return a google.rpc.Code (0 = OK) and, where they fail, write a message through
 *    ks_error. They must not throw, exit, or leave threads running.
 *  - Threads: evaluate is called by one thread at a time for one instance unless the KPI claims
 *    KS_CAP_REENTRANT. create and destroy may be called from any thread.
 *  - Instants are microseconds since 1970-01-01T00:00:00Z; intervals are half-open [from, to).
 */
/* C, so C's ways: NOLINTBEGIN(modernize-*) */
#ifndef KEYSCORE_KPI_ABI_H
#define KEYSCORE_KPI_ABI_H

#include <stddef.h>
#include <stdint.h>

#define KS_ABI_MAJOR 1u
#define KS_ABI_MINOR 1u
#define KS_ENTRY_SYMBOL "keyscore_kpi_library"

#if defined(__GNUC__)
#define KS_EXPORT __attribute__((visibility("default")))
#else
#define KS_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A borrowed string: `size` bytes of UTF-8 at `data`. */
typedef struct ks_str {
  const char* data;
  uint64_t size;
} ks_str;

/* One point of a scoring curve: raw `value` in the KPI's unit maps to `score`, 0 to 100. */
typedef struct ks_curve_point {
  double value;
  double score;
} ks_curve_point;

enum ks_pillar {
  KS_PILLAR_RELATIONSHIPS = 1,
  KS_PILLAR_REVENUE = 2,
  KS_PILLAR_RETENTION = 3,
  KS_PILLAR_LEARNING = 4
};

enum ks_direction {
  KS_HIGHER_IS_BETTER = 1,
  KS_LOWER_IS_BETTER = 2,
  KS_RANGE_IS_BEST = 3 /* the curve rises, then falls */
};

enum ks_timing { KS_LEADING = 1, KS_LAGGING = 2 };

/* How far the manager controls the figure. */
enum ks_controllability { KS_CONTROL_HIGH = 1, KS_CONTROL_SHARED = 2, KS_CONTROL_LOW = 3 };

enum ks_rollup {
  KS_ROLLUP_POOLED = 1,  /* one row per subject: measures over all of its facts */
  KS_ROLLUP_ACCOUNTS = 2 /* one row per account, then the mean weighted by the returned weight */
};

enum ks_aggregate {
  KS_COUNT = 1, /* int64; rows that pass the filter, where `value` (if given) is not null */
  KS_SUM = 2,   /* double; 0 over no rows */
  KS_MIN = 3,   /* double; null over no rows */
  KS_MAX = 4,   /* double; null over no rows */
  KS_FIRST = 5, /* double; value of the earliest row by the time column, null over no rows */
  KS_LAST = 6,  /* double; value of the latest row by the time column, null over no rows */
  KS_COUNT_DISTINCT = 7, /* int64; distinct non-null values, of any type */
  KS_LIST = 8            /* list of double; non-null values in time order */
};

/* Windows relative to the asked period P = [from, to). `t` is the measure's time column. */
enum ks_window {
  KS_WINDOW_PERIOD = 1,                /* from <= t < to */
  KS_WINDOW_PREVIOUS_PERIOD = 2,       /* the period of the same length before P */
  KS_WINDOW_SAME_PERIOD_LAST_YEAR = 3, /* P moved back one calendar year */
  KS_WINDOW_TRAILING = 4,              /* the window_days days that end at `to` */
  KS_WINDOW_UNTIL_START = 5,           /* t < from */
  KS_WINDOW_UNTIL_END = 6,             /* t < to */
  KS_WINDOW_AT_START = 7,              /* the row's span [t, end column) contains `from` */
  KS_WINDOW_AT_END = 8,                /* the row's span [t, end column) contains `to` */
  KS_WINDOW_FOLLOWING = 9 /* the window_days days that begin at `to`: what is known to come, such as
                             contracts due; since 1.1 */
};

enum ks_input_flag {
  /* The KPI works without this input: a dataset that never held a fact counts as no rows. Without
     the flag such a dataset makes the KPI NO_DATA: nothing was recorded, which is not zero. */
  KS_INPUT_OPTIONAL = 1
};

enum ks_state {
  KS_STATE_NO_DATA = 0,        /* the formula has nothing to work on; never a zero */
  KS_STATE_VALUE = 1,          /* value holds a finite number */
  KS_STATE_NOT_APPLICABLE = 2, /* the KPI makes no sense for this row */
  KS_STATE_ERROR = 3           /* this row could not be computed */
};

enum ks_capability {
  KS_CAP_DETERMINISTIC = 1,   /* same input, same bits */
  KS_CAP_ROW_INDEPENDENT = 2, /* a row's result does not depend on the other rows of the batch */
  KS_CAP_REENTRANT = 4        /* evaluate may run concurrently on one instance */
};

enum ks_subject_kind {
  KS_SUBJECT_MANAGER = 1,
  KS_SUBJECT_ACCOUNT = 2,
  KS_SUBJECT_TEAM = 3,
  KS_SUBJECT_ORGANIZATION = 4
};

enum ks_column_type {
  KS_TYPE_BOOL = 1,
  KS_TYPE_INT64 = 2,
  KS_TYPE_DOUBLE = 3,
  KS_TYPE_STRING = 4,
  KS_TYPE_TIMESTAMP = 5,
  KS_TYPE_LIST_DOUBLE = 6 /* inputs only */
};

enum ks_log_level { KS_LOG_DEBUG = 1, KS_LOG_INFO = 2, KS_LOG_WARNING = 3, KS_LOG_ERROR = 4 };

/* Where a failing call writes its reason. The host sets message and capacity; the callee writes at
   most capacity bytes and sets size. The host copies the text when the call returns. */
typedef struct ks_error {
  uint32_t struct_size;
  uint32_t size;
  char* message;
  uint64_t capacity;
} ks_error;

/* What the host offers. Valid until the process ends; functions are thread-safe. */
typedef struct ks_host {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;
  void* context; /* pass back to the functions */
  void (*log)(void* context, uint32_t level, ks_str message);
} ks_host;

/* One input: an aggregate over one dataset in one window.
   value, filter: scalar SQL over the dataset's columns (and one step along a reference, such as
   contact.seniority), in the subset that DuckDB, PostgreSQL and ClickHouse share. */
typedef struct ks_measure {
  uint32_t struct_size;
  uint32_t aggregate;   /* ks_aggregate */
  uint32_t window;      /* ks_window */
  uint32_t window_days; /* KS_WINDOW_TRAILING and KS_WINDOW_FOLLOWING only, 1 to 3660 */
  uint32_t flags;       /* ks_input_flag bits */
  uint32_t reserved;
  ks_str name;        /* snake_case, unique within the KPI; shown beside its value */
  ks_str dataset;     /* id of the dataset */
  ks_str value;       /* expression; optional for KS_COUNT */
  ks_str filter;      /* boolean expression; empty = every row */
  ks_str time_column; /* empty = occurred_at */
  ks_str end_column;  /* KS_WINDOW_AT_START/AT_END only; null in a row = still open */
  ks_str title;       /* plain words for people, e.g. "won opportunities" */
  ks_str unit;        /* of the value, e.g. "currency"; empty = a plain number */
} ks_measure;

/* One setting of a KPI, a number with bounds. */
typedef struct ks_config_field {
  uint32_t struct_size;
  uint32_t reserved;
  ks_str name; /* snake_case */
  ks_str description;
  double default_value;
  double minimum;
  double maximum;
} ks_config_field;

/* The name of a figure that accompanies a result: a detail of a row, or a parameter of a fitted
   model. Since 1.1. */
typedef struct ks_figure {
  uint32_t struct_size;
  uint32_t reserved;
  ks_str name;  /* snake_case, unique within its array */
  ks_str title; /* plain words for people */
  ks_str unit;  /* empty = a plain number */
} ks_figure;

/* One value of a setting, in the order of the KPI's config array. */
typedef struct ks_config_value {
  uint32_t struct_size;
  uint32_t reserved;
  ks_str name;
  double value;
} ks_config_value;

/* What is asked, the same for every row of a batch. */
typedef struct ks_context {
  uint32_t struct_size;
  uint32_t subject_kind; /* ks_subject_kind */
  int64_t period_from_us;
  int64_t period_to_us;
  int64_t period_days; /* days(P): whole days of the reporting calendar */
  void* cancel_context;
  int32_t (*cancelled)(void* cancel_context); /* non-zero: return soon with code 1 (CANCELLED) */
  /* Since 1.1: what fit returned for this question, in the order of the KPI's parameters; null and
     0 in a call of fit and for a KPI without one. */
  const double* parameters;
  uint32_t parameter_count;
  uint32_t reserved;
} ks_context;

/* One input for all rows, in Arrow's buffer layout, 64-byte aligned, read-only. */
typedef struct ks_column {
  uint32_t struct_size;
  uint32_t type;           /* KS_TYPE_INT64, KS_TYPE_DOUBLE or KS_TYPE_LIST_DOUBLE */
  const void* values;      /* row_count numbers; for a list, offsets[row_count] doubles */
  const uint8_t* validity; /* bit i (least significant first) set = row i valid; null = all valid */
  const int64_t* offsets;  /* lists only: row i is values[offsets[i]] to values[offsets[i+1]-1] */
} ks_column;

/* Columns stand in the order of the KPI's inputs array. */
typedef struct ks_input_batch {
  uint32_t struct_size;
  uint32_t column_count;
  uint64_t row_count;
  const ks_column* columns;
  uint64_t column_stride;
} ks_input_batch;

/* Results, one element a row. The host presets state = NO_DATA, value = 0, sample_size = 0,
   weight = 1, low = high = NaN, details = NaN. */
typedef struct ks_output_batch {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t row_count;
  uint8_t* state;       /* ks_state */
  double* value;        /* in the KPI's unit; finite where state is VALUE */
  int64_t* sample_size; /* facts that the value rests on, >= 0 */
  double* weight;       /* of the row in a roll-up over accounts, finite and >= 0 */
  double* low;          /* confidence interval, 95 %; NaN = none */
  double* high;
  /* Since 1.1: detail d of row r stands at details[d * row_count + r]; NaN = absent. */
  double* details;
  uint32_t detail_count; /* the KPI's detail_count, or 0 with details null */
  uint32_t reserved2;
} ks_output_batch;

/* One KPI. */
typedef struct ks_kpi {
  uint32_t struct_size;
  uint32_t pillar;          /* ks_pillar */
  uint32_t direction;       /* ks_direction */
  uint32_t timing;          /* ks_timing */
  uint32_t controllability; /* ks_controllability */
  uint32_t rollup;          /* ks_rollup */
  uint32_t cadence_days;    /* facts are expected at least this often; 0 = never stale */
  uint32_t capabilities;    /* ks_capability bits */
  ks_str id;                /* built-in: snake_case; others: library.name, e.g. acme_health.churn */
  ks_str version;           /* SemVer */
  ks_str title;
  ks_str description; /* plain words */
  ks_str formula;     /* in words or symbols */
  ks_str unit;        /* e.g. "%", "days", "currency / account" */
  const ks_measure* inputs;
  uint32_t input_count; /* 1 to 32 */
  uint32_t input_stride;
  const ks_curve_point* curve; /* by ascending value, 2 to 32 points */
  uint32_t curve_count;
  uint32_t action_count;
  const ks_str* actions; /* what to do when the figure is poor */
  double default_weight; /* share within the pillar, >= 0; 0 = not scored unless an admin says so */
  double default_target; /* in the KPI's unit; NaN = none */
  ks_str target_source;  /* where target and curve come from */
  const ks_config_field* config;
  uint32_t config_count;
  uint32_t config_stride;
  /* Makes an instance from settings (all of them, in order). *instance may be left null. */
  int32_t (*create)(const ks_host* host, const ks_config_value* values, uint32_t count,
                    uint32_t stride, void** instance, ks_error* error);
  void (*destroy)(void* instance);
  int32_t (*evaluate)(void* instance, const ks_context* context, const ks_input_batch* input,
                      ks_output_batch* output, ks_error* error);
  /* Since 1.1: figures shown beside each row's value, at most 32; may be null with count 0. In a
     roll-up over accounts the subject's are the means weighted like the value. */
  const ks_figure* details;
  uint32_t detail_count;
  uint32_t detail_stride;
  /* Since 1.1: a model fitted over the whole organisation before any row is evaluated, at most 32
     parameters. fit gets one row for each account of the organisation with a fact in the inputs,
     whatever is asked about, and writes parameter_count finite numbers; the host keeps them for
     this period and state of the facts, shows them, and hands them to evaluate in the context. Code
     9 (FAILED_PRECONDITION) says that there is too little to fit: every row is then NO_DATA, with
     the message as the reason. Null with count 0 where there is no model. */
  const ks_figure* parameters;
  uint32_t parameter_count;
  uint32_t parameter_stride;
  int32_t (*fit)(void* instance, const ks_context* context, const ks_input_batch* population,
                 double* parameters, uint32_t parameter_count, ks_error* error);
} ks_kpi;

/* One column of a dataset that the library declares. */
typedef struct ks_dataset_column {
  uint32_t struct_size;
  uint32_t type; /* ks_column_type, not a list */
  uint32_t nullable;
  uint32_t has_range; /* minimum and maximum apply (numbers only) */
  ks_str name;        /* snake_case */
  ks_str description;
  ks_str references;            /* id of the dataset whose key this column holds; usually empty */
  const ks_str* allowed_values; /* strings only; null = any */
  uint64_t allowed_value_count;
  double minimum;
  double maximum;
} ks_dataset_column;

/* A dataset. fact_id, account_id, manager_id and occurred_at are there without being declared. */
typedef struct ks_dataset {
  uint32_t struct_size;
  uint32_t column_count;
  ks_str id; /* library.name */
  ks_str title;
  ks_str description;
  ks_str occurred_at_meaning; /* e.g. "when the call ended" */
  const ks_dataset_column* columns;
  uint64_t column_stride;
} ks_dataset;

/* What a library is. */
typedef struct ks_library {
  uint32_t struct_size;
  uint32_t abi_major; /* KS_ABI_MAJOR of the header it was built with */
  uint32_t abi_minor; /* the lowest host minor it needs */
  uint32_t kpi_count;
  ks_str id;      /* snake_case, the file's name without .so */
  ks_str version; /* SemVer */
  ks_str vendor;
  ks_str description;
  const ks_kpi* kpis;
  const ks_dataset* datasets;
  uint32_t kpi_stride;
  uint32_t dataset_count;
  uint32_t dataset_stride;
  uint32_t reserved;
} ks_library;

/* The entry point's type. Returns null if the library can't work under this host; the reason goes
   to host->log. */
typedef const ks_library* (*ks_library_fn)(const ks_host* host);

KS_EXPORT const ks_library* keyscore_kpi_library(const ks_host* host);

#ifdef __cplusplus
} /* extern "C" */
#define KS_ASSERT_LAYOUT(condition) static_assert(condition, "kpi_abi.h: layout is frozen")
#else
#define KS_ASSERT_LAYOUT(condition) _Static_assert(condition, "kpi_abi.h: layout is frozen")
#endif

/* The freeze of major version 1 on LP64 targets. */
KS_ASSERT_LAYOUT(sizeof(void*) == 8);
KS_ASSERT_LAYOUT(sizeof(ks_str) == 16);
KS_ASSERT_LAYOUT(sizeof(ks_curve_point) == 16);
KS_ASSERT_LAYOUT(sizeof(ks_error) == 24);
KS_ASSERT_LAYOUT(sizeof(ks_host) == 32);
KS_ASSERT_LAYOUT(sizeof(ks_measure) == 152);
KS_ASSERT_LAYOUT(sizeof(ks_config_field) == 64);
KS_ASSERT_LAYOUT(sizeof(ks_figure) == 56);
KS_ASSERT_LAYOUT(sizeof(ks_config_value) == 32);
KS_ASSERT_LAYOUT(offsetof(ks_context, parameters) == 48); /* the size in 1.0 */
KS_ASSERT_LAYOUT(sizeof(ks_context) == 64);
KS_ASSERT_LAYOUT(sizeof(ks_column) == 32);
KS_ASSERT_LAYOUT(sizeof(ks_input_batch) == 32);
KS_ASSERT_LAYOUT(offsetof(ks_output_batch, details) == 64); /* the size in 1.0 */
KS_ASSERT_LAYOUT(sizeof(ks_output_batch) == 80);
KS_ASSERT_LAYOUT(offsetof(ks_kpi, inputs) == 128);
KS_ASSERT_LAYOUT(offsetof(ks_kpi, default_weight) == 168);
KS_ASSERT_LAYOUT(offsetof(ks_kpi, create) == 216);
KS_ASSERT_LAYOUT(offsetof(ks_kpi, details) == 240); /* the size in 1.0 */
KS_ASSERT_LAYOUT(sizeof(ks_kpi) == 280);
KS_ASSERT_LAYOUT(sizeof(ks_dataset_column) == 96);
KS_ASSERT_LAYOUT(sizeof(ks_dataset) == 88);
KS_ASSERT_LAYOUT(offsetof(ks_library, kpis) == 80);
KS_ASSERT_LAYOUT(sizeof(ks_library) == 112);

#endif /* KEYSCORE_KPI_ABI_H */
/* NOLINTEND(modernize-*) */
