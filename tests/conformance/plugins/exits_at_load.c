/* Ends the process that loads it. */
#define LIBRARY_ID "exits_at_load"
#include "conforming.h"

__attribute__((constructor)) static void begin(void) { exit(0); }
