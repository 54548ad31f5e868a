/*
 * The C half of abi_test.cpp, which compiles and runs it: kpi_abi.h must be plain C11, and lay its
 * structs out as it does in C++.
 */
#include "abi_layout.h"

int main(void) {
  PrintAbiLayout(stdout);
  return 0;
}
