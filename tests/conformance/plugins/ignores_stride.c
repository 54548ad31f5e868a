/* Takes it for granted that a column is as long as it was when this was compiled. */
#define LIBRARY_ID "ignores_stride"
#define COLUMN(index) (&input->columns[index])
#include "conforming.h"
