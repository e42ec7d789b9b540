{{/* Under an alias `.Chart.Name` is the alias: ingest, enrichment, segmentation, insight. */}}
{{- define "service.fullname" -}}
{{- if gt (len .Release.Name) 34 -}}
{{- fail "The release name must have at most 34 characters: names of databases and Services are made of it." -}}
{{- end -}}
{{- printf "%s-%s" .Release.Name .Chart.Name -}}
{{- end }}

{{- define "service.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "service.labels" -}}
{{ include "service.selectorLabels" . }}
app.kubernetes.io/part-of: pourquoi
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "service.image" -}}
{{- $usual := printf "%s/pourquoi-%s" .Values.global.image.registry .Chart.Name -}}
{{- $tag := .Values.image.tag | default .Values.global.image.tag | default .Chart.AppVersion -}}
{{- printf "%s:%s" (.Values.image.repository | default $usual) $tag -}}
{{- end }}

{{/* The CloudNativePG cluster of this service; the umbrella chart creates it under the same name. */}}
{{- define "service.database" -}}
{{- printf "%s-db" (include "service.fullname" .) -}}
{{- end }}

{{/* Name of the headless Service that gRPC clients of `service` resolve. */}}
{{- define "service.grpcHost" -}}
{{- printf "%s-%s-grpc" .release .service -}}
{{- end }}

{{/* The Secret that holds API keys, the key for calls between services and the cursor secret. */}}
{{- define "service.authSecret" -}}
{{- .Values.global.auth.existingSecret | default (printf "%s-auth" .Release.Name) -}}
{{- end }}
