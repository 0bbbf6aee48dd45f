#!/usr/bin/env bash
# ./cartwright keys ls|rotate: the keys that sign access tokens. What is done is identity's matter.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  parse_options passthrough "$@"
  read_port
  call_command identity
  case "${ARGUMENTS[*]}" in
    ls)
      "${CALL[@]}" ListSigningKeys '{}' \
        | jq -r '.keys[] | [.state, .createTime, .retireTime // "-", .id] | @tsv' | column -t
      ;;
    rotate) "${CALL[@]}" RotateSigningKey '{}' | jq -r '"\(.id) signs from now on"' ;;
    *) die "keys takes ls or rotate; see ./cartwright help" ;;
  esac
}

main "$@"
