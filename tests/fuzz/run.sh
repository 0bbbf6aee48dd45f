#!/usr/bin/env bash
# run.sh TARGET SECONDS [SEED]: runs one fuzz target from the seeds in corpus/TARGET and from what earlier
# runs have found (build/fuzz/corpus), by chance or by that seed. An input that breaks something is kept, and
# its path is printed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
build=$(cd "$here/../.." && pwd -P)/build/fuzz
target=$1 seconds=$2 seed=${3:-0}
binary=$build/bin/fuzz_$target
if [[ ! -x $binary ]]; then
  printf 'fuzz: %s is not built; ./cartwright fuzz builds it\n' "$binary" >&2
  exit 1
fi
found=$build/corpus/$target broken=$build/findings/$target
mkdir -p "$found" "$broken"
cd "$build"
exec "$binary" "$found" "$here/corpus/$target" -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=1024 \
  -max_len=8192 -print_final_stats=1 -verbosity=0 -artifact_prefix="$broken/"
