{{/* A peer by labels of its namespace and its pods: both must fit. */}}
{{- define "cartwright.peer" -}}
{{- with .namespaceLabels }}
namespaceSelector:
  matchLabels:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- with .podLabels }}
podSelector:
  matchLabels:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}

{{/* All peers of one of networkPolicy's keys. */}}
{{- define "cartwright.peers" -}}
{{- if or .namespaceLabels .podLabels }}
- {{- include "cartwright.peer" . | nindent 2 }}
{{- end }}
{{- range .cidrs }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end }}

{{- define "cartwright.dnsEgress" -}}
- ports:
    {{- range .Values.networkPolicy.dns.ports }}
    - {port: {{ int . }}, protocol: UDP}
    - {port: {{ int . }}, protocol: TCP}
    {{- end }}
  to:
    {{- include "cartwright.peers" .Values.networkPolicy.dns | nindent 4 }}
{{- end }}

{{- define "cartwright.databaseEgress" -}}
- ports: [{port: {{ int .Values.database.port }}, protocol: TCP}]
  to:
    {{- with .Values.database.cluster }}
    - podSelector:
        matchLabels: {cnpg.io/cluster: {{ . }}}
    {{- end }}
    {{- range .Values.database.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
{{- end }}
