/* The first version of a library that is swapped under load; installed as swapping.so. */
#define LIBRARY_ID "swapping"
#define LIBRARY_VERSION "1.0.0"
#define KPI_ID "swapping.minutes"
#define SECOND_KPI_ID "swapping.more_minutes"
#include "minimal_library.h"
