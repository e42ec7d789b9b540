{{/* Labels of what belongs to the platform as a whole. */}}
{{- define "pourquoi.labels" -}}
app.kubernetes.io/name: pourquoi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: pourquoi
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An API key: shown once to whoever holds the Secret, and its record for keys.json, which holds only a hash. */}}
{{- define "pourquoi.keyRecord" -}}
{{- $parts := splitn "_" 3 .key -}}
{{- dict "id" $parts._1 "hash" (sha256sum $parts._2) "workspace" .workspace "scopes" .scopes "subject" .subject
    "created_at" (now | date "2006-01-02T15:04:05Z07:00") | toJson -}}
{{- end }}

{{- define "pourquoi.newKey" -}}
{{- printf "pq_%s_%s" (randNumeric 12) (randAlphaNum 43) -}}
{{- end }}
