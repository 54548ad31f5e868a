# How every target is compiled and linked: language level, warnings, debug information,
# sanitizers, output folders, and the accelerators (ccache, mold) where they are installed.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(KEYSCORE_PLUGIN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/plugins")

# In the build tree CMake adds the folder of libduckdb.so by itself; an installed tree carries its
# own copy in lib/ and may be moved.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

# Line tables are enough for stack traces and halve the cost of a cold build; a debugger session
# uses the dev preset, which keeps everything but leaves it out of the link (split DWARF).
foreach(lang C CXX)
  set(CMAKE_${lang}_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
  set(CMAKE_${lang}_FLAGS_RELWITHDEBINFO "-O2 -g1")
  set(CMAKE_${lang}_FLAGS_DEBUG "-O0 -g -gsplit-dwarf")
endforeach()

add_compile_options(
  -Wall -Wextra -Werror
  # Designated initialisers leave the other members at their defaults on purpose.
  -Wno-missing-field-initializers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports overlapping copies inside std::string's operator+ (GCC bug 105651).
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  # Lets ccache see a precompiled header in the preprocessed output.
  add_compile_options(-fpch-preprocess)
endif()

if(KEYSCORE_SANITIZE)
  set(_sanitizers "${KEYSCORE_SANITIZE}")
  if(NOT _sanitizers MATCHES "^[a-z]+(,[a-z]+)*$")
    message(FATAL_ERROR "KEYSCORE_SANITIZE='${_sanitizers}': give a comma-separated list, "
                        "such as address,undefined")
  endif()
  add_compile_options(-fsanitize=${_sanitizers} -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${_sanitizers})
  if(_sanitizers MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code makes GCC's flow analysis guess wrong; the manual says so of both.
    add_compile_options(-Wno-maybe-uninitialized)
    if(_sanitizers MATCHES "thread")
      # Abseil and libstdc++ use fences, which the thread sanitizer does not model.
      add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
    endif()
  endif()
endif()

find_program(KEYSCORE_CCACHE ccache)
if(KEYSCORE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The precompiled header is found again only if its time stamp and macros are not compared.
  set(_launcher "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "${KEYSCORE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
endif()

find_program(KEYSCORE_MOLD mold)
if(KEYSCORE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

option(KEYSCORE_TIDY "Run clang-tidy on every source as it is built" OFF)
if(KEYSCORE_TIDY)
  find_program(KEYSCORE_CLANG_TIDY clang-tidy REQUIRED)
  # The command line is GCC's, some of whose warnings clang does not know.
  set(CMAKE_CXX_CLANG_TIDY "${KEYSCORE_CLANG_TIDY}" --quiet
      --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument)
  # clang can't read a precompiled header of GCC.
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()
