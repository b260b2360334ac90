#!/usr/bin/env bash
# install.sh FOLDER: puts @tensorflow/tfjs-node into FOLDER/node_modules, for "ostiary train --tfjs-node FOLDER".
#
# Its own install script downloads libtensorflow and a binding from a storage host, which is not to be had behind a mirror of
# package registries. Here npm brings the JavaScript, by the lock file beside this script; libtensorflow and its headers
# come out of TensorFlow's wheel on the Python package index, by its checksum, and no Python of it runs; the binding is compiled.
#
# Linux on x86_64. Needs node with npm, python3 with venv, g++, make, and Node's headers (npm's node-gyp fetches those where they
# do not lie beside node). Takes 232 MB of downloads, 20 s of compiling and 853 MB on disk. Does nothing where it is done.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { echo "install.sh: $*" >&2; }
if [ $# -ne 1 ]; then
  say 'give the folder to install into'
  exit 2
fi
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  say "cannot install on $(uname -sm): the wheel and the binding are of Linux x86_64. Train on wasm, which is as fast"
  exit 2
fi
for tool in node npm python3 g++ make; do
  command -v "$tool" >/dev/null || {
    say "cannot install without $tool (Debian: apt-get install nodejs npm python3 python3-venv g++ make)"
    exit 2
  }
done

mkdir -p "$1"
folder=$(cd "$1" && pwd)
version=$(cat "$here/package-lock.json" "$here/tensorflow.txt" "$here/install.sh" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$folder/installed" 2>/dev/null || true)" = "$version" ]; then exit 0; fi
rm -f "$folder/installed"

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

say "npm packages into $folder"
cp "$here/package.json" "$here/package-lock.json" "$folder/"
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
package=$folder/node_modules/@tensorflow/tfjs-node

say 'libtensorflow, 232 MB'
python3 -m venv "$temporary/venv"
"$temporary/venv/bin/pip" download --quiet --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
  --require-hashes --requirement "$here/tensorflow.txt" --dest "$temporary/wheel" --python-version 3.11 \
  --implementation cp --abi cp311 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64
rm -rf "$package/deps" "$package/lib" "$package/build"
mkdir -p "$package/deps/lib"
python3 - "$temporary"/wheel/*.whl "$temporary/unpacked" <<'PYTHON'
import sys, zipfile

wanted = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2", "tensorflow/include/tensorflow/c/",
          "tensorflow/include/tensorflow/core/platform/", "tensorflow/include/tensorflow/tsl/")
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(wanted)])
PYTHON
mv "$temporary"/unpacked/tensorflow/libtensorflow_*.so.2 "$package/deps/lib/"
mv "$temporary/unpacked/tensorflow/include" "$package/deps/include"
# Names under which the binding and tfjs-node's own script look for them.
(
  cd "$package/deps/lib"
  ln -s libtensorflow_cc.so.2 libtensorflow.so
  ln -s libtensorflow_framework.so.2 libtensorflow_framework.so
  ln -s libtensorflow_cc.so.2 libtensorflow.so.2.9.1
)

say 'compiling the binding'
prefix=$(dirname "$(dirname "$(realpath "$(command -v node)")")")
if [ -f "$prefix/include/node/node_api.h" ]; then export npm_config_nodedir=$prefix; fi
if ! (cd "$package" && node "$folder/node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp" install --build-from-source) \
  >"$temporary/build.log" 2>&1; then
  tail -40 "$temporary/build.log" >&2
  say 'the binding does not compile, see above'
  exit 1
fi
rm -rf "$package/build" "$package/deps/include"

echo "$version" >"$folder/installed"
say "done: ostiary train --tfjs-node $folder"
