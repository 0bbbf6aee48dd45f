# The failpoints from the outside (tests/chaos/exhaustive.mjs): what docs/reliability.md names and a
# sample in which what mends a fault dies, too, with two of everything. The whole takes too long for every build: ./cartwright chaos --exhaustive.
add_test(NAME chaos_failpoints COMMAND node --test ${CMAKE_CURRENT_LIST_DIR}/failpoints.test.mjs)
set_tests_properties(chaos_failpoints PROPERTIES
  TIMEOUT 60 ENVIRONMENT CARTWRIGHT_BINARIES=${CMAKE_BINARY_DIR}/bin)

add_test(NAME chaos_exhaustive
  COMMAND ${CMAKE_SOURCE_DIR}/tests/integration/with_shop.sh
          node ${CMAKE_CURRENT_LIST_DIR}/exhaustive.mjs --twice --seconds 75)
set_tests_properties(chaos_exhaustive PROPERTIES
  TIMEOUT 400 RUN_SERIAL TRUE SKIP_RETURN_CODE 77
  ENVIRONMENT "CARTWRIGHT_PRESET=${preset};REPLICAS=2;CARTWRIGHT_SAGA_LEASE_MS=1500")
