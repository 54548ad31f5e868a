/* An input comes from a dataset that nobody declares. */
#define LIBRARY_ID "unknown_input"
#define QUALITY_DATASET "interactions"
#include "conforming.h"
