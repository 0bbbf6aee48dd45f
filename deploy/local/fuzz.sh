#!/usr/bin/env bash
# ./cartwright fuzz [TARGET...] [--seconds N]: throws made-up input at the gateway's parsers (tests/fuzz), two
# targets at a time, N seconds each (600). Ends with 1 when one of them has found something.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local -a targets=()
  local seconds=600 target status=0
  parse_options passthrough "$@"
  set -- "${ARGUMENTS[@]}"
  while (($#)); do
    case $1 in
      --seconds) seconds=${2:-} && shift ;;
      --seconds=*) seconds=${1#*=} ;;
      -*) die "unknown option $1; see ./cartwright help" ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  require_number --seconds "$seconds"
  if ((${#targets[@]} == 0)); then mapfile -t targets < <(ls "$ROOT/tests/fuzz/corpus"); fi
  for target in "${targets[@]}"; do
    [[ -d $ROOT/tests/fuzz/corpus/$target ]] || die "there is no fuzz target $target"
  done
  ensure_packages build bookworm-backports run fuzz
  build_fuzz_targets
  # A finding ends its target, not the others; its log says where the input is.
  printf '%s\0' "${targets[@]}" |
    xargs -0 -P 2 -I{} "$ROOT/tests/fuzz/run.sh" {} "$seconds" || status=1
  return "$status"
}

main "$@"
