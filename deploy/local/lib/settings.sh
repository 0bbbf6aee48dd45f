# What the shop consists of and where its things are. Sourced; sets names, runs nothing.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

SERVICES=(identity catalog cart order wallet)
MAX_REPLICAS=4

# Another preset (dev, asan) can be run with CARTWRIGHT_PRESET=asan ./cartwright up. `chaos` is
# release, with the binaries that have failpoints (shared/failpoint) for the services that have any.
PRESET=${CARTWRIGHT_PRESET:-release}
FAILPOINT_SERVICES=()
if [[ $PRESET == chaos ]]; then
  PRESET=release FAILPOINT_SERVICES=(catalog cart order wallet)
fi
BUILD=$ROOT/build/$PRESET

POSTGRES_BIN=/usr/lib/postgresql/15/bin
# In containers Postgres is another machine, and asked through TLS (deploy/compose/setup.sh).
POSTGRES_HOST=${CARTWRIGHT_POSTGRES_HOST:-127.0.0.1}
POSTGRES_TLS=${CARTWRIGHT_POSTGRES_TLS:-sslmode=disable}

# 20 ports belong to one shop: P public HTTP, P+1..P+5 gRPC of the services in the order above,
# P+10 the gateway's operations port, P+11..P+15 theirs, P+19 Postgres. The second of everything
# has the next 20, and so on.
DEFAULT_PORT=8080
PORTS_PER_REPLICA=20
# Where the shops of all users of this machine say which ports are theirs; empty again after a reboot.
PORT_RESERVATIONS=/run/lock

# No test reaches them, and every answer has the headers.
LOCAL_RATE_LIMITS=address=100000/s/100000,anonymous=100000/s/100000,read=100000/s/100000
LOCAL_RATE_LIMITS+=,write=100000/s/100000,auth=100000/s/100000,auth_address=100000/s/100000

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
  ROUTES=$DATA/routes    # which addresses tests have put something in between (lib/routes.sh)
  export CARTWRIGHT_DATA=$DATA
  local replicas=1
  { read -r replicas <"$RUN/replicas"; } 2>/dev/null || true
  use_replicas "$replicas"
  SCHEME=http            # of the public port
  { read -r SCHEME <"$RUN/scheme"; } 2>/dev/null || true
}

# Sets which processes there are: order, order-2, order-3 ... are the replicas of order.
use_replicas() {
  local number suffix
  REPLICAS=$1 SERVICE_PROCESSES=() GATEWAYS=()
  for ((number = 1; number <= REPLICAS; number++)); do
    suffix=-$number
    if ((number == 1)); then suffix=; fi
    SERVICE_PROCESSES+=("${SERVICES[@]/%/$suffix}")
    GATEWAYS+=("gateway$suffix")
  done
  PROCESSES=(postgres "${SERVICE_PROCESSES[@]}" "${GATEWAYS[@]}")
}

# split_name PROCESS: sets KIND and NUMBER, for example `order` and 2 for order-2.
split_name() {
  KIND=${1%-[0-9]} NUMBER=1
  if [[ $1 != "$KIND" ]]; then NUMBER=${1##*-}; fi
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
    catalog | wallet) echo order ;;
    order) echo cart catalog wallet ;;
  esac
}

is_process() {
  [[ " ${PROCESSES[*]} " == *" $1 "* ]]
}

is_service() {
  [[ " ${SERVICES[*]} " == *" $1 "* ]]
}
