/* Takes any setting for what it needs. */
#define LIBRARY_ID "accepts_anything"
#define OWN_CREATE
#include <stdlib.h>

#include <keyscore/kpi_abi.h>

static int32_t create(const ks_host* host, const ks_config_value* values, uint32_t count,
                      uint32_t stride, void** instance, ks_error* error) {
  double* scale = malloc(sizeof *scale);
  (void)host;
  (void)stride;
  (void)error;
  *scale = count > 0 ? values->value : 1;
  *instance = scale;
  return 0;
}
static void destroy(void* instance) { free(instance); }

#include "conforming.h"
