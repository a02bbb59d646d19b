#!/bin/sh
# Imports recordings by a multipart request: sh import_runs.sh FILE ...
#
#   sh testing_payloads/import_runs.sh testing_payloads/river_run.gpx
#
# FIT, GPX and TCX, each also as .gz, and .zip archives of them. The answer names the job that reads them.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -eq 0 ]; then
  echo "usage: sh import_runs.sh FILE ..." >&2
  exit 2
fi

# Each file is a part of the form; `map` says which null among the variables it stands for.
count=0 nulls='' map=''
for file in "$@"; do
  shift
  set -- "$@" --form "$count=@\"$file\""
  nulls="$nulls${nulls:+, }null"
  map="$map${map:+, }\"$count\": [\"variables.input.files.$count\"]"
  count=$((count + 1))
done
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/import_runs.graphql" | tr -d '\n')

# The header x-cairn-csrf proves that no foreign web page sent the form: a page cannot set it without being allowed to.
curl --silent --show-error --header "Authorization: Bearer $TOKEN" --header 'x-cairn-csrf: 1' \
  --form-string "operations={\"query\": \"$query\", \"variables\": {\"input\": {\"files\": [$nulls]}}}" \
  --form-string "map={$map}" "$@" "$URL/graphql"
echo
