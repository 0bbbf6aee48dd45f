#!/usr/bin/env bash
# root_of.sh PROCESS DIRECTORY: makes the whole file system of an image: one binary, the libraries that
# it is linked with, and the data of its own that it reads. The same input makes the same files, byte for
# byte and with the same times.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

DATA_OF_IMAGE=usr/local/share/cartwright

main() {
  local process=$1
  IMAGE=$2
  is_service "$process" || [[ $process == gateway ]] || die "SERVICE is one of ${SERVICES[*]}, not '$process'"
  mkdir -p "$IMAGE"/{etc/ssl/certs,etc/cartwright,usr/lib,usr/lib64,usr/local/bin,var/lib/cartwright/media,$DATA_OF_IMAGE}
  ln -s usr/lib "$IMAGE/lib"
  ln -s usr/lib64 "$IMAGE/lib64"
  add_binary "$process"
  add_libraries "$BUILD/bin/cartwright-$process"
  add_settings
  add_data "$process"
  settle
}

# Every image begins with a binary of the same name, so that Dockerfiles need not know which.
add_binary() {
  install -m 755 "$BUILD/bin/cartwright-$1" "$IMAGE/usr/local/bin/$1"
  strip --strip-all "$IMAGE/usr/local/bin/$1"
  ln -s "$1" "$IMAGE/usr/local/bin/entrypoint"
}

# With their packages, versions and licences.
add_libraries() {
  local file package
  local -a files packages
  mapfile -t files < <(libraries_of "$1")
  for file in "${files[@]}"; do install -D -m 644 "$(realpath "$file")" "$IMAGE/usr${file#/usr}"; done
  # The loader is a program, too.
  chmod 755 "$IMAGE"/usr/lib64/ld-linux-*
  mapfile -t packages < <(packages_of_files "${files[@]}")
  # shellcheck disable=SC2016  # dpkg-query fills that in, not the shell
  dpkg-query -W -f='${Package}\t${Version}\t${source:Package}\t${source:Version}\n' "${packages[@]}" |
    sort -u >"$IMAGE/$DATA_OF_IMAGE/packages.tsv"
  for package in "${packages[@]}"; do
    install -D -m 644 "/usr/share/doc/$package/copyright" "$IMAGE/usr/share/doc/$package/copyright"
  done
}

libraries_of() {
  ldd "$1" | sed -nE 's|^.*=> (/[^ ]+) .*|\1|p; s|^\s+(/[^ ]+) .*|\1|p'
}

# Each file has to belong to one. Packages may name the directories of before /lib was moved to /usr, so
# that each file is asked for under both names, one of which nobody knows.
packages_of_files() {
  local owners file
  local -a names=()
  for file in "$@"; do
    file=$(realpath "$file")
    names+=("$file" "${file#/usr}")
  done
  owners=$(dpkg-query -S "${names[@]}" 2>/dev/null || true)
  (($(wc -l <<<"$owners") == $#)) || die "not every library belongs to a package: $owners"
  cut -d: -f1 <<<"$owners" | sort -u
}

add_settings() {
  "$ROOT/deploy/images/people.sh" "$IMAGE/etc"
  echo "hosts: files dns" >"$IMAGE/etc/nsswitch.conf"
  # Debian's authorities alone: those that the building machine trusts besides are its own matter.
  find /usr/share/ca-certificates -name '*.crt' -print0 | sort -z | xargs -0 cat \
    >"$IMAGE/etc/ssl/certs/ca-certificates.crt"
  # Where OpenSSL looks for whom the system trusts.
  mkdir "$IMAGE/usr/lib/ssl"
  ln -s /etc/ssl/certs/ca-certificates.crt "$IMAGE/usr/lib/ssl/cert.pem"
}

add_data() {
  local place=$IMAGE/$DATA_OF_IMAGE directory
  if [[ $1 == gateway ]]; then
    cp "$BUILD/cartwright.descriptors.binpb" "$place/"
    mkdir "$place/web"
    cp -r /web/. "$place/web/"
    return
  fi
  for directory in migrations audit; do
    mkdir "$place/$directory"
    if [[ -d $ROOT/services/$1/$directory ]]; then cp "$ROOT/services/$1/$directory/"*.sql "$place/$directory/"; fi
  done
}

settle() {
  chmod -R u=rwX,go=rX "$IMAGE"
  find "$IMAGE" -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH:-0}" {} +
}

main "$@"
