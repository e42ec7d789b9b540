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
{{- end }}
