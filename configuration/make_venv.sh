#!/bin/sh
# Make the virtual environment. Debian ships python3 without venv: install it when we may, else say what is missing.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Cairn needs Python 3.11 or newer; $("$python" --version) is too old. Try: make PYTHON=python3.12 ..." >&2
  exit 2
}
"$python" -m venv "$venv" >/dev/null 2>&1 && exit 0
rm -rf "$venv"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq python3-venv
  exec "$python" -m venv "$venv"
fi
echo "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
exit 2
