{{- define "data.labels" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: database
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Rules about several values; each message names the key to change. */}}
{{- define "data.check" -}}
{{- $values := .Values -}}
{{- if not $values.image }}{{ fail "image must be set, by digest" }}{{ end -}}
{{- if ge (int $values.synchronous.standbys) (int $values.instances) }}{{ fail (printf "synchronous.standbys must be below instances (%d), not %d" (int $values.instances) (int $values.synchronous.standbys)) }}{{ end -}}
{{- if and (gt (int $values.instances) 1) (eq (int $values.synchronous.standbys) 0) }}{{ fail "synchronous.standbys must be at least 1 with more than one instance: a failover would lose what was acknowledged" }}{{ end -}}
{{- $needed := add (mul 5 (add $values.roles.connectionLimit $values.roles.ownerConnectionLimit)) 10 -}}
{{- if lt (int $values.maxConnections) (int $needed) }}{{ fail (printf "maxConnections must be at least %d, the connections of all roles and 10, not %d" (int $needed) (int $values.maxConnections)) }}{{ end -}}
{{- include "data.checkMemory" $values -}}
{{- if $values.backup.enabled -}}
{{- if not $values.backup.destination }}{{ fail "backup.destination must be set (or backup.enabled false)" }}{{ end -}}
{{- if eq (not $values.backup.credentials.secret) (not $values.backup.credentials.inheritFromRole) }}{{ fail "backup.credentials must have either secret or inheritFromRole" }}{{ end -}}
{{- end -}}
{{- if $values.restore.enabled -}}
{{- if not $values.backup.enabled }}{{ fail "restore.enabled needs backup.enabled, which says where the backups are" }}{{ end -}}
{{- if not $values.restore.from }}{{ fail "restore.from must name the cluster whose backups they are" }}{{ end -}}
{{- if eq $values.restore.from $values.name }}{{ fail "restore.from must be another cluster than name: its archive would be written over" }}{{ end -}}
{{- /* What is no day of the calendar is read as another one, or as none. At noon, which every zone has on every day. */ -}}
{{- with regexFind "^[0-9-]+" $values.restore.targetTime }}{{ if ne (printf "%s 12" . | toDate "2006-01-02 15" | date "2006-01-02") . }}{{ fail (printf "restore.targetTime: there is no %s" .) }}{{ end }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Kibibytes of a quantity with a unit, of Kubernetes or of Postgres. */}}
{{- define "data.kibibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- get (dict "kB" 1 "M" 1024 "G" 1048576) (regexFind "(kB|M|G)" .) | mul $number -}}
{{- end }}

{{/* Memory that instances cannot start with, or that the operator refuses later. */}}
{{- define "data.checkMemory" -}}
{{- $limit := include "data.kibibytes" .resources.limits.memory | int64 -}}
{{- $request := include "data.kibibytes" .resources.requests.memory | int64 -}}
{{- if lt $limit 262144 }}{{ fail (printf "resources.limits.memory must be at least 256Mi, not %s" .resources.limits.memory) }}{{ end -}}
{{- if lt $limit $request }}{{ fail (printf "resources.limits.memory must be at least resources.requests.memory (%s), not %s" .resources.requests.memory .resources.limits.memory) }}{{ end -}}
{{- with .parameters.shared_buffers -}}
{{- $buffers := include "data.kibibytes" . | int64 -}}
{{- if gt $buffers $request }}{{ fail (printf "parameters.shared_buffers must be at most resources.requests.memory (%s), not %s" $.resources.requests.memory .) }}{{ end -}}
{{- if gt (mul 2 $buffers) $limit }}{{ fail (printf "parameters.shared_buffers must be at most half of resources.limits.memory (%s), not %s: connections need the rest" $.resources.limits.memory .) }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Secret of a role. Takes (root, service, kind). */}}
{{- define "data.roleSecret" -}}
{{- $role := printf "%s_%s" .service .kind -}}
{{- get (.root.Values.roles.secrets | default dict) $role | default (printf "%s-database%s" .service (ternary "-owner" "" (eq .kind "owner"))) -}}
{{- end }}

{{- define "data.objectStore" -}}{{ .Values.name }}-backups{{- end }}

{{/* What of a network (cidr, and the key that has it) are addresses of the clouds' metadata, where a node's credentials are. */}}
{{- define "data.metadataIn" -}}
{{- $address := regexFind "^[^/]+" .cidr -}}
{{- $length := regexFind "[0-9]+$" .cidr | int -}}
{{- if contains ":" $address -}}
{{- if eq $length 0 -}}
"fe80::/10", "fd00:ec2::254/128"
{{- else if and (lt $length 32) (not (hasPrefix "2" $address)) -}}
{{- fail (printf "%s must have ::/0, networks of 2000::/3 or such as are /32 and smaller, not %s: what else is as large may hold the addresses of metadata" .key .cidr) -}}
{{- end -}}
{{- else if lt $length 16 -}}
{{- $octets := splitList "." $address -}}
{{- $first := add (mul 256 (index $octets 0 | int)) (index $octets 1 | int) -}}
{{- $size := 1 -}}
{{- range until (sub 16 $length | int) }}{{ $size = mul 2 $size }}{{ end -}}
{{- /* 169.254 as a number, in the network that $first is in. */ -}}
{{- if eq (div $first $size) (div 43518 $size) -}}
"169.254.0.0/16"
{{- end -}}
{{- end -}}
{{- end }}
