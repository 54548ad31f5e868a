/* Calls itself something else than its file. */
#define LIBRARY_ID "some_other_name"
#include "minimal_library.h"
