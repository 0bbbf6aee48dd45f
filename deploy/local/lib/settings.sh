# What the shop consists of and where its things are. Sourced; sets names, runs nothing.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

SERVICES=(identity catalog cart order wallet)
PROCESSES=(postgres "${SERVICES[@]}" gateway)

# Another preset (dev, asan) can be run with CARTWRIGHT_PRESET=asan ./cartwright up.
PRESET=${CARTWRIGHT_PRESET:-release}
BUILD=$ROOT/build/$PRESET

POSTGRES_BIN=/usr/lib/postgresql/15/bin

# 20 ports belong to one shop: P public HTTP, P+1..P+5 gRPC of the services in the order above,
# P+10 the gateway's operations port, P+11..P+15 theirs, P+19 Postgres.
DEFAULT_PORT=8080
PORTS_PER_SHOP=20

DEMO_PASSWORD=correct-horse-battery
DEMO_SHOPPERS=(ada grace linus)

use_data_dir() {
  DATA=$1
  RUN=$DATA/run          # only while it runs: port, pid files, `ready`
  LOG=$DATA/log
  SECRETS=$DATA/secrets
  TLS=$DATA/tls
  PGDATA_DIR=$DATA/postgres
  STAMPS=$DATA/stamps    # what has been done to this database already
  MEDIA=$DATA/media
  export CARTWRIGHT_DATA=$DATA
}

# The schema of a service; `order` is a reserved word in SQL.
schema_of() {
  case $1 in
    order) echo orders ;;
    *) echo "$1" ;;
  esac
}

# Which services a service calls: it gets the addresses of these and of no others.
peers_of() {
  case $1 in
    cart) echo catalog ;;
    order) echo cart catalog wallet ;;
  esac
}

is_process() {
  [[ " ${PROCESSES[*]} " == *" $1 "* ]]
}

is_service() {
  [[ " ${SERVICES[*]} " == *" $1 "* ]]
}
