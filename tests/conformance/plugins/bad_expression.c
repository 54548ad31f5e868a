/* A value calls a function that is not allowed. */
#define LIBRARY_ID "bad_expression"
#define QUALITY_VALUE "random() * quality"
#include "conforming.h"
