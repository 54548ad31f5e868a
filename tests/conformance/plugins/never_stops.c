/* Works on, whoever has gone. */
#define LIBRARY_ID "never_stops"
#include <unistd.h>
#define AT_BEGIN \
  if (input->row_count > 10000) sleep(2);
#include "conforming.h"
