# Installs what an author of plugins gets, afresh: cmake -Dbuild=DIR -Dprefix=DIR -P install.cmake
#   prefix/sdk    the component sdk alone
#   prefix/whole  the programs as well
file(REMOVE_RECURSE "${prefix}")
foreach(component_of "sdk;sdk" "sdk;whole" "runtime;whole")
  list(GET component_of 0 component)
  list(GET component_of 1 folder)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${build}" --component ${component}
            --prefix "${prefix}/${folder}"
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
