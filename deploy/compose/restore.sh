#!/usr/bin/env bash
# restore.sh restore [TIME]|put-back|discard|rehearse: what is done to the data of docker-compose.yml while
# its Postgres is stopped; operate.sh stops and starts it.
#
#   restore     the data as they were at TIME (UTC), or at the end of the archive, in the place of those that are there,
#               which are kept beside
#   put-back    the data that were kept last, in the place of those that are there, which are kept
#   discard     removes what was kept
#   rehearse    the last two steps short of a restore: restores to the end of the archive, reads every row, and
#               removes that again; Postgres may run
set -euo pipefail
umask 077
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

RESTORED=$VOLUME/restored
KEPT=$VOLUME/kept

main() {
  case ${1:-} in
    restore) restore "${@:2}" ;;
    put-back) put_back ;;
    discard) rm -rf "$KEPT"-* ;;
    rehearse) rehearse ;;
    *) die "restore.sh takes restore, put-back, discard or rehearse, not '${1:-}'" ;;
  esac
}

# The data in use are touched when the others have been recovered, and not before.
restore() {
  require_stopped
  recover_beside archive_mode=on "$@"
  "$BIN/pg_ctl" stop --pgdata="$RESTORED" --mode=fast --timeout=600
  put_in_place "$RESTORED"
}

put_back() {
  local -a kept=("$KEPT"-*)
  require_stopped
  [[ -d ${kept[-1]} ]] || die "Nothing was kept."
  put_in_place "${kept[-1]}"
}

require_stopped() {
  if "$BIN/pg_isready" -q -h "$SOCKETS"; then die "Postgres runs; deploy/compose/operate.sh stops it first."; fi
}

# recover_beside SETTING [TIME]: a server on data of their own, which accepts connections on a socket in
# /tmp when it has come to that moment and begun a timeline of its own.
recover_beside() {
  local setting=$1 time=${2:-}
  # Of the timeline that the backup is of: what has been restored has a backup of its own before anybody uses it.
  local -a options=(--target-timeline=current)
  if [[ -n $time ]]; then options+=(--type=time --target="$time" --target-action=promote); fi
  trap 'rm -rf "$RESTORED"' EXIT
  rm -rf "$RESTORED"
  mkdir "$RESTORED"
  export PGBACKREST_PG1_PATH=$RESTORED
  pgbackrest restore "${options[@]}"
  use_settings "$RESTORED"
  # What it says goes to the screen.
  "$BIN/pg_ctl" start --pgdata="$RESTORED" --timeout=86400 --silent \
    --options="-c listen_addresses= -c unix_socket_directories=/tmp -c hot_standby=off -c $setting"
  # Without hot_standby nobody may connect before it has recovered, though pg_ctl calls it started.
  until "$BIN/pg_isready" -q -h /tmp -U postgres -d postgres; do
    "$BIN/pg_ctl" status --pgdata="$RESTORED" >/dev/null || die "Postgres did not come to that moment; see above."
    sleep 1
  done
}

# put_in_place DIRECTORY
put_in_place() {
  if [[ -d $DATA ]]; then
    mv "$DATA" "$KEPT-$(date -u +%Y%m%dT%H%M%S)"
  fi
  mv "$1" "$DATA"
}

rehearse() {
  local start=$SECONDS
  # A timeline that nobody goes on with is none of the archive's.
  recover_beside archive_mode=off
  "$BIN/pg_dumpall" -h /tmp -U postgres >/dev/null
  "$BIN/pg_ctl" stop --pgdata="$RESTORED" --mode=immediate
  say "rehearsed: restored and read every row, $((SECONDS - start)) s"
}

main "$@"
