# Debian packages: which are missing, and how they are installed on a machine that has nothing.
# shellcheck shell=bash

# ensure_packages SECTION...: does nothing, and asks apt nothing, when all of them are there.
ensure_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  require_bookworm "${missing[@]}"
  if ((EUID != 0)); then sudo -v; fi    # asks for the password while nothing else is on the screen
  run_logged apt-update "Reading the lists of Debian packages" apt_get update
  if [[ " ${missing[*]} " == *" libboost1.83-"* ]]; then enable_backports; fi
  keep_system_cluster_away
  run_logged apt-install "Installing ${#missing[@]} Debian packages: ${missing[*]}" \
    apt_get install --no-install-recommends "${missing[@]}"
  as_root rm -f "$CREATE_CLUSTER_CONF"
}

missing_packages() {
  local -a wanted
  local section
  mapfile -t wanted < <(for section in "$@"; do packages_of "$section"; done)
  # Prints those that are installed; comm keeps the others.
  comm -13 \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u) \
    <(printf '%s\n' "${wanted[@]}" | sort -u)
}

packages_of() {
  if [[ $1 == node ]] && has_node; then return 0; fi
  awk -v section="[$1]" '
    { sub(/#.*/, "") }
    /^\[/ { inside = ($1 == section); next }
    inside && NF { print $1 }' "$LOCAL/packages.txt"
}

has_node() {
  local version
  command -v npm >/dev/null && version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= 18))
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
}

require_bookworm() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [[ $codename == bookworm ]] || die "these packages are missing, and only Debian 12 is known here: $*"
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "these packages are missing; run this as root, or install sudo: $*"
}

# Debian's postgresql package creates a system-wide cluster and starts it at boot. Ours is private,
# so that one is not made; a machine that already has Postgres is left as it is.
CREATE_CLUSTER_CONF=/etc/postgresql-common/createcluster.d/cartwright.conf
keep_system_cluster_away() {
  if [[ -d $POSTGRES_BIN ]]; then return 0; fi
  as_root mkdir -p "${CREATE_CLUSTER_CONF%/*}"
  echo "create_main_cluster = false" | as_root tee "$CREATE_CLUSTER_CONF" >/dev/null
}

# Adds bookworm-backports by copying the entry from which this machine gets bookworm itself, with
# its mirror, keys and options: no host name is written here, and a mirror stays a mirror.
BACKPORTS=/etc/apt/sources.list.d/cartwright-backports
enable_backports() {
  local entry file number
  if [[ -n $(index_targets bookworm-backports) ]]; then return 0; fi
  entry=$(index_targets bookworm | head -n 1)
  [[ -n $entry ]] || die "apt has no source for bookworm/main to copy for bookworm-backports"
  file=${entry%:*} number=${entry##*:}
  step "Enabling bookworm-backports as in $file"
  case $file in
    *.sources) backports_stanza "$file" "$number" | as_root tee "$BACKPORTS.sources" >/dev/null ;;
    *) backports_line "$file" "$number" | as_root tee "$BACKPORTS.list" >/dev/null ;;
  esac
  run_logged apt-update "Reading the list of backports" apt_get update
}

# Prints FILE:NUMBER of the sources that have this release: apt reads both formats for us. The
# number counts stanzas in a .sources file and lines in a .list file.
index_targets() {
  # shellcheck disable=SC2016  # apt fills that in, not the shell
  apt-get indextargets --format '$(SOURCESENTRY)' \
    'Created-By: Packages' 'Component: main' "Codename: $1"
}

backports_stanza() {
  awk -v RS= -v FS='\n' -v number="$2" '
    NR == number {
      print "# Made by ./cartwright from " FILENAME "."
      for (i = 1; i <= NF; i++) {
        field = tolower($i)
        if (field ~ /^#/) continue
        if (field ~ /^types:/) $i = "Types: deb"
        if (field ~ /^suites:/) $i = "Suites: bookworm-backports"
        if (field ~ /^components:/) $i = "Components: main"
        print $i
      }
    }' "$1"
}

# One line is: deb [options] URI SUITE COMPONENT..., where options may hold spaces.
backports_line() {
  echo "# Made by ./cartwright from $1."
  sed -nE "$2s/^([[:space:]]*deb[[:space:]]+(\[[^]]*\][[:space:]]+)?[^[:space:]]+).*/\1 bookworm-backports main/p" "$1"
}
