#!/usr/bin/env bash
# Fetches DuckDB's C API at the pinned version into a folder (default: .deps/duckdb of this tree).
# The official npm packages ship it: one the library, the other the matching header. Whatever
# registry npm is configured for is used; the checksums make sure that it is the same file.
# Usage: cmake/fetch-duckdb.sh [FOLDER]
set -euo pipefail

library_package='@duckdb/node-bindings-linux-x64@1.4.4-r.1'
library_sha256='8ac460b152cd05a95065a414879bb09e40534b1fb7a80a7afe6969b6ce039029'
header_package='duckdb@1.4.4'
header_sha256='5bb967dcbcd517670ba5f169f238fb9d6787e53752c60ebe24386169d76941ed'

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${1:-$root/.deps/duckdb}
stamp="$target/.packages"
pins="$library_package $library_sha256 $header_package $header_sha256"

fail() {
  printf 'fetch-duckdb: %s\n' "$*" >&2
  exit 1
}

if [[ -f $target/lib/libduckdb.so && -f $target/include/duckdb.h && -f $stamp ]] \
  && [[ $(<"$stamp") == "$pins" ]]; then
  exit 0
fi

[[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] \
  || fail "the pinned library is for Linux on x86-64, this is $(uname -s) on $(uname -m);" \
    'install DuckDB 1.4 yourself and set DUCKDB_ROOT'
command -v npm >/dev/null || fail 'npm is needed to fetch DuckDB; install it, or set DUCKDB_ROOT'

mkdir -p "$(dirname "$target")"
# Beside the target, so that the last step is a rename: an interrupted fetch leaves nothing behind
# that looks complete.
work=$(mktemp -d "$(dirname "$target")/.fetch-duckdb.XXXXXX")
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE SHA256 MEMBER DESTINATION
unpack() {
  local package=$1 expected=$2 member=$3 destination=$4 tarball actual
  printf 'fetch-duckdb: %s\n' "$package" >&2
  mkdir "$work/pack"
  (cd "$work/pack" && npm pack --silent "$package" >/dev/null </dev/null) \
    || fail "npm could not download $package (is the network reachable?)"
  tarball=$(find "$work/pack" -name '*.tgz')
  [[ -n $tarball ]] || fail "npm pack $package left no tarball"
  actual=$(sha256sum "$tarball" | cut -d ' ' -f 1)
  [[ $actual == "$expected" ]] \
    || fail "$package has SHA-256 $actual, expected $expected; not using it"
  mkdir -p "$(dirname "$destination")"
  tar -xzOf "$tarball" "$member" >"$destination" || fail "$package holds no $member"
  rm -r "$work/pack"
}

unpack "$library_package" "$library_sha256" package/libduckdb.so "$work/duckdb/lib/libduckdb.so"
unpack "$header_package" "$header_sha256" package/src/duckdb/src/include/duckdb.h \
  "$work/duckdb/include/duckdb.h"
chmod 755 "$work/duckdb/lib/libduckdb.so"
printf '%s\n' "$pins" >"$work/duckdb/.packages"

rm -rf "$target"
mv "$work/duckdb" "$target"
