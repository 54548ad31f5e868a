# Finds DuckDB's C API: a system copy, the one under DUCKDB_ROOT, or the one that `./run setup`
# (cmake/fetch-duckdb.sh) unpacks into .deps/duckdb. Debian does not package it.
#
# Result: the target DuckDB::duckdb, and DuckDB_VERSION as the library itself reports it.

set(_duckdb_hints ${DUCKDB_ROOT} "$ENV{DUCKDB_ROOT}" "${CMAKE_CURRENT_LIST_DIR}/../.deps/duckdb")

find_path(DuckDB_INCLUDE_DIR duckdb.h HINTS ${_duckdb_hints} PATH_SUFFIXES include)
find_library(DuckDB_LIBRARY duckdb HINTS ${_duckdb_hints} PATH_SUFFIXES lib)
mark_as_advanced(DuckDB_INCLUDE_DIR DuckDB_LIBRARY)

# duckdb.h carries no version, so a three-line program asks the library. Linking it also proves
# that header and library fit the compiler.
if(DuckDB_INCLUDE_DIR AND DuckDB_LIBRARY
   AND NOT DuckDB_PROBED STREQUAL "${DuckDB_INCLUDE_DIR};${DuckDB_LIBRARY}")
  set(_duckdb_probe "${CMAKE_BINARY_DIR}/CMakeFiles/duckdb_version.c")
  file(WRITE "${_duckdb_probe}"
       "#include <duckdb.h>\n#include <stdio.h>\n"
       "int main(void) { return puts(duckdb_library_version()) < 0; }\n")
  unset(_duckdb_runs CACHE)
  try_run(_duckdb_runs _duckdb_compiles "${CMAKE_BINARY_DIR}/CMakeFiles/duckdb_version"
          "${_duckdb_probe}"
          CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${DuckDB_INCLUDE_DIR}"
          LINK_LIBRARIES "${DuckDB_LIBRARY}"
          COMPILE_OUTPUT_VARIABLE _duckdb_compile_log
          RUN_OUTPUT_VARIABLE _duckdb_reported)
  if(NOT _duckdb_compiles)
    message(STATUS "DuckDB at ${DuckDB_LIBRARY} does not link:\n${_duckdb_compile_log}")
  elseif(_duckdb_reported MATCHES "v?([0-9]+\\.[0-9]+\\.[0-9]+)")
    set(DuckDB_VERSION "${CMAKE_MATCH_1}" CACHE INTERNAL "Version that libduckdb reports")
    set(DuckDB_PROBED "${DuckDB_INCLUDE_DIR};${DuckDB_LIBRARY}" CACHE INTERNAL "What was asked")
  else()
    message(STATUS "DuckDB at ${DuckDB_LIBRARY} does not run: ${_duckdb_runs} ${_duckdb_reported}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
  REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR DuckDB_VERSION
  VERSION_VAR DuckDB_VERSION
  REASON_FAILURE_MESSAGE "Run `./run setup`, which fetches the pinned version, or set DUCKDB_ROOT.")

if(DuckDB_FOUND AND NOT TARGET DuckDB::duckdb)
  add_library(DuckDB::duckdb SHARED IMPORTED)
  set_target_properties(DuckDB::duckdb PROPERTIES
    IMPORTED_LOCATION "${DuckDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${DuckDB_INCLUDE_DIR}")
endif()
