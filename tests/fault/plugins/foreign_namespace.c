/* Its KPI pretends to be another library's. */
#define LIBRARY_ID "foreign_namespace"
#define KPI_ID "good_neighbour.interactions"
#include "minimal_library.h"
