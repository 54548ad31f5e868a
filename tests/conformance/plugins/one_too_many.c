/* Writes one element past the end of its results. */
#define LIBRARY_ID "one_too_many"
#define AT_ROW output->value[row + 1] = 0;
#include "conforming.h"
