# Which ports a shop has: one block from its public port on, PORTS_PER_REPLICA for each replica
# (lib/settings.sh).
# shellcheck shell=bash

# main_port PROCESS: gRPC of a service, HTTP of a gateway.
main_port() {
  local index=0
  split_name "$1"
  if [[ $KIND != gateway ]]; then
    while [[ ${SERVICES[index++]} != "$KIND" ]]; do :; done
  fi
  echo $((PORT + PORTS_PER_REPLICA * (NUMBER - 1) + index))
}

# ops_port PROCESS: where /livez, /readyz and /metrics are.
ops_port() {
  echo $(($(main_port "$1") + 10))
}

postgres_port() {
  echo "${CARTWRIGHT_POSTGRES_PORT:-$((PORT + 19))}"
}

# Sets PORT to what the running shop uses.
read_port() {
  { read -r PORT <"$RUN/port"; } 2>/dev/null || die "nothing runs in $DATA; ./cartwright up starts it"
}

# Sets PORT to a block that is free, and keeps it from every other shop of this machine until release_ports or the
# end of this process: looking and reserving are one step, since a shop listens only seconds after it has chosen.
reserve_ports() {
  local lock
  release_ports
  exec {lock}<"$PORT_RESERVATIONS"
  flock -w 10 "$lock" || die "another shop keeps choosing its ports ($PORT_RESERVATIONS is locked)"
  choose_port "$1"
  read_start_time "$$"
  (umask 022 && echo "$PORT $((PORTS_PER_REPLICA * REPLICAS)) $$ $START_TIME" >"$(own_reservation)")
  exec {lock}<&-
}

release_ports() {
  rm -f "$(own_reservation)"
}

# With the user in its name, so that what is left of another one's killed shop is in nobody's way.
own_reservation() {
  echo "$PORT_RESERVATIONS/cartwright-ports.$EUID.$$"
}

# Sets PORT to a block that is free now: the wanted one or none, else the first one that is.
choose_port() {
  local wanted=$1 busy count=$((PORTS_PER_REPLICA * REPLICAS))
  local -A taken=()
  PORT=${wanted:-$DEFAULT_PORT}
  ((PORT + count <= 65536)) || die "--port $PORT leaves no room for the ports after it"
  add_held_ports
  add_reserved_ports
  while busy=$(busy_ports "$PORT" "$count") && [[ -n $busy ]]; do
    [[ -z $wanted ]] ||
      die "--port $PORT: the ports $PORT to $((PORT + count - 1)) are needed, and ${busy//$'\n'/, } taken"
    ((PORT += PORTS_PER_REPLICA, PORT < 32768)) || die "no free block of $count ports"
  done
  if [[ -z $wanted ]] && ((PORT != DEFAULT_PORT)); then
    say "${YELLOW}Ports from $DEFAULT_PORT on are taken; this shop uses $PORT to $((PORT + count - 1))$PLAIN"
  fi
}

# busy_ports FIRST COUNT: prints those of a block that are in `taken`.
busy_ports() {
  local port
  for ((port = $1; port < $1 + $2; port++)); do
    if [[ -n ${taken[$port]:-} ]]; then echo "$port"; fi
  done
}

# Adds the ports that some socket of this machine holds to `taken`. Read from the kernel's tables, because a bare
# machine has neither ss nor netstat, and by awk, because under load they are long. State 06 is TIME_WAIT: no
# obstacle.
add_held_ports() {
  local -a tables=(/proc/net/tcp) held
  local hex
  if [[ -r /proc/net/tcp6 ]]; then tables+=(/proc/net/tcp6); fi
  mapfile -t held < <(awk '$4 != "06" && $2 ~ /:[0-9A-F]+$/ { sub(/.*:/, "", $2); print $2 }' "${tables[@]}" | sort -u)
  for hex in "${held[@]}"; do taken[$((16#$hex))]=1; done
}

# Adds the ports of the shops that live, and removes what those that were killed have left. Our own are none: they
# are released before we choose, and `up`, which looks only, has none.
add_reserved_ports() {
  local file first count pid start
  for file in "$PORT_RESERVATIONS"/cartwright-ports.*; do
    # One that is being removed, or was cut off by a full disk, reserves nothing.
    { read -r first count pid start <"$file"; } 2>/dev/null || continue
    if read_start_time "$pid" && [[ $START_TIME == "$start" ]]; then
      while ((count-- > 0)); do taken[$((first++))]=1; done
    else
      rm -f "$file" 2>/dev/null || true
    fi
  done
}
