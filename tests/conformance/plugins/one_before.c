/* Looks at the row before the first. */
#define LIBRARY_ID "one_before"
#define AT_ROW                                                            \
  if (((const volatile int64_t*)calls->values)[(int64_t)row - 1] == -1) { \
    output->sample_size[row] = 0;                                         \
  }
#include "conforming.h"
