# The command line of every process. The same flags as in a container or a pod: only addresses and
# files differ.
# shellcheck shell=bash
# shellcheck disable=SC2034  # COMMAND is what the callers use

# Sets COMMAND.
command_of() {
  case $1 in
    postgres) postgres_command ;;
    gateway*) gateway_command "$1" ;;
    *) service_command "$1" ;;
  esac
}

# setsid keeps the terminal's Ctrl-C away from the children: the supervisor stops them, in order.
# pdeathsig stops them when the supervisor itself is killed.
postgres_command() {
  COMMAND=(setsid "${POSTGRES_AS[@]:-setpriv}" --pdeathsig INT --
    "$POSTGRES_BIN/postgres" -D "$PGDATA_DIR" -c listen_addresses=127.0.0.1 -p "$(postgres_port)")
}

service_command() {
  local name=$1
  split_name "$name"
  COMMAND=(setsid setpriv --pdeathsig TERM -- "$(service_binary "$KIND")"
    --listen="127.0.0.1:$(main_port "$name")"
    --ops_listen="127.0.0.1:$(ops_port "$name")"
    --database_url_file="$(database_url_file_of "$name")"
    --migrations_dir="$ROOT/services/$KIND/migrations")
  if [[ -d $ROOT/services/$KIND/audit ]]; then COMMAND+=(--audit_dir="$ROOT/services/$KIND/audit"); fi
  add_process_flags "$KIND"
  add_address_flag peers "$name" "$(peers_of "$KIND")"
  case $KIND in
    identity)
      COMMAND+=(--key_encryption_key_file="$SECRETS/key_encryption.key" --issuer="$(shop_url)"
        --password_pepper_file="$SECRETS/password_pepper.key"
        --old_password_pepper_file="$SECRETS/old_password_pepper.key")
      ;;
    catalog | order | wallet)
      COMMAND+=(--page_token_key_file="$SECRETS/${KIND}_page_token.key")
      ;;
  esac
}

service_binary() {
  local directory=$BUILD/bin
  if [[ " ${FAILPOINT_SERVICES[*]} " == *" $1 "* ]]; then directory+=/failpoints; fi
  echo "$directory/cartwright-$1"
}

gateway_command() {
  local name=$1
  COMMAND=(setsid setpriv --pdeathsig TERM -- "$BUILD/bin/cartwright-gateway"
    --http_listen="127.0.0.1:$(main_port "$name")"
    --ops_listen="127.0.0.1:$(ops_port "$name")"
    --descriptor_set="$BUILD/cartwright.descriptors.binpb"
    --static_dir="$ROOT/web/dist"
    --media_dir="$MEDIA"
    --issuer="$(shop_url)")
  # No HSTS: browsers would apply it to whatever else runs on localhost.
  if [[ $SCHEME == https ]]; then
    COMMAND+=(--http_certificate="$TLS/shop.crt" --http_key="$TLS/shop.key" --hsts_max_age_s=0)
  fi
  add_limit_flags
  add_process_flags gateway
  add_address_flag backends "$name" "${SERVICES[*]}"
}

# Everybody on a development machine has one address, and tests make more calls than people. Who
# wants the limits of production sets the variables: CARTWRIGHT_RATE_LIMITS= has the defaults.
add_limit_flags() {
  if [[ -z ${CARTWRIGHT_RATE_LIMITS+set} ]]; then COMMAND+=(--rate_limits="$LOCAL_RATE_LIMITS"); fi
  if [[ -z ${CARTWRIGHT_HTTP_CONNECTIONS_PER_ADDRESS+set} ]]; then
    COMMAND+=(--http_connections_per_address=10000)
  fi
}

# Applies a service's migrations as the role that owns its schema, and exits.
migrate_command() {
  local service=$1
  COMMAND=("$BUILD/bin/cartwright-$service" --migrate_only
    --database_url_file="$SECRETS/${service}_owner.url"
    --migrations_dir="$ROOT/services/$service/migrations")
}

# The time to drain is shorter than in production, and nobody is told before: people wait for `down`.
add_process_flags() {
  COMMAND+=(--drain_notice_s="${CARTWRIGHT_DRAIN_NOTICE_S:-0}" --drain_timeout_s=5
    --tls_cert_file="$TLS/$1.crt" --tls_key_file="$TLS/$1.key" --tls_ca_file="$TLS/ca.crt")
}

# add_address_flag FLAG PROCESS "SERVICE ...": --FLAG=catalog=127.0.0.1:8082,wallet=127.0.0.1:8085,
# with all replicas of each as PROCESS shall reach them.
add_address_flag() {
  local flag=$1 from=$2 service list=''
  for service in $3; do list+=,$service=$(addresses_for "$from" "$service"); done
  if [[ -n $list ]]; then COMMAND+=("--$flag=${list#,}"); fi
}

shop_url() {
  echo "$SCHEME://localhost:$PORT"
}
