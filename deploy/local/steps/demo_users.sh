#!/usr/bin/env bash
# Three shoppers with money and an admin, made through the public REST API, as anybody would.
# Can be run again: a user that exists is logged in, a deposit is replayed by its key.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

main() {
  local name token
  read_port
  step "Making the demo users"
  for name in "${DEMO_SHOPPERS[@]}"; do
    token=$(token_of "$name") || give_up "$name"
    deposit "$name" "$token" || give_up "$name"
  done
  token_of admin >/dev/null || give_up admin
  # No API gives anybody the first admin role: that takes the database.
  role_psql identity_owner -q -v ON_ERROR_STOP=1 -c \
    "INSERT INTO identity.user_role(user_id, role)
     SELECT user_id, 'admin' FROM identity.users WHERE email = 'admin@example.com'
     ON CONFLICT DO NOTHING" || give_up admin
  mkdir -p "$STAMPS"
  touch "$STAMPS/demo-users"
}

# A shop without demo users is still a shop; the next start tries again.
give_up() {
  say "${YELLOW}The demo user $1 could not be made; ./cartwright seed tries again$PLAIN"
  exit 1
}

# Prints an access token. Somebody may have registered the address already.
token_of() {
  local name=$1 credentials
  credentials=$(printf '"email":"%s@example.com","password":"%s"' "$name" "$DEMO_PASSWORD")
  post /api/auth/register "{$credentials,\"displayName\":\"${name^}\"}" ||
    post /api/auth/login "{$credentials}"
}

deposit() {
  local name=$1 token=$2
  post /api/wallet/deposit '{"amount":{"currencyCode":"EUR","minorUnits":"500000"}}' \
    -H "Authorization: Bearer $token" -H "Idempotency-Key: demo-$name-1" >/dev/null
}

# post PATH JSON [curl options]: prints the access token of the answer, if there is one.
post() {
  local path=$1 json=$2
  shift 2
  curl -sS --fail --max-time 10 -H 'Content-Type: application/json' --data-binary "$json" "$@" \
    --cacert "$TLS/ca.crt" "${CARTWRIGHT_SHOP:-$SCHEME://127.0.0.1:$PORT}$path" 2>>"$LOG/demo-users.log" | jq -er '.accessToken // ""'
}

main
