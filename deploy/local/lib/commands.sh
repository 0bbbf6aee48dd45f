# The command line of every process. The same flags as in a container or a pod: only addresses and
# files differ.
# shellcheck shell=bash
# shellcheck disable=SC2034  # COMMAND is what the callers use

# Sets COMMAND.
command_of() {
  case $1 in
    postgres) postgres_command ;;
    gateway) gateway_command ;;
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
  local service=$1
  COMMAND=(setsid setpriv --pdeathsig TERM -- "$BUILD/bin/cartwright-$service"
    --listen="127.0.0.1:$(grpc_port "$service")"
    --ops_listen="127.0.0.1:$(ops_port "$service")"
    --database_url_file="$SECRETS/${service}_app.url"
    --migrations_dir="$ROOT/services/$service/migrations")
  add_process_flags "$service"
  add_address_flag peers "$(peers_of "$service")"
  case $service in
    identity)
      COMMAND+=(--key_encryption_key_file="$SECRETS/key_encryption.key" --issuer="$(shop_url)")
      ;;
    catalog | order | wallet)
      COMMAND+=(--page_token_key_file="$SECRETS/${service}_page_token.key")
      ;;
  esac
}

gateway_command() {
  COMMAND=(setsid setpriv --pdeathsig TERM -- "$BUILD/bin/cartwright-gateway"
    --http_listen="127.0.0.1:$PORT"
    --ops_listen="127.0.0.1:$(ops_port gateway)"
    --descriptor_set="$BUILD/cartwright.descriptors.binpb"
    --media_dir="$MEDIA"
    --issuer="$(shop_url)")
  add_process_flags gateway
  add_address_flag backends "${SERVICES[*]}"
  # Until the storefront is built, a plain page with links to the API.
  if [[ -d $ROOT/web/dist ]]; then
    COMMAND+=(--static_dir="$ROOT/web/dist")
  else
    COMMAND+=(--static_dir="$ROOT/web/placeholder")
  fi
}

# Applies a service's migrations as the role that owns its schema, and exits.
migrate_command() {
  local service=$1
  COMMAND=("$BUILD/bin/cartwright-$service" --migrate_only
    --database_url_file="$SECRETS/${service}_owner.url"
    --migrations_dir="$ROOT/services/$service/migrations")
}

# The time to drain is shorter than in production: people wait for `down`.
add_process_flags() {
  COMMAND+=(--drain_timeout_s=5
    --tls_cert_file="$TLS/$1.crt" --tls_key_file="$TLS/$1.key" --tls_ca_file="$TLS/ca.crt")
}

# add_address_flag FLAG "SERVICE ...": --FLAG=catalog=127.0.0.1:8082,wallet=127.0.0.1:8085
add_address_flag() {
  local service list=''
  for service in $2; do list+=,$service=127.0.0.1:$(grpc_port "$service"); done
  if [[ -n $list ]]; then COMMAND+=("--$1=${list#,}"); fi
}

shop_url() {
  echo "http://localhost:$PORT"
}
