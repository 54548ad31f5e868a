/* Its expression would read a file of the host. */
#define LIBRARY_ID "file_reader"
#define INPUT_VALUE "(SELECT count(*) FROM read_csv('/etc/passwd'))"
#include "minimal_library.h"
