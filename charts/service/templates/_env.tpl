{{/* Environment of a service's containers: every name is a setting of that service, which refuses unknown ones. */}}
{{- define "service.env" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret | default (printf "%s-app" (include "service.database" .)) }}
      key: uri
- name: NATS_URL
  {{- with .Values.global.nats.existingSecret }}
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: url
  {{- else }}
  value: {{ .Values.global.nats.url | quote }}
  {{- end }}
- name: POURQUOI_NATS_REPLICAS
  value: {{ .Values.global.nats.streamReplicas | quote }}
- name: POURQUOI_NATS_PREFIX
  value: {{ .Values.global.nats.prefix | quote }}
- name: POURQUOI_HTTP_HOST
  value: 0.0.0.0
- name: POURQUOI_HTTP_PORT
  value: "8000"
- name: POURQUOI_GRPC_PORT
  value: "9000"
- name: POURQUOI_SHUTDOWN_SECONDS
  value: {{ .Values.shutdown.workSeconds | quote }}
- name: POURQUOI_LOG_LEVEL
  value: {{ .Values.global.logLevel }}
- name: POURQUOI_KEYS_FILE
  value: /etc/pourquoi/keys.json
- name: POURQUOI_SERVICE_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "service.authSecret" . }}
      key: service-key
- name: POURQUOI_CURSOR_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "service.authSecret" . }}
      key: cursor-secret
{{- with .Values.global.otlp.endpoint }}
- name: POURQUOI_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .Values.global.oidc }}
{{- if .issuer }}
- name: POURQUOI_OIDC_ISSUER
  value: {{ .issuer | quote }}
- name: POURQUOI_OIDC_JWKS_URL
  value: {{ required "global.oidc.jwksUrl is needed beside global.oidc.issuer" .jwksUrl | quote }}
- name: POURQUOI_OIDC_AUDIENCE
  value: {{ .audience | quote }}
- name: POURQUOI_OIDC_WORKSPACE_CLAIM
  value: {{ .workspaceClaim | quote }}
{{- end }}
{{- end }}
{{- range .Values.calls }}
- name: {{ printf "%s_%s_TARGET" $.Chart.Name . | upper }}
  value: {{ printf "dns:///%s:9000" (include "service.grpcHost" (dict "release" $.Release.Name "service" .)) }}
{{- end }}
{{- range $variable, $key := .Values.secretEnv }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "service.authSecret" $ }}
      key: {{ $key }}
{{- end }}
{{- range $variable, $value := .Values.env }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
# Numeric libraries take as many threads as the pod asks cores for, not as many as its node has.
- name: OMP_NUM_THREADS
  valueFrom:
    resourceFieldRef:
      resource: requests.cpu
      divisor: "1"
{{- end }}
