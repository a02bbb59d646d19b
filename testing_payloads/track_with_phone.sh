#!/bin/sh
# Does what a phone does that is a tracker: sh track_with_phone.sh KEY
#
# KEY is what create_tracker answered; it needs no token. A phone with OwnTracks posts the first of these positions,
# one with OsmAnd sends the second.
# URL says where Cairn answers.
set -eu
URL=${URL:-http://127.0.0.1:8080}

if [ $# -ne 1 ]; then
  echo "usage: sh track_with_phone.sh KEY" >&2
  exit 2
fi
curl --silent --show-error --fail-with-body --header "Content-Type: application/json" \
  --data '{"_type":"location","tst":1791615900,"lat":47.5618,"lon":10.703,"alt":812,"acc":6,"vel":11,"batt":71}' \
  "$URL/trackers/$1/owntracks"
echo
curl --silent --show-error --fail-with-body \
  "$URL/trackers/$1/osmand?lat=47.5621&lon=10.7036&timestamp=1791615910000&altitude=813.5&speed=3.1&bearing=41"
echo
