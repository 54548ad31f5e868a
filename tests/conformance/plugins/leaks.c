/* Each instance leaves a table behind. */
#define LIBRARY_ID "leaks"
#define OWN_CREATE
#include <stdint.h>
#include <stdlib.h>

#include <keyscore/kpi_abi.h>

static int32_t refuse(ks_error* error, int32_t code, const char* why);
static double* volatile table; /* the last one; the others are lost */

static int32_t create(const ks_host* host, const ks_config_value* values, uint32_t count,
                      uint32_t stride, void** instance, ks_error* error) {
  double* scale;
  (void)host;
  (void)stride;
  if (count != 1 || values->name.data[0] != 's' || !(values->value >= 0.5 && values->value <= 2)) {
    return refuse(error, 3, "scale must lie between 0.5 and 2");
  }
  scale = malloc(sizeof *scale);
  table = malloc(16 * sizeof(double));
  *scale = values->value;
  *instance = scale;
  return 0;
}
static void destroy(void* instance) { free(instance); }

#include "conforming.h"
