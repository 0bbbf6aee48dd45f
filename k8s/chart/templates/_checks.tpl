{{/* What no schema can say: rules about several values. Each message names the key to change. */}}
{{- define "cartwright.check" -}}
{{- $values := .Values -}}
{{- if not $values.publicUrl }}{{ fail "publicUrl must be set, for example https://shop.example.com" }}{{ end -}}
{{- if ne $values.expose.kind "None" -}}
  {{- if not $values.expose.host }}{{ fail "expose.host must be set when expose.kind is not None" }}{{ end -}}
  {{- $host := regexReplaceAll "^https?://([^:]+).*$" $values.publicUrl "${1}" -}}
  {{- if ne $host $values.expose.host }}{{ fail (printf "expose.host must be the host of publicUrl, %s, not %s" $host $values.expose.host) }}{{ end -}}
  {{- if not $values.gateway.settings.trustedProxies }}{{ fail "gateway.settings.trustedProxies must name the addresses of the proxy when expose.kind is not None" }}{{ end -}}
{{- end -}}
{{- if and (eq $values.expose.kind "HTTPRoute") (not $values.expose.httpRoute.gateways) }}{{ fail "expose.httpRoute.gateways must name a Gateway when expose.kind is HTTPRoute" }}{{ end -}}
{{- if and (eq $values.expose.kind "Ingress") (not $values.expose.ingress.className) }}{{ fail "expose.ingress.className must be set when expose.kind is Ingress" }}{{ end -}}
{{- $edge := $values.networkPolicy.edge -}}
{{- if and (ne $values.expose.kind "None") $values.networkPolicy.enabled (not (or $edge.namespaceLabels $edge.podLabels $edge.cidrs)) }}{{ fail "networkPolicy.edge must say where the proxy is when expose.kind is not None, or nobody gets in" }}{{ end -}}
{{- $dns := $values.networkPolicy.dns -}}
{{- if and $values.networkPolicy.enabled (not (or $dns.namespaceLabels $dns.podLabels $dns.cidrs)) }}{{ fail "networkPolicy.dns must say where the DNS is, by labels or cidrs, or no process finds another" }}{{ end -}}
{{- if $values.expose.tlsToGateway -}}
  {{- /* Browsers are told to use nothing but TLS then. */ -}}
  {{- if not (hasPrefix "https://" $values.publicUrl) }}{{ fail "publicUrl must begin with https:// when expose.tlsToGateway is true" }}{{ end -}}
  {{- $authorities := $values.certificates.authorities -}}
  {{- if and (eq $values.expose.kind "HTTPRoute") (or (not $authorities.configMap) (ne $authorities.key "ca.crt")) }}{{ fail "certificates.authorities.configMap must be set, and its key be ca.crt, when expose.tlsToGateway is true and expose.kind HTTPRoute: by it the Gateway verifies the certificate" }}{{ end -}}
{{- end -}}
{{- if and (eq $values.certificates.mode "Issuer") (not $values.certificates.issuer.name) }}{{ fail "certificates.issuer.name must be set when certificates.mode is Issuer" }}{{ end -}}
{{- $duration := trimSuffix "h" $values.certificates.duration | int -}}
{{- if ge (trimSuffix "h" $values.certificates.renewBefore | int) $duration }}{{ fail "certificates.renewBefore must be shorter than certificates.duration" }}{{ end -}}
{{- if and $values.tests.enabled (not $values.tests.image) }}{{ fail "tests.image must be set when tests.enabled is true" }}{{ end -}}
{{- if and $values.networkPolicy.enabled (not $values.database.cluster) (not $values.database.cidrs) }}{{ fail "database.cluster or database.cidrs must say where Postgres is, or nothing may reach it" }}{{ end -}}
{{- $canary := $values.rollout.canary -}}
{{- if and $canary.enabled (not $canary.prometheus) }}{{ fail "rollout.canary.prometheus must be set when rollout.canary.enabled is true: without it nothing is measured" }}{{ end -}}
{{- $before := 0 -}}
{{- range $canary.steps }}{{ if le (int .) $before }}{{ fail "rollout.canary.steps must rise" }}{{ end }}{{ $before = int . }}{{ end -}}
{{- $providers := $values.services.identity.identityProviders -}}
{{- if and $values.networkPolicy.enabled $providers.secret (not $providers.cidrs) }}{{ fail "services.identity.identityProviders.cidrs must say where the providers are, or identity cannot reach them" }}{{ end -}}
{{- range $name := splitList " " (include "cartwright.processNames" .) -}}
  {{- $path := ternary "gateway" (printf "services.%s" $name) (eq $name "gateway") -}}
  {{- $process := include "cartwright.valuesOf" (dict "root" $ "name" $name) | fromYaml -}}
  {{- if and $canary.enabled (not $process.autoscaling.enabled) }}{{ fail (printf "%s.autoscaling.enabled must be true when rollout.canary.enabled is: with a fixed number the Deployment would make pods, too" $path) }}{{ end -}}
  {{- if gt (int $process.autoscaling.minReplicas) (int $process.autoscaling.maxReplicas) }}{{ fail (printf "%s.autoscaling.minReplicas must not be above maxReplicas" $path) }}{{ end -}}
  {{- range $kind := list "memory" "ephemeral-storage" -}}
    {{- $limit := include "cartwright.mebibytes" (get $process.resources.limits $kind) | int -}}
    {{- if lt $limit (include "cartwright.mebibytes" (get $process.resources.requests $kind) | int) }}{{ fail (printf "%s.resources.limits.%s must not be below requests.%s" $path $kind $kind) }}{{ end -}}
  {{- end -}}
  {{- $memory := include "cartwright.mebibytes" $process.resources.limits.memory | int -}}
  {{- if eq $name "gateway" -}}
    {{- if gt (add (int $process.settings.cacheMib) 128 | int) $memory }}{{ fail (printf "gateway.settings.cacheMib must be at most %d: 128 MiB of gateway.resources.limits.memory are for the rest" (sub $memory 128)) }}{{ end -}}
  {{- else if eq $name "identity" -}}
    {{- /* What services/identity/password_hasher.h says that a hash takes. */ -}}
    {{- if gt (add (mul (int $process.settings.hashThreads) 19) 128 | int) $memory }}{{ fail (printf "services.identity.settings.hashThreads must be at most %d: each takes 19 MiB, and 128 MiB of services.identity.resources.limits.memory are for the rest" (div (sub $memory 128) 19)) }}{{ end -}}
  {{- end -}}
  {{- if ne $name "gateway" -}}
    {{- if eq $process.secrets.databaseOwner $process.secrets.database }}{{ fail (printf "%s.secrets.databaseOwner must be another than database: who serves must not own the schema" $path) }}{{ end -}}
    {{- $queue := int $process.databaseQueue -}}
    {{- if and $process.autoscaling.enabled (ge (int $process.autoscaling.queueDepth) $queue) }}{{ fail (printf "%s.autoscaling.queueDepth must be below databaseQueue, %d, or it is never passed" $path $queue) }}{{ end -}}
    {{- /* In a rollout one more pod, and old ones that drain: one begins every minReadySeconds. One more connection for the audit. */ -}}
    {{- $most := ternary (int $process.autoscaling.maxReplicas) (int $process.replicas) $process.autoscaling.enabled -}}
    {{- $drain := add $values.drain.preStopSeconds $values.drain.noticeSeconds $values.drain.timeoutSeconds | int -}}
    {{- $every := max 1 (int $values.rollout.minReadySeconds) | int -}}
    {{- $draining := min $most (div (add $drain (sub $every 1)) $every) | int -}}
    {{- $connections := mul (add $most 1 $draining) (add (int $process.databaseWorkers) 1) | int -}}
    {{- if gt $connections (int $values.database.connectionLimit) }}{{ fail (printf "%s: %d replicas, one more and %d that drain in a rollout, with databaseWorkers %d and one connection for the audit, need %d connections; database.connectionLimit is %d" $path $most $draining (int $process.databaseWorkers) $connections (int $values.database.connectionLimit)) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* A size such as 64Mi or 2Gi. */}}
{{- define "cartwright.mebibytes" -}}
{{ if hasSuffix "Gi" . }}{{ trimSuffix "Gi" . | int | mul 1024 }}{{ else }}{{ trimSuffix "Mi" . }}{{ end }}
{{- end }}
