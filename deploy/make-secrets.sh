#!/bin/sh
# Makes the secrets docker-compose.yml names, each in a file that only you may read. What is there stays as it is.
#   deploy/make-secrets.sh [FOLDER]        (default: deploy/secrets)
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"

random_hex() {
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

# Written aside and put in place as a whole, and only where nothing is: a key that is replaced is a memory that is lost.
make() {
  if [ -e "$folder/$1" ]; then
    echo "$folder/$1 is there"
    return
  fi
  draft=$(mktemp "$folder/.draft-XXXXXX")
  printf '%s\n' "$2" >"$draft"
  ln "$draft" "$folder/$1" && rm "$draft"
  echo "$folder/$1 made"
}

make pseudonym-key "ostiary-key-1 $(random_hex)"
make collector-token "$(random_hex)"
make grafana-password "$(random_hex)"
