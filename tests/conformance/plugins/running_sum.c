/* Claims that rows are independent, and lets each lean on the one before. */
#define LIBRARY_ID "running_sum"
#define AT_ROW output->weight[row] = 1 + (row > 0 ? output->weight[row - 1] / 2 : 0);
#include "conforming.h"
