#!/bin/sh
# Whether two builds of qaduct find the same in some repositories.
#
#     tools/bench/same.sh OLD/qaduct NEW/qaduct REPO...
#
# Prints the repositories in which they differ, with the difference; silence is success.
set -eu
old=$1 new=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
columns=$("$old" scan --columns help | awk '/^[a-z_]+ /{print $1}' | grep -v 'seen\|_at$' | paste -sd,)
status=0
for repository in "$@"; do
    for build in old new; do
        eval "qaduct=\$$build"
        "$qaduct" scan "$repository" --store "$folder/$build.db" -f jsonl --columns "$columns" -qq |
            sort >"$folder/$build"
        rm -f "$folder/$build.db"
    done
    if ! diff "$folder/old" "$folder/new" >"$folder/difference"; then
        echo "$repository"
        cat "$folder/difference"
        status=1
    fi
done
exit $status
