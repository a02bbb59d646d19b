#!/bin/sh
# Follows a throttle plan as server-sent events: sh watch_throttle_plan.sh THROTTLE_PLAN_ID [SECONDS]
#
# The plan as it is now is a line `data: {...}`, and so is every one that is made of it on the way. It goes on until
# Ctrl-C, until the plan is deleted, or for so many seconds.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: sh watch_throttle_plan.sh THROTTLE_PLAN_ID [SECONDS]" >&2
  exit 2
fi
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/watch_throttle_plan.graphql" | tr -d '\n')
exec curl --no-buffer --silent --show-error --fail-with-body --max-time "${2:-86400}" \
  --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
  --header 'Accept: text/event-stream' \
  --data-binary "{\"query\": \"$query\", \"variables\": {\"id\": \"$1\"}}" "$URL/graphql"
