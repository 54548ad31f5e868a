/* Writes to its inputs. */
#define ZOO_ID "zoo_changes_inputs"
#include "zoo.h"

static int32_t misbehave(const call* c) {
  volatile double* minutes = (volatile double*)c->input->columns[0].values;
  uint64_t i;
  for (i = 0; i < c->input->row_count; ++i) minutes[i] = -1;
  return 0;
}

#include "minimal_library.h"
