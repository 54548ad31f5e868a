/* Crashes when its instance is destroyed, once it has seen the trigger. */
#define ZOO_ID "zoo_destroy"
#define CREATE create
#define DESTROY destroy
#include <stdatomic.h>
#include <stdlib.h>
#include "zoo.h"

static int32_t create(const ks_host* host, const ks_config_value* values, uint32_t count,
                      uint32_t stride, void** instance, ks_error* error) {
  atomic_int* const seen = (atomic_int*)malloc(sizeof(atomic_int));
  (void)host;
  (void)values;
  (void)count;
  (void)stride;
  (void)error;
  if (seen == 0) return 8; /* RESOURCE_EXHAUSTED */
  atomic_init(seen, 0);
  *instance = seen;
  return 0;
}

static void destroy(void* instance) {
  if (atomic_load((atomic_int*)instance)) abort();
  free(instance);
}

static int32_t misbehave(const call* c) {
  atomic_store((atomic_int*)c->instance, 1);
  return 0;
}

#include "minimal_library.h"
