# Calls as the operator, a client that has a certificate of its own and is no process of the shop.
# shellcheck shell=bash
# shellcheck disable=SC2034  # CALL is what the callers use

# call_command SERVICE: sets CALL, the beginning of a command line that METHOD and JSON complete.
call_command() {
  is_service "$1" || die "no such service: $1 (${SERVICES[*]})"
  [[ -s $TLS/operator.crt ]] || die "$TLS has no certificate of the operator; ./cartwright up makes it"
  CALL=("$BUILD/bin/cartwright-call" --descriptor_set="$BUILD/cartwright.descriptors.binpb"
    --service="$1" --address="127.0.0.1:$(main_port "$1")"
    --tls_cert_file="$TLS/operator.crt" --tls_key_file="$TLS/operator.key" --tls_ca_file="$TLS/ca.crt")
}
