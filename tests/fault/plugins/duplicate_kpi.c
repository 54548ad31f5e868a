/* Two of its KPIs have one id. */
#define LIBRARY_ID "duplicate_kpi"
#define SECOND_KPI_ID "duplicate_kpi.interactions"
#include "minimal_library.h"
