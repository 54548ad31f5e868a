// Throws a C++ exception through the C boundary.
#define ZOO_ID "zoo_throws"
#include <stdexcept>

#include "zoo.h"

static int32_t misbehave(const call*) { throw std::runtime_error("out of the zoo"); }

#include "minimal_library.h"
