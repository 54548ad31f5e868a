/* The last value of many accounts' pooled facts is one account's. */
#define LIBRARY_ID "pooled_last"
#define QUALITY_AGGREGATE KS_LAST
#include "conforming.h"
