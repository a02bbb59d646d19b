#!/bin/sh
# Make the virtual environment. Debian ships python3 without venv: install it when we may, else say what is missing.
set -eu
venv=$1
python=${PYTHON:-python3}
command -v "$python" >/dev/null || {
  echo "Cairn needs Python 3.11 or newer, and there is no $python here. Try: make PYTHON=python3.12 ..." >&2
  exit 2
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Cairn needs Python 3.11 or newer; $("$python" --version) is too old. Try: make PYTHON=python3.12 ..." >&2
  exit 2
}
echo "Installing what Cairn needs into $venv. This takes a minute, once."
"$python" -m venv "$venv" >/dev/null 2>&1 && exit 0
rm -rf "$venv"
package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  said=$({ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } 2>&1) || {
    echo "This Python cannot make virtual environments, and $package cannot be installed: $said" >&2
    exit 2
  }
  exec "$python" -m venv "$venv"
fi
echo "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install $package" >&2
exit 2
