/* Its input goes by a time column that is no timestamp. */
#define LIBRARY_ID "unknown_time_column"
#define INPUT_TIME "minutes"
#include "minimal_library.h"
