/* Opens a socket. */
#define _GNU_SOURCE
#define ZOO_ID "zoo_socket"
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "zoo.h"

static int32_t misbehave(const call* c) {
  const int inet = socket(AF_INET, SOCK_STREAM, 0);
  if (inet < 0 && socket(AF_UNIX, SOCK_STREAM, 0) < 0) {
    return stopped(c, "socket", strerror(errno));
  }
  return 0;
}

#include "minimal_library.h"
