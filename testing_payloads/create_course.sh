#!/bin/sh
# Makes a course of a GPX file by a multipart request: sh create_course.sh FILE
#
#   sh testing_payloads/create_course.sh testing_payloads/mountain_course.gpx
#
# A track or a route with altitudes, with or without times, also as .gz. Its waypoints become the course's.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -ne 1 ]; then
  echo "usage: sh create_course.sh FILE" >&2
  exit 2
fi
query=$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$here/create_course.graphql" | tr -d '\n')

# The header x-cairn-csrf proves that no foreign web page sent the form: a page cannot set it without being allowed to.
curl --silent --show-error --header "Authorization: Bearer $TOKEN" --header 'x-cairn-csrf: 1' \
  --form-string "operations={\"query\": \"$query\", \"variables\": {\"input\": {\"file\": null}}}" \
  --form-string 'map={"0": ["variables.input.file"]}' --form "0=@\"$1\"" "$URL/graphql"
echo
