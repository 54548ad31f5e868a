/* No title, no semantic version, and a curve that falls where higher is better. */
#define LIBRARY_ID "bad_description"
#define KPI_TITLE ""
#define KPI_VERSION "latest"
#define CURVE \
  {0, 100}, { 100, 0 }
#include "conforming.h"
