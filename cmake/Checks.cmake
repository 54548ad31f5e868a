# Targets of `./run check`: check-format and check-tidy.
find_program(KEYSCORE_CLANG_FORMAT clang-format)

set(_ours server sdk plugins clients tools tests)
set(_own_sources)
foreach(_folder ${_ours})
  foreach(_kind h c cpp)
    file(GLOB_RECURSE _found CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${_folder}/*.${_kind}")
    list(FILTER _found EXCLUDE REGEX "/node_modules/")
    list(APPEND _own_sources ${_found})
  endforeach()
endforeach()

if(KEYSCORE_CLANG_FORMAT AND _own_sources)
  # A response file, because the list outgrows a command line one day.
  list(JOIN _own_sources "\n" _lines)
  file(WRITE "${PROJECT_BINARY_DIR}/own_sources.txt" "${_lines}\n")
  add_custom_target(check-format
    COMMAND xargs "--arg-file=${PROJECT_BINARY_DIR}/own_sources.txt" -d "\\n"
            "${KEYSCORE_CLANG_FORMAT}" --dry-run --Werror
    COMMENT "Checking the format"
    VERBATIM)
endif()

if(KEYSCORE_TIDY)
  # clang-tidy runs on each source as it is built (see Compiler.cmake), so only what changed is
  # looked at again; what a user runs comprises every source but the tests'.
  add_custom_target(check-tidy DEPENDS programs)
endif()
