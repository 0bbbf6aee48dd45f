#!/usr/bin/env bash
# clang-tidy over the C++ sources, with the rules of .clang-tidy. Takes minutes, so it is no part of
# ./cartwright lint. Needs clang-tidy-16 (older ones do not know the coroutines of libstdc++) and
# what ./cartwright build installs.
#
#   deploy/lint/report/clang_tidy.sh [FILE.cc...]    all sources but tests, without arguments
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
build=${CARTWRIGHT_CLANG_TIDY_BUILD:-$root/build/clang-tidy}

main() {
  command -v clang-tidy-16 >/dev/null || {
    echo "clang_tidy: clang-tidy-16 is not installed" >&2
    return 1
  }
  # GCC's precompiled headers are nothing to clang.
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
  generate_protos
  cd "$root"
  if (($# == 0)); then
    mapfile -t files < <(find shared services gateway -name '*.cc' -not -name '*_test.cc' | sort)
    set -- "${files[@]}"
  fi
  printf '%s\0' "$@" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy-16 -p "$build" --quiet \
      --extra-arg=-Wno-unknown-warning-option
}

# The headers alone: nothing is compiled.
generate_protos() {
  ninja -C "$build" -t targets all | sed -n 's/^\(gen\/.*\.pb\.h\): .*/\1/p' |
    xargs -r ninja -C "$build" >/dev/null
}

main "$@"
