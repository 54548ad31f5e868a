# The helpers that turn a folder of the tree into a target. A folder without sources yet becomes an
# interface target, so that whoever links it need not know.

# keyscore_glob(<out> <folder> [EXCLUDE <regex>]): the sources below a folder, noticed when they
# come and go.
function(keyscore_glob out folder)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "EXCLUDE" "")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${ARG_EXCLUDE}")
  endif()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# keyscore_library(<target> SOURCES ... LIBS ... [INCLUDE <dir>]): a static library, or an interface
# target while it has no sources.
function(keyscore_library target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "INCLUDE" "SOURCES;LIBS")
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  if(ARG_INCLUDE)
    target_include_directories(${target} ${scope} "${ARG_INCLUDE}")
  endif()
  target_link_libraries(${target} ${scope} ${ARG_LIBS})
endfunction()

# keyscore_grpc_pch(<target>): share one precompiled header of gRPC and protobuf, which cost more to
# parse than most of our sources.
function(keyscore_grpc_pch target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_precompile_headers(${target} REUSE_FROM keyscore_grpc_pch)
  endif()
endfunction()

# keyscore_room(<room> DEPS <rooms...> LIBS <libs...>): one room of the server. DEPS are the rooms
# to its left that it may include; cmake/CheckRooms.cmake holds the sources against that list.
function(keyscore_room room)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "DEPS;LIBS")
  set(server "${PROJECT_SOURCE_DIR}/server")
  keyscore_glob(sources "${server}/${room}" EXCLUDE
                "/store/expression/|/kpis/conformance/|/kpis/sandbox/|/kpis/worker/")
  set(libs ${ARG_LIBS})
  set(allowed ${room})
  foreach(dep ${ARG_DEPS})
    list(APPEND libs keyscore_${dep})
    get_property(of_dep GLOBAL PROPERTY KEYSCORE_ROOMS_SEEN_BY_${dep})
    list(APPEND allowed ${of_dep})
  endforeach()
  list(REMOVE_DUPLICATES allowed)
  set_property(GLOBAL PROPERTY KEYSCORE_ROOMS_SEEN_BY_${room} ${allowed})
  set_property(GLOBAL APPEND PROPERTY KEYSCORE_ROOMS ${room})
  keyscore_library(keyscore_${room} SOURCES ${sources} INCLUDE "${server}" LIBS ${libs})
endfunction()

# What a user runs: the programs and the built-in plugins, without any test.
add_custom_target(programs)

# keyscore_executable(<target> SOURCES ... LIBS ...): a program in bin/, once it has sources.
function(keyscore_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;LIBS")
  if(NOT ARG_SOURCES)
    return()
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LIBS})
  add_dependencies(programs ${target})
  install(TARGETS ${target} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
endfunction()
