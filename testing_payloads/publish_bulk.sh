#!/bin/sh
# Publishes lines of JSON, an event each, packed on the way: sh publish_bulk.sh TOPIC FILE.ndjson
#
# The file may have any length: it is sent while it is read. The answer counts what became of the lines, and tells which
# of them are no events; in events.ndjson the third is none, as its time has no zone. To be sure, send it all again.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 2 ]; then
  echo "usage: sh publish_bulk.sh TOPIC FILE.ndjson" >&2
  exit 2
fi
gzip -c "$2" | curl --silent --show-error --request POST --upload-file - \
  --header "Authorization: Bearer $TOKEN" --header "Content-Encoding: gzip" --header "Content-Type: application/x-ndjson" \
  "$URL/topics/$1/events"
echo
