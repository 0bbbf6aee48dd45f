{{/* The command line of a process: the flags of shared/kit and its own. Takes (root, name). */}}
{{- define "cartwright.args" -}}
{{- $values := include "cartwright.valuesOf" . | fromYaml -}}
{{- $settings := $values.settings | default dict -}}
{{- $drain := .root.Values.drain -}}
- --ops_listen=0.0.0.0:9100
- --log_level={{ .root.Values.logLevel }}
- --currency={{ .root.Values.currency }}
- --drain_notice_s={{ int $drain.noticeSeconds }}
- --drain_timeout_s={{ int $drain.timeoutSeconds }}
- --tls_cert_file=/etc/cartwright/tls/tls.crt
- --tls_key_file=/etc/cartwright/tls/tls.key
- --tls_ca_file=/etc/cartwright/tls/ca.crt
{{- if eq .name "gateway" }}
- --http_listen=0.0.0.0:8080
{{- if .root.Values.expose.tlsToGateway }}
- --http_certificate=/etc/cartwright/tls/tls.crt
- --http_key=/etc/cartwright/tls/tls.key
{{- end }}
- --backends={{ include "cartwright.addresses" . }}
- --descriptor_set=/usr/local/share/cartwright/cartwright.descriptors.binpb
- --static_dir=/usr/local/share/cartwright/web
- --issuer={{ .root.Values.publicUrl }}
- --http_threads={{ int $settings.httpThreads }}
- --cache_mib={{ int $settings.cacheMib }}
- --http_connections_per_address={{ int $settings.connectionsPerAddress }}
{{- with $settings.rateLimits }}
- --rate_limits={{ . }}
{{- end }}
{{- with $settings.trustedProxies }}
- --trusted_proxies={{ join "," . }}
{{- end }}
{{- if $values.media.claim }}
- --media_dir=/var/lib/cartwright/media
{{- end }}
{{- if $values.usagePlans.secret }}
- --usage_plans=/etc/cartwright/plans/plans.json
{{- end }}
{{- else }}
- --listen=0.0.0.0:9000
- --database_url_file=/etc/cartwright/database/url
- --database_workers={{ int $values.databaseWorkers }}
- --database_queue={{ int $values.databaseQueue }}
- --migrations_dir=/usr/local/share/cartwright/migrations
- --audit_dir=/usr/local/share/cartwright/audit
{{- with include "cartwright.addresses" . }}
- --peers={{ . }}
{{- end }}
{{- if eq .name "identity" }}
- --issuer={{ .root.Values.publicUrl }}
- --key_encryption_key_file=/etc/cartwright/keys/key_encryption.key
- --password_pepper_file=/etc/cartwright/keys/password_pepper.key
- --hash_threads={{ int $settings.hashThreads }}
{{- if $values.identityProviders.secret }}
- --identity_providers=/etc/cartwright/providers/providers.json
{{- end }}
{{- if $settings.oldPepper }}
- --old_password_pepper_file=/etc/cartwright/keys/old_password_pepper.key
{{- end }}
{{- else if $values.secrets.keys }}
- --page_token_key_file=/etc/cartwright/keys/page_token.key
{{- end }}
{{- if eq .name "catalog" }}
- --reservation_ttl_s={{ int $settings.reservationTtlSeconds }}
{{- else if eq .name "order" }}
- --saga_lease_ms={{ int $settings.sagaLeaseMs }}
- --decide_within_ms={{ int $settings.decideWithinMs }}
{{- else if eq .name "wallet" }}
- --hold_ttl_s={{ int $settings.holdTtlSeconds }}
- --expiry_sweep_ms={{ int $settings.expirySweepMs }}
{{- end }}
{{- end }}
{{- end }}
