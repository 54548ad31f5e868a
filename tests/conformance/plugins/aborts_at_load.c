/* Crashes before anybody called it. */
#define LIBRARY_ID "aborts_at_load"
#include "conforming.h"

#include <stdio.h>

__attribute__((constructor)) static void begin(void) {
  fputs("no licence file, giving up\n", stderr);
  abort();
}
