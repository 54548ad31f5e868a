/* Built for another major version of the ABI. */
#define LIBRARY_ID "other_major"
#define ABI_MAJOR 2
#include "conforming.h"
