/* Its KPI takes an id of the kind that only the built-in catalogue may have. */
#define LIBRARY_ID "no_namespace"
#define KPI_ID "churn_rate"
#include "minimal_library.h"
