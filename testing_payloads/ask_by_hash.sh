#!/bin/sh
# Asks a query by the hash of its text, which is an automatic persisted query: sh ask_by_hash.sh NAME
#
#   sh testing_payloads/ask_by_hash.sh viewer
#
# Where the server does not know the hash, it says PERSISTED_QUERY_NOT_FOUND, and this sends the text with it, once.
# For queries without variables. URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 1 ] || [ ! -f "$here/$1.graphql" ]; then
  echo "usage: sh ask_by_hash.sh NAME, where NAME.graphql is a file in $here" >&2
  exit 2
fi
if command -v sha256sum >/dev/null; then
  hash=$(sha256sum "$here/$1.graphql")
else
  hash=$(shasum -a 256 "$here/$1.graphql")  # on a Mac
fi
extensions=$(printf '{"persistedQuery": {"version": 1, "sha256Hash": "%s"}}' "${hash%% *}")

answer=$(curl --silent --show-error --get --header "Authorization: Bearer $TOKEN" \
  --data-urlencode "extensions=$extensions" "$URL/graphql")
case $answer in
  *PERSISTED_QUERY_NOT_FOUND*)
    echo "not known yet: sending the text" >&2
    query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/$1.graphql" | tr -d '\n')
    answer=$(printf '{"query": "%s", "extensions": %s}' "$query" "$extensions" |
      curl --silent --show-error --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
        --data-binary @- "$URL/graphql")
    ;;
esac
printf '%s\n' "$answer"
