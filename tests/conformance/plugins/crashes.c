/* Follows a null pointer when the period is long; the other rules must still be tried. */
#define LIBRARY_ID "crashes"
#define AT_BEGIN \
  if (context->period_days == 366) *(volatile int*)0 = 1;
#include "conforming.h"
