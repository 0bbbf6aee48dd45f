#!/usr/bin/env bash
# ./cartwright clients ls|add|rm: the applications that people can sign in to with their account of the
# shop. What is done is identity's matter.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  parse_options passthrough "$@"
  read_port
  call_command identity
  case "${ARGUMENTS[0]:-}" in
    ls)
      ((${#ARGUMENTS[@]} == 1)) || usage
      "${CALL[@]}" ListClients '{}' \
        | jq -r '.clients[] | [.clientId, (if .confidential then "secret" else "public" end), .createTime,
                               .name, (.redirectUris | join(" "))] | @tsv' | column -t -s $'\t'
      ;;
    add) add "${ARGUMENTS[@]:1}" ;;
    rm)
      ((${#ARGUMENTS[@]} == 2)) || usage
      "${CALL[@]}" RemoveClient "$(jq -n --arg id "${ARGUMENTS[1]}" '{clientId: $id}')" >/dev/null
      echo "${ARGUMENTS[1]} is no client any more"
      ;;
    *) usage ;;
  esac
}

add() {
  local word words=() confidential=false
  for word in "$@"; do
    if [[ $word == --secret ]]; then confidential=true; else words+=("$word"); fi
  done
  ((${#words[@]} >= 3)) || usage
  "${CALL[@]}" AddClient "$(jq -n --argjson confidential "$confidential" \
    '{clientId: $ARGS.positional[0], name: $ARGS.positional[1], redirectUris: $ARGS.positional[2:],
      confidential: $confidential}' --args "${words[@]}")" \
    | jq -r --arg id "${words[0]}" \
      'if .clientSecret == "" then "\($id) is a client" else "its secret, shown once: \(.clientSecret)" end'
}

usage() {
  die "clients takes ls, add ID NAME REDIRECT_URI... [--secret] or rm ID; see ./cartwright help"
}

main "$@"
