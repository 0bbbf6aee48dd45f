#!/usr/bin/env bash
# ./cartwright call SERVICE METHOD [JSON | -]: one RPC of a running shop, with the operator's
# certificate. `call list` has all methods, `call describe NAME` what one of them takes.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  parse_options passthrough "$@"
  set -- "${ARGUMENTS[@]}"
  case ${1:-} in
    list | describe)
      exec "$BUILD/bin/cartwright-call" --descriptor_set="$BUILD/cartwright.descriptors.binpb" "$@"
      ;;
  esac
  (($# >= 2)) || die "call takes SERVICE METHOD [JSON]; see ./cartwright help"
  read_port
  call_command "$1"
  exec "${CALL[@]}" "${@:2}"
}

main "$@"
