#!/usr/bin/env bash
# backup.sh serve|now|list|health: backups of the cluster of docker-compose.yml with pgbackrest.
#
#   serve     one at once when there is none, and then every day; says in the log what health says when it changes
#   now       one more
#   list      those that there are, and the moments that one can go back to
#   health    how old the last one is and whether the write-ahead log is archived; fails when it is too old, or not
#
# A loop instead of cron: it needs no daemon as root, its log is the container's, and a day that was slept through is
# made up for at the next start.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

DAY_S=$((24 * 60 * 60))
LATE_S=$((DAY_S + 2 * 60 * 60))

main() {
  case ${1:-} in
    serve) serve ;;
    now) back_up ;;
    list) list ;;
    health) health ;;
    *) die "backup.sh takes serve, now, list or health, not '${1:-}'" ;;
  esac
}

serve() {
  local line said=''
  trap 'exit 0' INT TERM
  while true; do
    # What has failed says so itself, and is tried again.
    if is_due; then back_up due || true; fi
    line=$(health) || true
    # Without the numbers, which change all the time.
    if [[ ${line//[0-9]/} != "$said" ]]; then say "$line"; fi
    said=${line//[0-9]/}
    sleep 60 &
    wait "$!"
  done
}

# back_up [due]: one at a time; who had to wait for another one may find that it is not due any more.
back_up() (
  flock 9
  if [[ ${1:-} == due ]] && ! is_due; then exit 0; fi
  # The first makes the repository ready for this cluster, once, and refuses one that is of another.
  pgbackrest stanza-create && pgbackrest backup --type=full && say "backups: $(backups | jq -r '.[-1].label') was made"
) 9>/tmp/backup.lock

is_due() {
  local age
  age=$(age_s) || return 1
  ((age < 0 || age >= DAY_S))
}

# Those that can be used, oldest first, as JSON. Fails when the repository cannot be read.
backups() {
  pgbackrest info --output=json | jq -ce '.[0] | if .status.code > 3 then error(.repo[0].status.message)
    else [.backup[] | select(.error != true)] end'
}

# Seconds since the last one ended; -1 when there is none.
age_s() {
  backups | jq -r 'if length == 0 then -1 else now - .[-1].timestamp.stop | floor end'
}

list() {
  local first last
  pgbackrest info
  first=$(backups | jq -r '.[0].timestamp.stop // empty')
  [[ -n $first ]] || die "There is no backup yet."
  last=$(pgbackrest repo-ls --recurse --output=json "archive/$PGBACKREST_STANZA" |
    jq '[.[] | select(.type == "file") | .time] | max')
  say "
Back to any moment from $(utc "$first") to $(utc "$last"), UTC."
}

utc() { date -u -d "@$1" '+%F %T'; }

health() {
  local age archive trouble=''
  age=$(age_s 2>/dev/null) || age=unknown
  archive=$(archive 2>/dev/null) || archive='Postgres does not answer'
  if [[ $age == unknown ]]; then
    trouble+=' the repository cannot be read;'
  elif ((age < 0 || age > LATE_S)); then
    trouble+=' there is no backup of the last day;'
  fi
  if [[ $archive != 'goes on'* ]]; then trouble+=' the write-ahead log is not archived;'; fi
  say "backups:${trouble:- good;} the last one is $age s old; archiving $archive, $(free_mb) MB are free for them"
  [[ -z $trouble ]]
}

# What Postgres says of its archiver. While it fails, or hangs, segments of 16 MB wait in the volume of the data.
archive() {
  "$BIN/psql" -X -At -h "$SOCKETS" -U postgres -d postgres -v ON_ERROR_STOP=1 <<'SQL'
WITH waiting AS (SELECT modification FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')
SELECT CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity')
                 OR (SELECT min(modification) FROM waiting) < now() - interval '5 minutes'
            THEN 'does not go on' ELSE 'goes on' END
       || ', last at ' || coalesce(to_char(last_archived_time, 'YYYY-MM-DD HH24:MI:SS'), 'no time')
       || ', ' || (SELECT count(*) FROM waiting) || ' segments wait'
FROM pg_stat_archiver
SQL
}

free_mb() { df -BM --output=avail "$VOLUME" | tr -dc '0-9'; }

main "$@"
