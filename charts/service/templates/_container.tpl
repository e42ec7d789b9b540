{{/* What both containers of a pod have in common: the migration and the service run the same image and settings. */}}
{{- define "service.container" -}}
image: {{ include "service.image" . }}
imagePullPolicy: {{ .Values.global.image.pullPolicy }}
env:
  {{- include "service.env" . | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: keys
    mountPath: /etc/pourquoi
    readOnly: true
  - name: scratch
    mountPath: /tmp
  {{- range $folder, $secret := .Values.secretFiles }}
  - name: {{ include "service.secretVolume" $folder }}
    mountPath: {{ $folder }}
    readOnly: true
  {{- end }}
{{- end }}

{{/* Name of the volume of a folder of secrets. */}}
{{- define "service.secretVolume" -}}
{{- printf "files%s" . | replace "/" "-" }}
{{- end }}
