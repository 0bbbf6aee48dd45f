# Passwords and keys: random, made once per data directory, readable by its owner only.
# shellcheck shell=bash

ensure_secrets() {
  local service
  mkdir -p "$SECRETS"
  chmod 700 "$SECRETS"
  ensure_secret postgres.password
  ensure_secret key_encryption.key
  ensure_secret password_pepper.key
  ensure_secret old_password_pepper.key # of no hash, until somebody replaces the other one
  for service in "${SERVICES[@]}"; do
    ensure_secret "${service}_owner.password"
    ensure_secret "${service}_app.password"
  done
  for service in catalog order wallet; do ensure_secret "${service}_page_token.key"; done
}

# 32 random bytes as hex, which need no quoting in SQL or in a URI.
ensure_secret() {
  local file=$SECRETS/$1
  [[ -s $file ]] || write_private "$file" "$(openssl rand -hex 32)"
}

# The text is complete or not there at all, and never readable by others, not even for a moment.
write_private() {
  local file=$1 text=$2
  (umask 077 && printf '%s\n' "$text" >"$file.new")
  mv -f "$file.new" "$file"
}

# Connection strings hold the port, which may be another one at each start.
write_database_urls() {
  local service role
  for service in "${SERVICES[@]}"; do
    for role in owner app; do
      write_private "$SECRETS/${service}_$role.url" "$(database_url "${service}_$role")"
    done
  done
}

# database_url ROLE [HOST:PORT]
# A connection that never leaves this machine spends no time on offering TLS or Kerberos. A server that
# vanishes without a word is given up within seconds: the limits of the role are the server's own clock.
database_url() {
  local address=${2:-$POSTGRES_HOST:$(postgres_port)}
  local limits="connect_timeout=2&tcp_user_timeout=3000&keepalives_idle=2&keepalives_interval=1&keepalives_count=3"
  echo "postgresql://$1:$(<"$SECRETS/$1.password")@$address/cartwright?$POSTGRES_TLS&gssencmode=disable&$limits"
}
