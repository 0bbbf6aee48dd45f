# The failpoints from the outside (tests/chaos/exhaustive.mjs): a sample with two of everything. The
# whole is ./cartwright chaos' business, since it takes too long for every build.
add_test(NAME chaos_failpoints COMMAND node --test ${CMAKE_CURRENT_LIST_DIR}/failpoints.test.mjs)
set_tests_properties(chaos_failpoints PROPERTIES
  TIMEOUT 60 ENVIRONMENT CARTWRIGHT_BINARIES=${CMAKE_BINARY_DIR}/bin)

add_test(NAME chaos_exhaustive
  COMMAND ${CMAKE_SOURCE_DIR}/tests/integration/with_shop.sh
          node ${CMAKE_CURRENT_LIST_DIR}/exhaustive.mjs --seconds 60)
set_tests_properties(chaos_exhaustive PROPERTIES
  TIMEOUT 400 RUN_SERIAL TRUE
  ENVIRONMENT "CARTWRIGHT_PRESET=chaos;REPLICAS=2;CARTWRIGHT_SAGA_LEASE_MS=1500")
