#!/bin/sh
# Downloads the file that a run came from, as it was uploaded: sh download_original.sh RUN_ID FILE
#
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 2 ]; then
  echo "usage: sh download_original.sh RUN_ID FILE" >&2
  exit 2
fi
curl --silent --show-error --fail --header "Authorization: Bearer $TOKEN" --output "$2" "$URL/runs/$1/original"
