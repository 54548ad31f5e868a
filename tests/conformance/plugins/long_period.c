/* A weight that runs negative over a long period. */
#define LIBRARY_ID "long_period"
#define AT_ROW output->weight[row] = 1 - (double)context->period_days / 365;
#include "conforming.h"
