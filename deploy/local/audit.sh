#!/usr/bin/env bash
# ./cartwright audit [--quiescent]: checks every rule about the shop's data, those of each service and
# those between services, in one snapshot. Exit status 1 when one of them is broken.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

SETTLED_RULE=$ROOT/deploy/audit/O1_saga_is_at_its_end.sql
SHOWN_ROWS=20

main() {
  local quiescent='' start=$EPOCHREALTIME
  parse_options passthrough "$@"
  case ${ARGUMENTS[*]} in
    '') ;;
    --quiescent) quiescent=1 ;;
    *) die "audit takes --quiescent or nothing, not '${ARGUMENTS[*]}'; see ./cartwright help" ;;
  esac
  read_port
  if [[ -n $quiescent ]]; then await_end_of_sagas; fi
  # A failed statement ends the output before its last line, which report misses.
  audit_script | superuser_psql -q -v ON_ERROR_STOP=1 -P footer=off | report "$quiescent" "$start"
}

# Until no saga is under way, a minute at most; a dead one will not move any more.
await_end_of_sagas() {
  local deadline=$((SECONDS + 60)) rows
  while ((SECONDS < deadline)); do
    if rows=$(superuser_psql -qAt -F ' ' -v ON_ERROR_STOP=1 <"$SETTLED_RULE" 2>&1) && [[ ! $rows =~ \ f($|$'\n') ]]; then
      return 0
    fi
    sleep 0.2
  done
}

# Each rule ends with a line `@ID ROWS SENTENCE`.
audit_script() {
  local service file
  echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
  for service in "${SERVICES[@]}"; do
    echo "SET LOCAL search_path = $(schema_of "$service");"
    for file in "$ROOT/services/$service/audit/"*.sql; do print_rule "$file"; done
  done
  echo 'SET LOCAL search_path = pg_catalog;'
  for file in "$ROOT"/deploy/audit/*.sql; do print_rule "$file"; done
  echo 'COMMIT;'
  printf '%s\n' '\echo @end'
}

print_rule() {
  local file=$1 sentence
  if [[ ! -e $file ]]; then return; fi # the pattern itself: a service without rules
  cat "$file"
  sentence=$(sed -n "/^-- /!q; s/'/''/g; s/^-- \([A-Z]*[0-9]*: \)\{0,1\}//p" "$file" | tr '\n' ' ')
  printf "\\\\echo @%s :ROW_COUNT '%s'\n" "$(basename "${file%%_*}")" "${sentence%% Source: *}"
}

# Reads what psql says about each rule; shows those that are broken.
report() {
  local quiescent=$1 start=$2 line id count sentence rules=0 broken=0 whole=''
  local -a rows=()
  while IFS= read -r line; do
    if [[ $line == @end ]]; then whole=1; fi
    if [[ $line != @* ]]; then
      rows+=("$line")
      continue
    fi
    read -r id count sentence <<<"${line#@}"
    if [[ $id == O1 && -z $quiescent ]]; then
      say "$count sagas are under way or dead: rules about orders at their end do not speak of them yet."
    elif [[ $id != end ]]; then
      ((rules += 1))
      if ((count)); then
        ((broken += 1))
        show_broken "$id" "$count" "$sentence" "${rows[@]}"
      fi
    fi
    rows=()
  done
  [[ -n $whole ]] || die "the audit did not come to its end; see above"
  say "$(awk -v a="$start" -v b="$EPOCHREALTIME" -v n="$rules" -v v="$broken" \
    'BEGIN { printf "%d violations, %d rules, %.1f s", v, n, b - a }')"
  ((broken == 0))
}

show_broken() {
  local id=$1 count=$2 sentence=$3
  shift 3
  say "$RED$id is broken by $count rows:$PLAIN $sentence"
  printf '    %s\n' "${@:1:SHOWN_ROWS+2}" # with the names of the columns and a line below them
}

main "$@"
