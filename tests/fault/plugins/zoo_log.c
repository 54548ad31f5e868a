/* Logs 200,000 lines and one of ten megabytes. */
#define ZOO_ID "zoo_log"
#include <stdlib.h>
#include "zoo.h"

static const ks_host* the_host;

static int32_t misbehave(const call* c) {
  static const char kLine[] = "this line says nothing, and it says it very often";
  const ks_str line = {kLine, sizeof(kLine) - 1};
  const uint64_t size = 10ULL << 20;
  char* const text = (char*)malloc(size);
  int i;
  (void)c;
  for (i = 0; i < 200000; ++i) the_host->log(the_host->context, KS_LOG_WARNING, line);
  if (text != 0) {
    const ks_str long_line = {text, size};
    memset(text, 'x', size);
    the_host->log(the_host->context, KS_LOG_ERROR, long_line);
    free(text);
  }
  return 0;
}

#define AT_ENTRY the_host = host;
#include "minimal_library.h"
