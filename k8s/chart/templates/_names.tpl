{{/* What every template needs. Objects are called as their service is, so a namespace has one release. */}}

{{- define "cartwright.serviceNames" -}}identity catalog cart order wallet{{- end }}
{{- define "cartwright.processNames" -}}{{ include "cartwright.serviceNames" . }} gateway{{- end }}

{{/* Never more than these in a selector: it cannot be changed in an upgrade. Takes (root, name). */}}
{{- define "cartwright.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* Takes (root, name, component). */}}
{{- define "cartwright.labels" -}}
{{ include "cartwright.selector" . }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: cartwright
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "cartwright.component" -}}
{{ if eq . "gateway" }}gateway{{ else }}service{{ end }}
{{- end }}

{{/* Takes (root, name). */}}
{{- define "cartwright.image" -}}
{{- $image := .root.Values.image -}}
{{- $digest := get ($image.digests | default dict) .name -}}
{{- if $digest -}}
{{ $image.prefix }}/{{ .name }}@{{ $digest }}
{{- else if $image.tag -}}
{{ $image.prefix }}/{{ .name }}:{{ $image.tag }}
{{- else -}}
{{ fail (printf "image.digests.%s must be set (or image.tag, for development)" .name) }}
{{- end -}}
{{- end }}

{{/* Values of a process, whether service or gateway. Takes (root, name); the answer is YAML. */}}
{{- define "cartwright.valuesOf" -}}
{{- if eq .name "gateway" -}}
{{ toYaml .root.Values.gateway }}
{{- else -}}
{{ toYaml (get .root.Values.services .name) }}
{{- end -}}
{{- end }}

{{/* Seconds that a pod may take to end: 10 more than what it is told to take. */}}
{{- define "cartwright.grace" -}}
{{ add .Values.drain.preStopSeconds .Values.drain.noticeSeconds .Values.drain.timeoutSeconds 10 }}
{{- end }}

{{/* The public port of the gateway's service. */}}
{{- define "cartwright.public" -}}
{{ if .Values.expose.tlsToGateway }}{scheme: https, port: 443}{{ else }}{scheme: http, port: 80}{{ end }}
{{- end }}

{{/* Seconds after which a rollout that gets nowhere has failed. */}}
{{- define "cartwright.progressDeadline" -}}300{{- end }}

{{- define "cartwright.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "cartwright.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* What all pods have in common. Takes (root, name). */}}
{{- define "cartwright.podCommon" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "cartwright.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The call graph of the protos: callers by service. */}}
{{- define "cartwright.callGraph" -}}
{{ .Files.Get "files/call-graph.yaml" }}
{{- end }}

{{/* Services that a process calls, space between. Takes (root, name). */}}
{{- define "cartwright.callees" -}}
{{- $callees := list -}}
{{- $name := .name -}}
{{- range $service, $callers := include "cartwright.callGraph" .root | fromYaml -}}
{{- if has $name $callers }}{{ $callees = append $callees $service }}{{ end -}}
{{- end -}}
{{- join " " $callees -}}
{{- end }}

{{/* name=host:port of all callees, as --peers and --backends take it. Takes (root, name). */}}
{{- define "cartwright.addresses" -}}
{{- $addresses := list -}}
{{- range splitList " " (include "cartwright.callees" .) -}}
{{- if . }}{{ $addresses = append $addresses (printf "%s=%s:9000" . .) }}{{ end -}}
{{- end -}}
{{- join "," $addresses -}}
{{- end }}

{{/* Secret and CA of the database as one directory. Takes (root, secret). */}}
{{- define "cartwright.databaseVolume" -}}
projected:
  defaultMode: 0440
  sources:
    - secret:
        name: {{ .secret }}
        items: [{key: url, path: url}]
    - secret:
        name: {{ .root.Values.database.certificateAuthority.secret }}
        items: [{key: {{ .root.Values.database.certificateAuthority.key }}, path: ca.crt}]
{{- end }}
