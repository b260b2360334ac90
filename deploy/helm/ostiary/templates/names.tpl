{{- define "ostiary.name" -}}
{{- if contains "ostiary" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-ostiary" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "ostiary.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: ostiary
{{ include "ostiary.selector" . }}
{{- end }}

{{- define "ostiary.selector" -}}
app.kubernetes.io/name: ostiary
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The tag of a service goes before all: while a new version comes in, they run different ones. */}}
{{- define "ostiary.image" -}}
{{- $image := .root.Values.image }}
{{- if and $image.perService $image.digest }}{{ fail "image.digest names one image: leave it out with image.perService" }}{{ end }}
{{- $repository := ternary (print $image.repository "-" .service) $image.repository (and $image.perService (not (empty .service))) }}
{{- if .tag }}{{ $repository }}:{{ .tag }}{{ else if $image.digest }}{{ $repository }}@{{ $image.digest }}{{ else }}{{ $repository }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{- /* The file of settings, which every service reads: what it says is checked by the program, unknown keys refused. */}}
{{- define "ostiary.settings" -}}
{{- $sasl := .Values.kafka.sasl }}
{{- $tls := .Values.kafka.tls }}
{{- $settings := dict "brokers" .Values.kafka.brokers "registryUrl" .Values.registry.url "topicPrefix" .Values.kafka.topicPrefix "listen" "0.0.0.0:9464" }}
{{- if ne $sasl.mechanism "none" }}
{{- $_ := set $settings "saslMechanism" $sasl.mechanism }}
{{- $_ := set $settings "saslPasswordFile" "/run/secrets/ostiary/sasl-password" }}
{{- end }}
{{- if $tls.enabled }}
{{- $_ := set $settings "tls" "yes" }}
{{- if $tls.ca.secret }}{{ $_ := set $settings "tlsCaFile" "/run/secrets/ostiary/kafka-ca.crt" }}{{ end }}
{{- if $tls.clientSecretPrefix }}
{{- $_ := set $settings "tlsCertFile" "/run/secrets/ostiary/kafka-tls.crt" }}
{{- $_ := set $settings "tlsKeyFile" "/run/secrets/ostiary/kafka-tls.key" }}
{{- end }}
{{- end }}
{{- if .Values.registry.username }}
{{- $_ := set $settings "registryUsername" .Values.registry.username }}
{{- $_ := set $settings "registryPasswordFile" "/run/secrets/ostiary/registry-password" }}
{{- end }}
{{- mergeOverwrite $settings (deepCopy .Values.config) | toYaml }}
{{- end }}

{{- /* What runs: the enabled services and the forwarders, one like the other. A list under "items", each with its service, the
name of its own, what it is run with, the secrets that only it gets, and its values. */}}
{{- define "ostiary.workloads" -}}
{{- $items := list }}
{{- range $service, $values := .Values.services }}
{{- if $values.enabled }}
{{- $args := list }}
{{- $secrets := list }}
{{- if eq $service "enricher" }}
{{- $args = list "--key" "/run/key/pseudonym-key" }}
{{- else if eq $service "collector" }}
{{- $args = list "--collect" "0.0.0.0:8787" "--token-file" "/run/secrets/ostiary/collector-token" }}
{{- $secrets = list (dict "from" $.Values.secrets.collectorToken "path" "collector-token") }}
{{- end }}
{{- $items = append $items (dict "service" $service "name" $service "args" $args "secrets" $secrets "values" $values) }}
{{- end }}
{{- end }}
{{- range .Values.forwarders }}
{{- $args := list "--to" .to "--name" .name "--url" .url }}
{{- $secrets := list }}
{{- if .secret }}
{{- $args = concat $args (list "--secret-file" "/run/secrets/ostiary/receiver-secret") }}
{{- $secrets = append $secrets (dict "from" .secret "path" "receiver-secret") }}
{{- end }}
{{- if .ca }}
{{- $args = concat $args (list "--ca-file" "/run/secrets/ostiary/receiver-ca.crt") }}
{{- $secrets = append $secrets (dict "from" .ca "path" "receiver-ca.crt") }}
{{- end }}
{{- $values := merge (dict "replicas" 1) $.Values.forwarder }}
{{- $items = append $items (dict "service" "forwarder" "name" (printf "forwarder-%s" .name) "args" $args "secrets" $secrets "values" $values) }}
{{- end }}
{{- dict "items" $items | toYaml }}
{{- end }}

{{- /* The secrets of one of them, its own and those that all get, as sources of a projected volume. */}}
{{- define "ostiary.secrets" -}}
{{- $root := .root }}
{{- $all := .workload.secrets }}
{{- with $root.Values.kafka }}
{{- if ne .sasl.mechanism "none" }}
{{- $all = append $all (dict "from" (dict "secret" (print .sasl.secretPrefix $.workload.service) "key" .sasl.key) "path" "sasl-password") }}
{{- end }}
{{- if and .tls.enabled .tls.ca.secret }}
{{- $all = append $all (dict "from" .tls.ca "path" "kafka-ca.crt") }}
{{- end }}
{{- if and .tls.enabled .tls.clientSecretPrefix }}
{{- $secret := print .tls.clientSecretPrefix $.workload.service }}
{{- $all = append $all (dict "from" (dict "secret" $secret "key" "tls.crt") "path" "kafka-tls.crt") }}
{{- $all = append $all (dict "from" (dict "secret" $secret "key" "tls.key") "path" "kafka-tls.key") }}
{{- end }}
{{- end }}
{{- if $root.Values.registry.username }}
{{- $all = append $all (dict "from" $root.Values.registry.password "path" "registry-password") }}
{{- end }}
{{- range $all }}
- secret:
    name: {{ .from.secret }}
    items: [{ key: {{ .from.key | quote }}, path: {{ .path }} }]
{{- end }}
{{- end }}
