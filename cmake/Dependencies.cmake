# The libraries Keyscore is built on, all from Debian 12 except DuckDB (see FindDuckDB.cmake).

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS filesystem)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(DuckDB 1.4 REQUIRED)
find_package(roaring CONFIG REQUIRED)

# Debian's jemalloc brings no CMake package. The sanitizers have allocators of their own.
if(NOT KEYSCORE_SANITIZE)
  find_library(Jemalloc_LIBRARY jemalloc REQUIRED)
  mark_as_advanced(Jemalloc_LIBRARY)
  add_library(Jemalloc::jemalloc UNKNOWN IMPORTED)
  set_target_properties(Jemalloc::jemalloc PROPERTIES IMPORTED_LOCATION "${Jemalloc_LIBRARY}")
endif()

# Debian's libseccomp brings no CMake package.
find_path(Seccomp_INCLUDE_DIR seccomp.h REQUIRED)
find_library(Seccomp_LIBRARY seccomp REQUIRED)
mark_as_advanced(Seccomp_INCLUDE_DIR Seccomp_LIBRARY)
add_library(Seccomp::seccomp UNKNOWN IMPORTED)
set_target_properties(Seccomp::seccomp PROPERTIES
  IMPORTED_LOCATION "${Seccomp_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${Seccomp_INCLUDE_DIR}")

if(KEYSCORE_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(KEYSCORE_BUILD_BENCH)
  find_package(benchmark CONFIG REQUIRED)
endif()

# The part of Abseil that every room may use.
add_library(keyscore_absl INTERFACE)
target_link_libraries(keyscore_absl INTERFACE
  absl::any_invocable absl::base absl::bits absl::btree absl::cleanup absl::core_headers
  absl::flat_hash_map absl::flat_hash_set absl::function_ref absl::hash absl::inlined_vector
  absl::int128 absl::node_hash_map absl::random_random absl::span absl::status absl::statusor
  absl::str_format absl::strings absl::synchronization absl::time)

if(KEYSCORE_SANITIZE MATCHES "thread")
  # Debian's Abseil is not instrumented; this announces its locks to the sanitizer.
  set(_announcer "${CMAKE_CURRENT_LIST_DIR}/tsan/absl_synchronization.cpp")
  add_library(keyscore_tsan_abseil STATIC "${_announcer}")
  target_link_libraries(keyscore_tsan_abseil PRIVATE absl::synchronization)
  target_link_libraries(keyscore_absl INTERFACE keyscore_tsan_abseil)
  foreach(_function
      N4absl7debian35Mutex4LockEv
      N4absl7debian35Mutex6UnlockEv
      N4absl7debian35Mutex7TryLockEv
      N4absl7debian35Mutex10ReaderLockEv
      N4absl7debian35Mutex12ReaderUnlockEv
      N4absl7debian35Mutex13ReaderTryLockEv
      N4absl7debian35Mutex8LockWhenERKNS0_9ConditionE
      N4absl7debian35Mutex5AwaitERKNS0_9ConditionE
      N4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE
      N4absl7debian37CondVar4WaitEPNS0_5MutexE
      N4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE
      N4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE
      N4absl7debian312Notification6NotifyEv
      NK4absl7debian312Notification19WaitForNotificationEv)
    target_link_options(keyscore_absl INTERFACE "-Wl,--wrap=_Z${_function}")
  endforeach()
endif()
