"""The comparison of `run`: see there."""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import pygments.lexers
import pygments.token
from patterns import PATTERNS

LARGEST = 1 << 20


def git(repository, *args, **more):
    command = ["git", "-c", "safe.directory=*", "-C", repository, *args]
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


def tokens(name, text):
    """Words and signs of the code, each with its line."""
    lexer = pygments.lexers.get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    found, line = [], 1
    for kind, value in lexer.get_tokens(text):
        code = kind not in pygments.token.Comment and kind not in pygments.token.String
        if code or value in ("'", '"'):
            at = line
            word = ""
            for char in value:
                if char.isalnum() or char in "_$":
                    word += char
                    continue
                if word:
                    found.append((word, at))
                    word = ""
                if char == "\n":
                    at += 1
                elif not char.isspace():
                    found.append((char, at))
            if word:
                found.append((word, at))
        line += value.count("\n")
    return found


def matches(row, words):
    """Lines on which a row of words stands."""
    first = row[0]
    for at, (word, line) in enumerate(words):
        if word != first or at + len(row) > len(words):
            continue
        if all(want in ("*", words[at + n][0]) for n, want in enumerate(row)):
            yield line


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("qaduct")
    arguments.add_argument("repository")
    arguments.add_argument("--json", help="write the numbers to this file")
    arguments.add_argument("--show", type=int, default=20, help="differences of each form that are printed")
    given = arguments.parse_args()

    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "mutes.json")
        scan = [given.qaduct, "scan", given.repository, "--no-config", "--store", os.path.join(work, "db"), "-q"]
        subprocess.run([*scan, "-f", "json", "-o", out], check=True)
        with open(out, encoding="utf-8") as file:
            listing = json.load(file)
    commit = listing["scope"][0]["commit_id"]
    mutes = collections.defaultdict(list)
    for mute in listing["items"]:
        mutes[mute["path"]].append(mute)

    seen = collections.Counter()
    missing = collections.defaultdict(list)
    known = set()
    tree = git(given.repository, "ls-tree", "-r", "-z", "--format=%(objectname) %(path)", commit)
    files = [entry.split(" ", 1) for entry in tree.decode(errors="surrogateescape").split("\0") if entry]
    for language, (endings, rows) in PATTERNS.items():
        rows = [(row, row.split()) for row in rows]
        needles = {max((it for it in row if it != "*"), key=len) for _, row in rows}
        for blob, path in files:
            if not path.endswith(endings):
                continue
            source = git(given.repository, "cat-file", "blob", blob)
            if len(source) > LARGEST or not any(it.encode() in source for it in needles):
                continue
            words = tokens(path, source.decode(errors="replace").replace("\r\n", "\n"))
            for form, row in rows:
                for line in matches(row, words):
                    seen[language, form] += 1
                    here = [it for it in mutes[path] if it["line_start"] <= line <= it["line_end"]]
                    known.update(it["declaration_id"] for it in here)
                    if not here:
                        missing[language, form].append(f"{path}:{line}")

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
