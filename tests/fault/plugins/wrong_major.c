/* Built for another major version of the ABI. */
#define LIBRARY_ID "wrong_major"
#define ABI_MAJOR 2
#include "minimal_library.h"
