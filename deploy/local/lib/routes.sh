# Which address a process uses for another one. Usually that where the other listens; a test that puts
# a proxy in between says so in DATA/routes, in lines like
#
#   order-2 wallet 127.0.0.1:40001     order-2 reaches the first wallet there
#   order postgres 127.0.0.1:40002     and order its database there
#
# The file is read whenever a process starts: a change counts for those that start after it. It is
# read first to last, and the first line that fits counts.
# shellcheck shell=bash

# find_route FROM TO: sets FOUND_ROUTE, or fails when nothing stands in between.
find_route() {
  local from to address
  FOUND_ROUTE=
  [[ -f $ROUTES ]] || return 1
  while read -r from to address _; do
    [[ $from == "$1" && $to == "$2" ]] || continue
    [[ $address =~ ^[0-9.]+:[0-9]+$ ]] || die "$ROUTES: $from $to needs IP:PORT, not '$address'"
    FOUND_ROUTE=$address
    return 0
  done <"$ROUTES"
  return 1
}

# addresses_for FROM SERVICE: prints the addresses of all of its replicas, with a plus between them.
addresses_for() {
  local from=$1 service=$2 to list=
  for to in "${SERVICE_PROCESSES[@]}"; do
    if [[ ${to%-[0-9]} != "$service" ]]; then continue; fi
    if find_route "$from" "$to"; then list+=+$FOUND_ROUTE; else list+=+127.0.0.1:$(main_port "$to"); fi
  done
  echo "${list#+}"
}

# database_url_file_of PROCESS: prints it; a process with a route to Postgres has one of its own.
database_url_file_of() {
  local name=$1 file
  split_name "$name"
  file=$SECRETS/${KIND}_app.url
  if find_route "$name" postgres; then
    file=$SECRETS/$name.routed.url
    write_private "$file" "$(database_url "${KIND}_app" "$FOUND_ROUTE")"
  fi
  echo "$file"
}
