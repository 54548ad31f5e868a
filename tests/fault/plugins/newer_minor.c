/* Needs a minor version of the ABI that this host doesn't have yet. */
#define LIBRARY_ID "newer_minor"
#define ABI_MINOR (KS_ABI_MINOR + 7)
#include "minimal_library.h"
