# The libraries of tests/conformance/plugins: one wrong about one rule each, and conforming ones. One
# source, one library, in test-plugins/conformance of the build folder.
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/plugins/*.c"
     "${CMAKE_CURRENT_LIST_DIR}/plugins/*.cpp")
set(conformance_plugin_targets)
foreach(source ${sources})
  cmake_path(GET source STEM name)
  if(name MATCHES "^(exports_more|gnu_unique)$")
    # Wrong because of how it is built, so keyscore_plugin() would heal it.
    add_library(${name} MODULE "${source}")
    target_link_libraries(${name} PRIVATE Keyscore::sdk)
    set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
      LIBRARY_OUTPUT_DIRECTORY "${test_plugins}/conformance")
    if(name STREQUAL "gnu_unique")
      # But for the one symbol it is hidden as it should be.
      set(script "${CMAKE_CURRENT_BINARY_DIR}/${name}.exports")
      file(CONFIGURE OUTPUT "${script}" CONTENT
           "{ global: keyscore_kpi_library; _ZN6SharedIiE5callsE; local: *; };\n")
      target_link_options(${name} PRIVATE "-Wl,--version-script=${script}")
    endif()
  else()
    keyscore_plugin(${name} SOURCES "${source}" OUTPUT_DIRECTORY "${test_plugins}/conformance")
  endif()
  target_link_libraries(${name} PRIVATE m)
  list(APPEND conformance_plugin_targets ${name})
endforeach()
