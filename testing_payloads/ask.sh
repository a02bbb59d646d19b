#!/bin/sh
# Sends one operation of this folder with the variables beside it: sh ask.sh NAME [PLACE=VALUE ...]
#
#   sh testing_payloads/ask.sh create_plan
#   sh testing_payloads/ask.sh activate_plan plan=Plan:01a1…
#
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -eq 0 ] || [ ! -f "$here/$1.graphql" ]; then
  echo "usage: sh ask.sh NAME [PLACE=VALUE ...], where NAME.graphql is a file in $here" >&2
  exit 2
fi
name=$1
shift

variables='{}'
if [ -f "$here/$name.json" ]; then
  variables=$(cat "$here/$name.json")
fi
for place in "$@"; do
  variables=$(printf '%s' "$variables" | sed "s|{{${place%%=*}}}|${place#*=}|g")
done
empty=$(printf '%s' "$variables" | grep -o '{{[A-Za-z_]*}}' | sort -u | tr -d '{}' | tr '\n' ' ')
if [ -n "$empty" ]; then
  echo "ask.sh: say what stands for: $empty" >&2
  exit 2
fi

# The document as a JSON string.
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/$name.graphql" | tr -d '\n')
printf '{"query": "%s", "variables": %s}' "$query" "$variables" |
  curl --silent --show-error --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
    --data-binary @- "$URL/graphql"
echo
