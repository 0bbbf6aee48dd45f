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

# Sets PORT to a block that is free now: the wanted one or none, else the first one that is.
choose_port() {
  local wanted=$1 busy count=$((PORTS_PER_REPLICA * REPLICAS))
  PORT=${wanted:-$DEFAULT_PORT}
  ((PORT + count <= 65536)) || die "--port $PORT leaves no room for the ports after it"
  while busy=$(busy_ports "$PORT" "$count") && [[ -n $busy ]]; do
    [[ -z $wanted ]] ||
      die "--port $PORT: the ports $PORT to $((PORT + count - 1)) are needed, and ${busy//$'\n'/, } taken"
    ((PORT += PORTS_PER_REPLICA, PORT < 32768)) || die "no free block of $count ports"
  done
  if [[ -z $wanted ]] && ((PORT != DEFAULT_PORT)); then
    say "${YELLOW}Ports from $DEFAULT_PORT on are taken; this shop uses $PORT to $((PORT + count - 1))$PLAIN"
  fi
}

# busy_ports FIRST COUNT: prints the ports of a block that some socket of this machine holds. Read from the kernel's
# tables, because a bare machine has neither ss nor netstat. State 06 is TIME_WAIT: no obstacle.
busy_ports() {
  local -a tables=(/proc/net/tcp)
  if [[ -r /proc/net/tcp6 ]]; then tables+=(/proc/net/tcp6); fi
  local address state hex port
  while read -r _ address _ state _; do
    hex=${address##*:}
    [[ $hex =~ ^[0-9A-F]{4}$ && $state != 06 ]] || continue
    port=$((16#$hex))
    if ((port >= $1 && port < $1 + $2)); then echo "$port"; fi
  done < <(cat "${tables[@]}") | sort -un
}
