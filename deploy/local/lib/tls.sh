# A development CA and one certificate per process, so that mTLS is on here as it is in production;
# one for the operator, who calls services from a shell (lib/operator.sh); and one for the public port
# (`up --tls`).
# shellcheck shell=bash

RENEW_BEFORE_S=$((7 * 24 * 3600))

ensure_tls() {
  local process
  mkdir -p "$TLS"
  chmod 700 "$TLS"
  if ! openssl x509 -noout -checkend "$RENEW_BEFORE_S" -in "$TLS/ca.crt" &>/dev/null; then
    make_ca
  fi
  for process in "${SERVICES[@]}" gateway operator shop; do
    if ! is_certificate_good "$process"; then make_certificate "$process"; fi
  done
}

# Signed by our CA, and still so in a week.
is_certificate_good() {
  [[ -s $TLS/$1.key ]] &&
    openssl verify -CAfile "$TLS/ca.crt" -attime $((EPOCHSECONDS + RENEW_BEFORE_S)) "$TLS/$1.crt" &>/dev/null
}

make_ca() {
  step "Making a development certificate authority"
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
      -subj "/CN=Cartwright development CA" -keyout "$TLS/ca.key" -out "$TLS/ca.crt" \
      -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
  ) &>"$TLS/openssl.log" || die "openssl failed; see $TLS/openssl.log"
}

# The spiffe URI is what a peer is known by (shared/rpc); the DNS names are what clients verify.
make_certificate() {
  local name=$1
  (
    umask 077
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
      -subj "/CN=$name" -keyout "$TLS/$name.key" -out "$TLS/$name.csr"
    openssl x509 -req -in "$TLS/$name.csr" -CA "$TLS/ca.crt" -CAkey "$TLS/ca.key" -days 365 \
      -set_serial "0x$(openssl rand -hex 16)" -out "$TLS/$name.crt" -extfile <(
        echo "basicConstraints=critical,CA:FALSE"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=serverAuth,clientAuth"
        echo "subjectAltName=URI:spiffe://cartwright/$name,DNS:$name,DNS:localhost,IP:127.0.0.1"
      )
  ) &>"$TLS/openssl.log" || die "openssl failed; see $TLS/openssl.log"
  rm -f "$TLS/$name.csr"
}
