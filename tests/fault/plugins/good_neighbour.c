/* Nothing is wrong with this one: it must be served whatever lies beside it. */
#define LIBRARY_ID "good_neighbour"
#include "minimal_library.h"
