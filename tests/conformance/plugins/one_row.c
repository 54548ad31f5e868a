/* A mean over the other rows of the batch: with one row there are none. */
#define LIBRARY_ID "one_row"
#define CAPABILITIES (KS_CAP_DETERMINISTIC | KS_CAP_REENTRANT)
#define AT_ROW                                                  \
  if (output->state[row] == KS_STATE_VALUE) {                   \
    output->weight[row] = 1.0 / ((double)input->row_count - 1); \
  }
#include "conforming.h"
