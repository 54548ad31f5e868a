/* Conforms, but what it does before anybody called it is none of a KPI's business: it writes a file
   into the folder that REACHES_OUT names, starts a process that writes another, and opens a socket.
 */
#define LIBRARY_ID "reaches_out"
#include "conforming.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char* folder, const char* name) {
  char path[512];
  int file;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  file = open(path, O_WRONLY | O_CREAT, 0600);
  if (file >= 0) close(file);
}

__attribute__((constructor)) static void begin(void) {
  const char* folder = getenv("REACHES_OUT");
  pid_t process;
  if (folder == NULL) return;
  write_file(folder, "file");
  process = fork();
  if (process == 0) {
    write_file(folder, "process");
    _exit(0);
  }
  if (process > 0) waitpid(process, NULL, 0);
  if (socket(AF_INET, SOCK_STREAM, 0) >= 0) write_file(folder, "socket");
}
