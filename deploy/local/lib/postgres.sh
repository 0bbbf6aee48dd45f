# The private Postgres cluster: made once in the data directory, run as a child of the supervisor.
# shellcheck shell=bash

# Sets POSTGRES_AS to the command prefix under which Postgres runs in DIR. Postgres refuses to be
# root, so root runs it as the `postgres` user that the Debian package makes. That user may not be
# able to reach a checkout under /root or a private temporary directory: then, and only then, it
# keeps the one capability that lets it walk through.
find_postgres_user() {
  local dir=$1 capability
  local -a options
  POSTGRES_AS=() POSTGRES_USER=
  if ((EUID != 0)); then return 0; fi
  POSTGRES_USER=postgres
  options=(--reuid postgres --regid postgres --init-groups)
  for capability in '' dac_read_search dac_override; do
    POSTGRES_AS=(setpriv "${options[@]}")
    if [[ -n $capability ]]; then
      POSTGRES_AS+=("--inh-caps=-all,+$capability" "--ambient-caps=-all,+$capability")
    fi
    if "${POSTGRES_AS[@]}" -- ls -d "$dir/." &>/dev/null; then return 0; fi
  done
  die "the user postgres cannot reach $dir; choose another directory with --data"
}

give_to_postgres() {
  if [[ -n $POSTGRES_USER ]]; then chown "$POSTGRES_USER:" "$@"; fi
}

# Made aside and renamed, so that an interrupted start leaves no half of a cluster.
ensure_cluster() {
  find_postgres_user "$DATA"
  if [[ ! -s $PGDATA_DIR/PG_VERSION ]]; then
    step "Creating a private Postgres in $PGDATA_DIR"
    rm -rf "$PGDATA_DIR.new" "$STAMPS"
    mkdir -p "$PGDATA_DIR.new"
    install -m 600 "$SECRETS/postgres.password" "$RUN/initdb.password"
    give_to_postgres "$PGDATA_DIR.new" "$RUN/initdb.password"
    "${POSTGRES_AS[@]}" "$POSTGRES_BIN/initdb" --pgdata="$PGDATA_DIR.new" --username=postgres \
      --pwfile="$RUN/initdb.password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 \
      --data-checksums &>"$LOG/initdb.log" ||
      { show_last_words initdb && die "initdb failed"; }
    rm -f "$RUN/initdb.password"
    mv "$PGDATA_DIR.new" "$PGDATA_DIR"
  fi
  install -m 600 "$LOCAL/postgres.conf" "$PGDATA_DIR/postgresql.conf"
  install -m 600 "$LOCAL/pg_hba.conf" "$PGDATA_DIR/pg_hba.conf"
  give_to_postgres "$PGDATA_DIR/postgresql.conf" "$PGDATA_DIR/pg_hba.conf"
}

# Postgres's own guard, postmaster.pid, names only a pid. After a reboot that pid may be anybody's,
# and Postgres would refuse to start. It is removed only when no process at all works in the
# data directory: every Postgres process has it as its current directory.
clear_stale_postmaster_pid() {
  local file=$PGDATA_DIR/postmaster.pid pid
  { read -r pid <"$file"; } 2>/dev/null || return 0
  if [[ -d /proc/$pid && -z $(processes_in "$PGDATA_DIR") ]]; then rm -f "$file"; fi
}

# What a killed postmaster leaves. Its processes see that it is gone and end, but for one that waits for another of
# them: it holds the shared memory, and no new postmaster starts for as long as that lasts. To be called only by
# whoever was the parent of that postmaster, and has seen it end.
end_orphans() {
  local cwd
  while read -r cwd; do
    cwd=${cwd#/proc/}
    kill -KILL "${cwd%/cwd}" 2>/dev/null || true
  done < <(processes_in "$PGDATA_DIR")
}

processes_in() {
  find /proc -maxdepth 2 -name cwd -lname "$1" 2>/dev/null || true
}

# Sets nothing, prints nothing: true once the process PID accepts connections. Postgres writes that
# into its own file, which costs nothing to read.
is_postgres_ready() {
  local -a lines=()
  mapfile -t lines 2>/dev/null <"$PGDATA_DIR/postmaster.pid" || return 1
  [[ ${lines[0]:-} == "$1" && ${lines[7]:-} == ready* ]]
}

# superuser_psql [psql options]: the password travels in the environment, not in the arguments.
superuser_psql() {
  PGPASSWORD=$(<"$SECRETS/postgres.password") \
    psql -X -h "$POSTGRES_HOST" -p "$(postgres_port)" -U postgres -d cartwright "$@"
}

# role_psql ROLE [psql options]
role_psql() {
  local role=$1
  shift
  PGPASSWORD=$(<"$SECRETS/$role.password") \
    psql -X -h "$POSTGRES_HOST" -p "$(postgres_port)" -U "$role" -d cartwright "$@"
}
