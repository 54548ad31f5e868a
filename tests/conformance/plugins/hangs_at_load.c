/* Waits for something that never comes. */
#define LIBRARY_ID "hangs_at_load"
#define AT_ENTRY \
  for (;;) pause();
#include <unistd.h>
#include "conforming.h"
