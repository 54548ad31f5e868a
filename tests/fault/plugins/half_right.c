/* Its dataset is sound, its input over it is not. */
#include <keyscore/kpi_abi.h>

#define COLUMN_TEXT(literal) \
  { literal, sizeof(literal) - 1 }

static const ks_dataset_column columns[] = {{
    .struct_size = sizeof(ks_dataset_column),
    .type = KS_TYPE_DOUBLE,
    .name = COLUMN_TEXT("hours"),
    .description = COLUMN_TEXT("How long it took."),
}};

static const ks_dataset datasets[] = {{
    .struct_size = sizeof(ks_dataset),
    .column_count = 1,
    .id = COLUMN_TEXT("half_right.visit"),
    .title = COLUMN_TEXT("Visits"),
    .description = COLUMN_TEXT("Visits on site."),
    .occurred_at_meaning = COLUMN_TEXT("when the visit ended"),
    .columns = columns,
    .column_stride = sizeof(ks_dataset_column),
}};

#define LIBRARY_ID "half_right"
#define INPUT_DATASET "half_right.visit"
#define INPUT_VALUE "minutes"
#define INPUT_FILTER "hours > 1"
#define DATASETS datasets
#define DATASET_COUNT 1
#include "minimal_library.h"
