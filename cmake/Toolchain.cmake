# Language level, warnings, hardening, ccache and the packages that everything is built from.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# -O2 and no -g: the build must stay under 8 minutes on 2 cores.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
if(CARTWRIGHT_SANITIZE)
  # Enough for a stack with lines, and a build that takes minutes.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # base_dir makes two checkouts share their results; the sloppiness is what GCC's
  # precompiled headers need (ccache manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(gcc_options
    # False positives of GCC 12 in coroutine frames and inlined string code at -O2.
    -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer -Wno-stringop-overread
    -fpch-preprocess)
endif()
# tests/security/hardening.test.mjs looks at the binaries for every one of the flags that harden.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Control-flow enforcement. The shadow stack is claimed for the whole binary; of indirect branches there are
  # only the landing pads, since Debian's start-up code (Scrt1.o) has none and the claim would be false.
  add_compile_options(-fcf-protection=full)
  add_link_options(-Wl,-z,shstk)
endif()
add_compile_options(
  -Wall -Wextra -Werror -Wno-missing-field-initializers ${gcc_options} -fstack-protector-strong -fPIE)
if(NOT CARTWRIGHT_SANITIZE)
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
add_link_options(-pie -fuse-ld=mold -Wl,-z,relro,-z,now,-z,noexecstack)
if(CARTWRIGHT_SANITIZE)
  add_compile_options(-fsanitize=${CARTWRIGHT_SANITIZE} -fno-omit-frame-pointer)
  if(CARTWRIGHT_SANITIZE MATCHES thread)
    # ThreadSanitizer does not see the fences in Boost.
    add_compile_options(-Wno-tsan)
  endif()
  add_link_options(-fsanitize=${CARTWRIGHT_SANITIZE})
  # An object, not an archive: nothing refers to it but the sanitizers.
  add_library(cartwright_sanitizer_options OBJECT ${CMAKE_SOURCE_DIR}/deploy/sanitizers/options.cc)
  if(CARTWRIGHT_SANITIZE MATCHES thread)
    target_sources(cartwright_sanitizer_options PRIVATE ${CMAKE_SOURCE_DIR}/deploy/sanitizers/grpc_border.cc)
  endif()
  target_compile_definitions(cartwright_sanitizer_options PRIVATE
    CARTWRIGHT_SANITIZERS_DIR="${CMAKE_SOURCE_DIR}/deploy/sanitizers")
  link_libraries(cartwright_sanitizer_options)
endif()

find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.83 REQUIRED COMPONENTS json url)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlienc)
find_package(ZLIB REQUIRED)
if(CARTWRIGHT_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
