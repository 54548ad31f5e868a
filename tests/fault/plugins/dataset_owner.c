/* Declares a dataset of its own and reads it. Nothing is wrong with it. */
#include <keyscore/kpi_abi.h>

#define COLUMN_TEXT(literal) \
  { literal, sizeof(literal) - 1 }

static const ks_str purposes[] = {COLUMN_TEXT("audit"), COLUMN_TEXT("training")};

static const ks_dataset_column columns[] = {
    {.struct_size = sizeof(ks_dataset_column),
     .type = KS_TYPE_DOUBLE,
     .has_range = 1,
     .name = COLUMN_TEXT("hours"),
     .description = COLUMN_TEXT("How long it took."),
     .minimum = 0,
     .maximum = 24},
    {.struct_size = sizeof(ks_dataset_column),
     .type = KS_TYPE_STRING,
     .nullable = 1,
     .name = COLUMN_TEXT("purpose"),
     .description = COLUMN_TEXT("What for."),
     .allowed_values = purposes,
     .allowed_value_count = 2},
};

static const ks_dataset datasets[] = {{
    .struct_size = sizeof(ks_dataset),
    .column_count = 2,
    .id = COLUMN_TEXT("dataset_owner.visit"),
    .title = COLUMN_TEXT("Visits"),
    .description = COLUMN_TEXT("Visits on site."),
    .occurred_at_meaning = COLUMN_TEXT("when the visit ended"),
    .columns = columns,
    .column_stride = sizeof(ks_dataset_column),
}};

#define LIBRARY_ID "dataset_owner"
#define INPUT_DATASET "dataset_owner.visit"
#define INPUT_VALUE "hours"
#define INPUT_FILTER "purpose = 'audit'"
#define DATASETS datasets
#define DATASET_COUNT 1
#include "minimal_library.h"
