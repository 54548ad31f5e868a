/* Tidies up the inputs in their place. */
#define LIBRARY_ID "writes_inputs"
#define AT_ROW ((volatile double*)quality->values)[row] += 0;
#include "conforming.h"
