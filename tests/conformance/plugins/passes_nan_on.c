/* Whatever comes in goes out. */
#define LIBRARY_ID "passes_nan_on"
#define IS_FINE(number) 1
#include "conforming.h"
