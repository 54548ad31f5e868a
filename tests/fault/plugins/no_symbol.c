/* A library that is no plugin: it exports something else. */
#include <keyscore/kpi_abi.h>

KS_EXPORT int something_else(void);
int something_else(void) { return 42; }
