/* A later version of dataset_owner, to be installed under that name, with everything wrong at once:
   its dataset has another schema than the one that holds facts, an id stands there twice and has no
   namespace, an input names a column that neither schema has. */
#include <keyscore/kpi_abi.h>

#define COLUMN_TEXT(literal) \
  { literal, sizeof(literal) - 1 }

static const ks_dataset_column columns[] = {{
    .struct_size = sizeof(ks_dataset_column),
    .type = KS_TYPE_STRING, /* it was a number */
    .name = COLUMN_TEXT("hours"),
    .description = COLUMN_TEXT("How long it took, in words."),
}};

static const ks_dataset datasets[] = {{
    .struct_size = sizeof(ks_dataset),
    .column_count = 1,
    .id = COLUMN_TEXT("dataset_owner.visit"),
    .title = COLUMN_TEXT("Visits"),
    .description = COLUMN_TEXT("Visits on site."),
    .occurred_at_meaning = COLUMN_TEXT("when the visit ended"),
    .columns = columns,
    .column_stride = sizeof(ks_dataset_column),
}};

#define LIBRARY_ID "dataset_owner"
#define KPI_ID "visits"
#define SECOND_KPI_ID "visits"
#define INPUT_DATASET "dataset_owner.visit"
#define INPUT_VALUE "length(hours)"
#define INPUT_FILTER "mood = 'good'"
#define DATASETS datasets
#define DATASET_COUNT 1
#include "minimal_library.h"
