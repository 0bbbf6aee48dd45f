#!/usr/bin/env bash
# root_of.sh PROCESS DIRECTORY: makes the whole file system of an image: one binary, the libraries that
# it is linked with, and the data of its own that it reads. The same input makes the same files, byte for
# byte and with the same times.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

DATA_OF_IMAGE=usr/local/share/cartwright
AUTHORITIES=etc/ssl/certs/ca-certificates.crt

main() {
  local process=$1
  IMAGE=$2
  is_service "$process" || [[ $process == gateway ]] || die "SERVICE is one of ${SERVICES[*]}, not '$process'"
  mkdir -p "$IMAGE"/{etc/ssl/certs,etc/cartwright,usr/lib,usr/lib64,usr/local/bin,var/lib/cartwright/media,$DATA_OF_IMAGE}
  ln -s usr/lib "$IMAGE/lib"
  ln -s usr/lib64 "$IMAGE/lib64"
  add_binary "$process"
  add_libraries "$process"
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

add_libraries() {
  local file
  local -a libraries headers
  mapfile -t libraries < <(libraries_of "$BUILD/bin/cartwright-$1")
  mapfile -t headers < <(headers_of "bin/cartwright-$1")
  for file in "${libraries[@]}"; do install -D -m 644 "$(realpath "$file")" "$IMAGE/usr${file#/usr}"; done
  # The loader is a program, too.
  chmod 755 "$IMAGE"/usr/lib64/ld-linux-*
  {
    owners_of "${libraries[@]}" | awk -F '\t' -v OFS='\t' '{sub("^/usr", "", $2); print $1, "linked", "/usr" $2}'
    owners_of "${headers[@]}" | awk -F '\t' -v OFS='\t' '{print $1, "headers", ""}'
    printf 'ca-certificates\tdata\t/%s\n' "$AUTHORITIES"
  } | sort -u | add_packages
}

libraries_of() {
  ldd "$1" | sed -nE 's|^.*=> (/[^ ]+) .*|\1|p; s|^\s+(/[^ ]+) .*|\1|p'
}

# headers_of TARGET: of others, as the compiler told ninja. They are in the binary as well.
headers_of() {
  ninja -C "$BUILD" -t inputs "$1" | grep '\.o$' | xargs ninja -C "$BUILD" -t deps | sed -n 's|^ *\(/usr/.*\)|\1|p' | sort -u
}

# owners_of FILE...: package and file, a line for each. A package may name the directories of before /lib was moved to
# /usr, so that each file is asked for under both names, one of which nobody knows.
owners_of() {
  local line file at
  local -a real
  local -A owner=()
  (($#)) || die "no files to find the owners of"
  mapfile -t real < <(realpath -- "$@")
  while IFS= read -r line; do owner[${line##*: }]=${line%%[:,]*}; done \
    < <(dpkg-query -S "${real[@]}" "${real[@]#/usr}" 2>/dev/null || true)
  for at in "${!real[@]}"; do
    file=${real[at]}
    line=${owner[$file]:-${owner[${file#/usr}]:-}}
    [[ $line ]] || die "no package has $file"
    printf '%s\t%s\n' "$line" "${@:at+1:1}"
  done
}

# What is in the image of others: of `package, use, file` on standard input a line for each package and use, with versions
# and all of its files. And under which terms, once for all packages of one source.
add_packages() {
  local package use file key versions source
  local -A files=()
  while IFS=$'\t' read -r package use file; do files[$package $use]+=" $file"; done
  for key in "${!files[@]}"; do
    read -r package use <<<"$key"
    # shellcheck disable=SC2016  # dpkg-query fills that in, not the shell
    versions=$(dpkg-query -W -f='${Package}\t${Version}\t${source:Package}\t${source:Version}\t${Architecture}' "$package")
    file=${files[$key]}
    printf '%s\t%s\t%s\n' "$versions" "$use" "${file# }"
    source=$(cut -f3 <<<"$versions")
    add_terms "/usr/share/doc/$package/copyright" "$IMAGE/usr/share/doc/$source/copyright"
  done | sort >"$IMAGE/$DATA_OF_IMAGE/packages.tsv"
}

add_terms() {
  if [[ ! -f $2 ]]; then install -D -m 644 "$1" "$2"; fi
  cmp "$1" "$2" || die "packages of one source have other terms: $1"
}

add_settings() {
  "$ROOT/deploy/images/people.sh" "$IMAGE/etc"
  echo "hosts: files dns" >"$IMAGE/etc/nsswitch.conf"
  # Debian's authorities alone: those that the building machine trusts besides are its own matter.
  find /usr/share/ca-certificates -name '*.crt' -print0 | sort -z | xargs -0 cat \
    >"$IMAGE/$AUTHORITIES"
  # Where OpenSSL looks for whom the system trusts.
  mkdir "$IMAGE/usr/lib/ssl"
  ln -s "/$AUTHORITIES" "$IMAGE/usr/lib/ssl/cert.pem"
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

# One time for all files and for ever: a builder that has a layer with the same bytes takes that, whatever the times in it.
settle() {
  chmod -R u=rwX,go=rX "$IMAGE"
  find "$IMAGE" -exec touch --no-dereference --date=@0 {} +
}

main "$@"
