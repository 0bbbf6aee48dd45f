#!/usr/bin/env bash
# ./cartwright audit [--quiescent] [--anchor FILE]: checks every rule about the shop's data, those of each
# service and those between services, and the chain of hashes over each audit log, in one snapshot. Exit
# status 1 when one of them is broken. Prints the heads of the chains: who keeps them elsewhere and gives
# them back as FILE sees whether a log has lost its end, or was made anew.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

SETTLED_RULE=$ROOT/deploy/audit/O1_saga_is_at_its_end.sql
SHOWN_ROWS=20
ANCHORS=()    # "log seq hash"

main() {
  local quiescent='' start=$EPOCHREALTIME
  parse_options passthrough "$@"
  set -- "${ARGUMENTS[@]}"
  while (($#)); do
    case $1 in
      --quiescent) quiescent=1 ;;
      --anchor)
        (($# > 1)) || die "--anchor takes a file of heads that an audit has printed"
        read_anchors "$2"
        shift
        ;;
      *) die "audit takes --quiescent, --anchor FILE or nothing, not '$1'; see ./cartwright help" ;;
    esac
    shift
  done
  read_port
  if [[ -n $quiescent ]]; then await_end_of_sagas; fi
  # A failed statement ends the output before its last line, which report misses.
  audit_script | superuser_psql -q -v ON_ERROR_STOP=1 -P footer=off | report "$quiescent" "$start"
}

# read_anchors FILE: its lines that an audit has printed of the heads, which it must have.
read_anchors() {
  local file=$1 line head='^head ([a-z]+) ([0-9]+) ([0-9a-f]{64})$'
  [[ -r $file ]] || die "--anchor: $file cannot be read"
  while IFS= read -r line; do
    if [[ $line =~ $head ]]; then
      ANCHORS+=("${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[3]}")
    elif [[ $line == head* ]]; then
      die "--anchor: $file has a line that is no head: $line"
    fi
  done <"$file"
  ((${#ANCHORS[@]})) || die "--anchor: $file has no heads"
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
    print_log_rules "$service"
  done
  echo 'SET LOCAL search_path = pg_catalog;'
  for file in "$ROOT"/deploy/audit/*.sql; do print_rule "$file"; done
  echo 'COMMIT;'
  printf '%s\n' '\echo @end'
}

# Of a service that has an audit log: its chain, the heads that were saved, and the head of today.
print_log_rules() {
  local schema anchor log seq hash
  [[ -n $(find "$ROOT/services/$1/migrations" -name '*_add_audit_log.sql') ]] || return 0
  schema=$(schema_of "$1")
  for file in "$ROOT"/deploy/audit_log/*.sql; do print_rule "$file"; done
  for anchor in "${ANCHORS[@]}"; do
    read -r log seq hash <<<"$anchor"
    if [[ $log != "$schema" ]]; then continue; fi
    cat <<SQL
SELECT '$log' AS log, $seq AS seq, CASE WHEN s.seq IS NULL THEN 'taken out' ELSE 'altered' END AS what
FROM (SELECT) AS one LEFT JOIN audit_seal s ON s.seq = $seq
WHERE s.hash IS DISTINCT FROM '\x$hash';
\echo @L2 :ROW_COUNT 'the audit log still has the seal that was its head when it was saved.'
SQL
  done
  cat <<SQL
SELECT coalesce(max(seq), 0) AS seq,
       coalesce(encode((array_agg(hash ORDER BY seq DESC))[1], 'hex'), 'none') AS hash
FROM (SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1) head \gset
\echo @head $schema :seq :hash
SQL
}

print_rule() {
  local file=$1 name sentence
  if [[ ! -e $file ]]; then return; fi # the pattern itself: a service without rules
  cat "$file"
  sentence=$(sed -n "/^-- /!q; s/'/''/g; s/^-- \([A-Z]*[0-9]*: \)\{0,1\}//p" "$file" | tr '\n' ' ')
  name=$(basename "$file")
  printf "\\\\echo @%s :ROW_COUNT '%s'\n" "${name%%_*}" "${sentence%% Source: *}"
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
    if [[ $id == head ]]; then
      if [[ $sentence != '0 none' ]]; then say "head $count $sentence"; fi
    elif [[ $id == O1 && -z $quiescent ]]; then
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
