# keyscore_plugin(<name> SOURCES <files...> [OUTPUT_DIRECTORY <dir>]): a KPI plugin, the loadable
# library <name>.so. The built-in catalogue and outside authors build with the same function.
#
# Two settings matter to the server that loads it:
#  * everything but the entry point is hidden, and
#  * -fno-gnu-unique (GCC): statics of inline functions and templates would otherwise be shared
#    between all loaded libraries, so two plugins, or two versions of one, would overwrite each
#    other's, and none could ever be unloaded.
# Undefined symbols fail the link here instead of the load there.
function(keyscore_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "OUTPUT_DIRECTORY" "SOURCES")
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "keyscore_plugin(${name} SOURCES <files...> [OUTPUT_DIRECTORY <dir>])")
  endif()
  add_library(${name} MODULE ${ARG_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  # clang-tidy is handed the same command line, and refuses the option.
  set(plain_gcc "$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<BOOL:$<TARGET_PROPERTY:CXX_CLANG_TIDY>>>>")
  target_compile_options(${name} PRIVATE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,${plain_gcc}>:-fno-gnu-unique>)
  target_link_libraries(${name} PRIVATE Keyscore::sdk)
  # Hidden visibility leaves instances of the standard library's templates visible in unoptimised
  # builds; the version script hides those too.
  set(exports "${CMAKE_CURRENT_BINARY_DIR}/${name}.exports")
  file(CONFIGURE OUTPUT "${exports}" CONTENT "{ global: keyscore_kpi_library; local: *; };\n")
  target_link_options(${name} PRIVATE -Wl,--no-undefined "-Wl,--version-script=${exports}")
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    CXX_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  if(ARG_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${ARG_OUTPUT_DIRECTORY}")
  endif()
endfunction()

# keyscore_plugin_check(<name> [GOLDEN <file>]): a CTest test, conformance.<name>, that tries the built
# plugin against every rule that the server relies on (the program keyscore-plugin-check, installed
# with this package), and reproduces the golden vectors of GOLDEN.
function(keyscore_plugin_check name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "GOLDEN" "")
  if(NOT TARGET ${name} OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "keyscore_plugin_check(<plugin target> [GOLDEN <file>])")
  endif()
  if(NOT TARGET Keyscore::plugin-check)
    message(FATAL_ERROR "keyscore_plugin_check(${name}): this SDK was installed without "
                        "keyscore-plugin-check; install the component `sdk` whole")
  endif()
  set(golden)
  if(ARG_GOLDEN)
    get_filename_component(vectors "${ARG_GOLDEN}" ABSOLUTE)
    set(golden --golden "${vectors}")
  endif()
  add_test(NAME conformance.${name}
           COMMAND $<TARGET_FILE:Keyscore::plugin-check> "$<TARGET_FILE:${name}>" ${golden})
endfunction()
