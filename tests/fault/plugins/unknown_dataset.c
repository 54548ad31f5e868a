/* Its input reads a dataset that nobody declared. */
#define LIBRARY_ID "unknown_dataset"
#define INPUT_DATASET "mood_of_the_day"
#include "minimal_library.h"
