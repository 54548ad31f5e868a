/* Exports a second function. */
#define LIBRARY_ID "exports_more"
#include "conforming.h"

KS_EXPORT int helper_that_should_be_hidden(void);
int helper_that_should_be_hidden(void) { return 1; }
