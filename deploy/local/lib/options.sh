# Options that the subcommands share.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the subcommands

PORT=${CARTWRIGHT_PORT:-}     # empty: the default block, or the next one that is free
DETACH=
NO_BUILD=
SECURITY=
PRODUCTS=
WANTED_REPLICAS=1
WANTED_TLS=${CARTWRIGHT_TLS:-}
ARGUMENTS=()                  # what is left for the subcommand itself

# parse_options ALLOWED ARGUMENT...: ALLOWED lists the options this subcommand takes besides
# --data. An option that it does not take is an error, after `--` or the first plain word too:
# psql and ctest, which have options of their own, ask for `passthrough`.
parse_options() {
  local allowed=" --data $1 " option value
  shift
  while (($#)); do
    option=${1%%=*}
    # psql and ctest have a help of their own.
    if [[ $1 =~ ^(-h|--help)$ && $allowed != *" passthrough "* ]]; then exec "$LOCAL/help.sh"; fi
    case $1 in
      --detach | --no-build | --tls | --security) value= ;;
      --?*=*) value=${1#*=} ;;
      *) value=${2:-} ;;
    esac
    if [[ $1 != -* || $allowed != *" $option "* ]]; then
      [[ $1 != -* || $allowed == *" passthrough "* ]] || die "unknown option $1; see ./cartwright help"
      ARGUMENTS+=("$1")
      shift
      continue
    fi
    take_option "$option" "$value"
    if [[ $1 == *=* || $option =~ ^--(detach|no-build|tls|security)$ ]]; then shift; else shift 2; fi
  done
}

take_option() {
  local option=$1 value=$2
  case $option in
    --detach) DETACH=1 && return ;;
    --no-build) NO_BUILD=1 && return ;;
    --tls) WANTED_TLS=1 && return ;;
    --security) SECURITY=1 && return ;;
  esac
  [[ -n $value ]] || die "$option needs a value"
  case $option in
    --data) use_data_dir "$(realpath -m -- "$value")" ;;
    --port) PORT=$value && require_number "$option" "$value" ;;
    --replicas) WANTED_REPLICAS=$value && require_number "$option" "$value" ;;
    --products) PRODUCTS=$value && require_number "$option" "$value" ;;
  esac
}

require_number() {
  [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || die "$1 takes a number, not '$2'"
}
