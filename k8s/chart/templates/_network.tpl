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

{{- define "cartwright.dnsEgress" -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  to:
    - {{- include "cartwright.peer" .Values.networkPolicy.dns | nindent 6 }}
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
