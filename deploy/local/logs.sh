#!/usr/bin/env bash
# ./cartwright logs [-f] [PROCESS]: the last lines of one log, or of all with the name in front.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local follow='' name=''
  parse_options passthrough "$@"
  for argument in "${ARGUMENTS[@]}"; do
    case $argument in
      -f | --follow) follow=-F ;;
      -*) die "logs takes no $argument; see ./cartwright help" ;;
      *) name=$argument ;;
    esac
  done
  if [[ -n $name ]]; then
    is_process "$name" || [[ $name == supervisor ]] || die "no such process: $name (${PROCESSES[*]} supervisor)"
    [[ -f $LOG/$name.log ]] || die "$LOG/$name.log is not there yet"
    exec tail -n 200 ${follow:+"$follow"} "$LOG/$name.log"
  fi
  show_all "$follow"
}

show_all() {
  local -a files=()
  local name
  for name in "${PROCESSES[@]}"; do
    if [[ -f $LOG/$name.log ]]; then files+=("$LOG/$name.log"); fi
  done
  ((${#files[@]})) || die "there are no logs in $LOG yet"
  # tail marks a change of file with a line `==> file <==`.
  tail -v -n 20 ${1:+"$1"} "${files[@]}" 2>/dev/null | awk '
    /^==> .*\.log <==$/ { name = $2; sub(/.*\//, "", name); sub(/\.log$/, "", name); next }
    NF { printf "%-10s %s\n", name, $0; fflush() }'
}

main "$@"
