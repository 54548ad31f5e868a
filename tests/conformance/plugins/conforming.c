/* Nothing is wrong with it. Built as of ABI 1.0: its KPI ends where that version ends it. */
#define LIBRARY_ID "conforming"
#define AS_OF_1_0
#include "conforming.h"
