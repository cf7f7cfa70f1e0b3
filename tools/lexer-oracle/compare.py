"""The comparison of `run`: see there."""

import argparse
import collections
import json
import sys

from patterns import PATTERNS
from scan import scan
from words import looked_for


def compare(words, listing):
    """Yields each row of words with the mutes that stand there."""
    mutes = collections.defaultdict(list)
    for mute in listing["items"]:
        mutes[mute["path"]].append(mute)
    for language, path, row, first, last in words:
        here = [it for it in mutes[path] if it["line_start"] <= last and first <= it["line_end"]]
        yield language, path, row, first, here


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("qaduct")
    arguments.add_argument("repository")
    arguments.add_argument("--json", help="write the numbers to this file")
    arguments.add_argument("--show", type=int, default=20, help="differences of each form that are printed")
    given = arguments.parse_args()

    listing = scan(given.qaduct, given.repository)
    seen = collections.Counter()
    missing = collections.defaultdict(list)
    known = set()
    words = looked_for(given.repository, listing["scope"][0]["commit_id"], PATTERNS)
    for language, path, row, line, here in compare(words, listing):
        seen[language, row] += 1
        known.update(it["declaration_id"] for it in here)
        if not here:
            missing[language, row].append(f"{path}:{line}")

    commit = listing["scope"][0]["commit_id"]
    report = {"repository": given.repository, "commit": commit, "mutes": len(listing["items"]), "forms": []}
    for (language, form), count in sorted(seen.items()):
        lost = missing[language, form]
        report["forms"].append({"language": language, "form": form, "seen": count, "missing": len(lost)})
        print(f"{language:10} {form:32} seen {count:5}  without a mute {len(lost):5}")
        for place in lost[: given.show]:
            print(f"    {place}")
    others = collections.defaultdict(list)
    for mute in listing["items"]:
        if mute["declaration_id"] not in known:
            others[mute["language"], mute["form"]].append(f"{mute['path']}:{mute['line_start']}")
    for (language, form), places in sorted(others.items()):
        print(f"{language:10} {form:32} without a word of this oracle {len(places):5}")
        for place in places[: given.show]:
            print(f"    {place}")
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
    print(f"{len(listing['items'])} mutes at {commit}; {sum(map(len, missing.values()))} words without a mute")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
