#!/bin/sh
# Draws a run's profile, coloured by zone: sh profile_picture.sh RUN_ID FILE.svg [light|dark]
#
# Without a theme the picture follows whoever looks at it. /runs/RUN_ID/zones.svg is asked for in the same way.
# URL says where Cairn answers, TOKEN who asks; without a TOKEN, `cairn token` makes one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/../.venv/bin:$PATH"
URL=${URL:-http://127.0.0.1:8080}
TOKEN=${TOKEN:-$(cairn token --as runner)}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: sh profile_picture.sh RUN_ID FILE.svg [light|dark]" >&2
  exit 2
fi
curl --silent --show-error --fail --header "Authorization: Bearer $TOKEN" --output "$2" \
  "$URL/runs/$1/profile.svg${3:+?theme=$3}"
