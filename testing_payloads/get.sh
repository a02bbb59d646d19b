#!/bin/sh
# Asks a query by GET, with the variables beside it: sh get.sh NAME
#
#   sh testing_payloads/get.sh runs
#
# For queries without places to fill in; mutations are refused by GET. The Authorization header also proves that no
# foreign web page sent this. URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 1 ] || [ ! -f "$here/$1.graphql" ]; then
  echo "usage: sh get.sh NAME, where NAME.graphql is a file in $here" >&2
  exit 2
fi
variables='{}'
if [ -f "$here/$1.json" ]; then
  variables=$(cat "$here/$1.json")
fi
curl --silent --show-error --get --header "Authorization: Bearer $TOKEN" \
  --data-urlencode "query@$here/$1.graphql" --data-urlencode "variables=$variables" "$URL/graphql"
echo
