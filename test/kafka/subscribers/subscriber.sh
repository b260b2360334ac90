#!/bin/sh
# Prints every alert, a line of JSON each, to the end of the topic; without -e it goes on. How to log in is in the file that
# KCAT_CONFIG names.
set -eu
exec kcat -C -q -e -o beginning -X isolation.level=read_committed -t "${TOPIC_PREFIX:-}access.alerts.ocsf"
