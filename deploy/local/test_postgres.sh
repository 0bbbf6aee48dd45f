#!/usr/bin/env bash
# test_postgres.sh start DIR: makes and starts a throw-away Postgres and prints the URI of its
# superuser (no password, unix socket only, so no port to choose). test_postgres.sh stop DIR ends
# it and removes it. DIR only remembers where it is: the data is in memory when there is room,
# and durability is off, because nothing that tests write has to survive anything.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  [[ $# == 2 && $1 =~ ^(start|stop)$ ]] || die "usage: test_postgres.sh start|stop DIR"
  mkdir -p "$2"
  "$1" "$2"
}

start() {
  local dir=$1 place
  stop "$dir"    # of a run that was killed
  place=$(mktemp -d "$(roomy_directory)/cartwright-test.XXXXXX")
  echo "$place" >"$dir/place"
  # Other users must get to the socket; the data keeps its own permissions.
  chmod 755 "$place"
  mkdir "$place/data" "$place/socket"
  find_postgres_user "$place"
  give_to_postgres "$place/data" "$place/socket"
  cd "$place"
  run_quietly "$POSTGRES_BIN/initdb" --pgdata="$place/data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync
  write_configuration "$place"
  run_quietly "$POSTGRES_BIN/pg_ctl" -D "$place/data" -l "$place/data/log" -w -t 60 start
  echo "postgresql://postgres@${place//\//%2F}%2Fsocket:5432/postgres"
}

stop() {
  local dir=$1 place
  { read -r place <"$dir/place"; } 2>/dev/null || return 0
  # A file that says something else must not make this remove something else.
  [[ $place == */cartwright-test.?????? ]] || die "$dir/place names $place, which is not ours"
  if [[ -d $place/data ]]; then
    find_postgres_user "$place"
    cd "$place"
    "${POSTGRES_AS[@]}" "$POSTGRES_BIN/pg_ctl" -D "$place/data" -m immediate -w stop &>/dev/null || true
    cd /
  fi
  rm -rf "$place" "$dir/place"
}

# In memory if it has 2 GB free; containers often have 64 MB there. A socket's path has at most 107
# characters, so a deep checkout is no place for it.
roomy_directory() {
  local free_kb
  free_kb=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1) || free_kb=0
  if ((free_kb > 2 * 1024 * 1024)) && [[ -w /dev/shm ]]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

write_configuration() {
  local place=$1
  cat >>"$place/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$place/socket'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 400
shared_buffers = 128MB
jit = off
lc_messages = 'C'
timezone = 'UTC'
CONF
}

run_quietly() {
  local output
  # pg_ctl's server keeps the descriptors that it is given: a pipe would never end.
  output=$(mktemp)
  if ! "${POSTGRES_AS[@]}" "$@" </dev/null &>"$output"; then
    cat "$output" >&2
    rm -f "$output"
    die "$(basename "$1") failed"
  fi
  rm -f "$output"
}

main "$@"
