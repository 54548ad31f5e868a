/* Writes files: one in /tmp, one in its working directory. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_file"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "zoo.h"

static int written(const char* path) {
  const int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file < 0) return 0;
  return write(file, "zoo", 3) == 3;
}

static int32_t misbehave(const call* c) {
  const int in_tmp = written("/tmp/zoo_file.written");
  const int here = written("zoo_file.written");
  return in_tmp || here ? 0 : stopped(c, "open", strerror(errno));
}

#include "minimal_library.h"
