/* The result depends on how often it was asked. */
#define LIBRARY_ID "remembers"
#define CAPABILITIES KS_CAP_DETERMINISTIC
static int asked;
#define AT_BEGIN asked += input->row_count == 150;
#define AT_ROW output->value[row] += asked;
#include "conforming.h"
