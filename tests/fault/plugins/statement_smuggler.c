/* Its filter tries to end the statement and begin another. */
#define LIBRARY_ID "statement_smuggler"
#define INPUT_FILTER "true; DROP TABLE interaction"
#include "minimal_library.h"
