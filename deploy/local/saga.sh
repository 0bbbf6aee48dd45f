#!/usr/bin/env bash
# ./cartwright saga ls|show|retry|force-abort|resolve: the operator's commands for sagas. What they
# do is the order service's matter; steps/saga.mjs makes requests of words, and tables of answers.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  parse_options passthrough "$@"
  read_port
  call_command order
  exec node "$LOCAL/steps/saga.mjs" "${CALL[@]}" -- "${ARGUMENTS[@]}"
}

main "$@"
