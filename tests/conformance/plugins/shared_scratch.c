/* Claims to be reentrant, with scratch space that all calls share. */
#define LIBRARY_ID "shared_scratch"
#include <sched.h>
static double scratch;
#define AT_ROW                                      \
  *(volatile double*)&scratch = output->value[row]; \
  sched_yield();                                    \
  output->value[row] = *(volatile double*)&scratch;
#include "conforming.h"
