# What a target of Cartwright is: a few lines each, everything else lives here.

# cartwright_service(wallet [FAILPOINTS] SOURCES a.cc... [TESTS a_test.cc...] [LINK lib...])
# A binary bin/cartwright-wallet from main.cc, the library wallet_lib that its tests link, and
# one test binary. FAILPOINTS: also bin/failpoints/cartwright-wallet, which tests can make fail.
function(cartwright_service name)
  cmake_parse_arguments(ARG "FAILPOINTS" "" "SOURCES;TESTS;LINK" ${ARGN})
  add_library(${name}_lib STATIC ${ARG_SOURCES})
  target_link_libraries(${name}_lib PUBLIC cartwright_shared ${ARG_LINK})
  target_precompile_headers(${name}_lib REUSE_FROM cartwright_shared)
  add_executable(cartwright-${name} main.cc)
  target_link_libraries(cartwright-${name} PRIVATE ${name}_lib)
  target_precompile_headers(cartwright-${name} REUSE_FROM cartwright_shared)
  if(ARG_FAILPOINTS)
    cartwright_failpoint_binary(${name})
  endif()
  if(ARG_TESTS)
    cartwright_test(${name}_test SOURCES ${ARG_TESTS} LINK ${name}_lib)
  endif()
endfunction()

# The service once more, with failpoints (shared/failpoint). Only the few files that pass one are
# compiled for it, and it is linked again.
function(cartwright_failpoint_binary name)
  add_executable(cartwright-${name}-failpoints main.cc)
  target_link_libraries(cartwright-${name}-failpoints PRIVATE cartwright_failpoints ${name}_lib)
  target_precompile_headers(cartwright-${name}-failpoints REUSE_FROM cartwright_shared)
  set_target_properties(cartwright-${name}-failpoints PROPERTIES
    OUTPUT_NAME cartwright-${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/failpoints)
endfunction()

# Tests are half of all code and are run once: -Og compiles them in half of the time.
function(cartwright_compile_tests_fast name)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-Og>)
endfunction()

# cartwright_test(wallet_test SOURCES a_test.cc... LINK lib... [ARGS ...])
# A GoogleTest binary, one ctest entry per file, so that a failure names its place and the
# start-up cost is paid once per file. CARTWRIGHT_TEST_POSTGRES names the server to test on.
function(cartwright_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT CARTWRIGHT_TESTS)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE cartwright_testing ${ARG_LINK} GTest::gtest_main)
  cartwright_compile_tests_fast(${name})
  target_precompile_headers(${name} REUSE_FROM cartwright_testing)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
