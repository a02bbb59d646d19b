#!/bin/sh
# Follows a job to its end as server-sent events: sh watch_job.sh JOB_ID
#
# Each event is a line `data: {...}`; the stream ends with `event: complete`. A line that begins with a colon says
# only that the server is still there.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 1 ]; then
  echo "usage: sh watch_job.sh JOB_ID" >&2
  exit 2
fi
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/watch_job.graphql" | tr -d '\n')
printf '{"query": "%s", "variables": {"id": "%s"}}' "$query" "$1" |
  curl --no-buffer --silent --show-error --fail-with-body --header "Authorization: Bearer $TOKEN" \
    --header 'Content-Type: application/json' --header 'Accept: text/event-stream' --data-binary @- "$URL/graphql"
