/* Divides by the number of list elements of the batch, none of which need be there. */
#define LIBRARY_ID "no_list"
#define CAPABILITIES (KS_CAP_DETERMINISTIC | KS_CAP_REENTRANT)
#define AT_BEGIN                                                                                  \
  if (input->row_count > 0 && minutes->offsets[input->row_count] == 0 && input->row_count != 1) { \
    output->state[0] = KS_STATE_VALUE;                                                            \
    output->value[0] = 0.0 / (double)minutes->offsets[input->row_count];                          \
  }
#include "conforming.h"
