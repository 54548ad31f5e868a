/* Its filter calls a function that is not on the allow-list. */
#define LIBRARY_ID "function_caller"
#define INPUT_FILTER "length(getenv('HOME')) > 0"
#include "minimal_library.h"
