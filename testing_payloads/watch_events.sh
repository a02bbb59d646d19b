#!/bin/sh
# Follows a topic as server-sent events: sh watch_events.sh TOPIC [CURSOR [SECONDS]]
#
# Each event is a line `data: {...}`. With a CURSOR, an event's or a topic's, it begins with what follows that; without
# one, or with an empty one, with what is published from now on. It goes on until Ctrl-C, or for so many seconds.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -lt 1 ] || [ $# -gt 3 ]; then
  echo "usage: sh watch_events.sh TOPIC [CURSOR [SECONDS]]" >&2
  exit 2
fi
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/watch_events.graphql" | tr -d '\n')
after=null
if [ -n "${2:-}" ]; then
  after="\"$2\""
fi
exec curl --no-buffer --silent --show-error --fail-with-body --max-time "${3:-86400}" \
  --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
  --header 'Accept: text/event-stream' \
  --data-binary "{\"query\": \"$query\", \"variables\": {\"topic\": \"$1\", \"after\": $after}}" "$URL/graphql"
