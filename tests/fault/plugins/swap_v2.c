/* The second version of swap_v1.c: every value tells that it is by 1,000. */
#define LIBRARY_ID "swapping"
#define LIBRARY_VERSION "2.0.0"
#define KPI_ID "swapping.minutes"
#define SECOND_KPI_ID "swapping.more_minutes"
#define OFFSET 1000
#include "minimal_library.h"
