/* Reads what is none of its business: the machine's users, the server's facts by way of /proc, its
   own environment. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_reads"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  char parent[64];
  snprintf(parent, sizeof parent, "/proc/%d/environ", (int)getppid());
  if (environ != 0 && environ[0] != 0) return 0;
  if (open("/etc/passwd", O_RDONLY) >= 0 || open(parent, O_RDONLY) >= 0) return 0;
  return stopped(c, "open", strerror(errno));
}

#include "minimal_library.h"
