/* Its input names a column that the dataset doesn't have. */
#define LIBRARY_ID "unknown_column"
#define INPUT_VALUE "happiness"
#include "minimal_library.h"
