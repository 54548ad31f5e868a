/* Presets the first row, whether there is one or not. */
#define LIBRARY_ID "touches_row_zero"
#define AT_BEGIN output->state[0] = KS_STATE_NO_DATA;
#include "conforming.h"
