#!/bin/sh
# Follows what happens to the viewer's runs as server-sent events: sh watch_runs.sh [SECONDS]
#
# Each event is a line `data: {...}`. It goes on until Ctrl-C, or for so many seconds. A line that begins with a colon
# says only that the server is still there.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -gt 1 ]; then
  echo "usage: sh watch_runs.sh [SECONDS]" >&2
  exit 2
fi
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/watch_runs.graphql" | tr -d '\n')
exec curl --no-buffer --silent --show-error --fail-with-body --max-time "${1:-86400}" \
  --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
  --header 'Accept: text/event-stream' --data-binary "{\"query\": \"$query\"}" "$URL/graphql"
