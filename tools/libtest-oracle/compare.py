"""The comparison of `run`: see there."""

import argparse
import collections
import json
import os
import pathlib
import sys

from built import binaries, documented
from cfg import holds

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lexer-oracle"))
from scan import scan  # noqa: E402


class Mute:
    """A mute of qaduct, and how libtest would name its test."""

    def __init__(self, row):
        self.row = row
        self.name = row["test"].split(" #")[0]
        self.suites = [it for it in row["container"].split("::") if it]
        path = pathlib.PurePosixPath(row["path"])
        self.path = path
        # The module that a file is: `a/b.rs` and `a/b/mod.rs` are `b`.
        self.module = path.parent.name if path.stem == "mod" else path.stem

    def is_of(self, binary):
        inside = os.path.commonpath([binary.folder or ".", str(self.path)]) if binary.folder != "." else "."
        return inside == (binary.folder or ".")

    def is_named(self, binary, name):
        """Whether a test of a binary can be this one: its last modules are those around it in the file."""
        parts = name.split("::")
        if parts[-1] != self.name or parts[:-1][len(parts) - 1 - len(self.suites):] != self.suites:
            return False
        above = parts[: len(parts) - 1 - len(self.suites)]
        return above[-1] == self.module if above else str(self.path) == binary.root

    def state(self, binary):
        """`ignored`, `runs`, or nothing where its condition is unknown."""
        condition = self.row["condition"]
        if self.row["kind"] == "skip" and not condition:
            return "ignored"
        value = holds(condition or "", binary.cfg)
        return None if value is None else "ignored" if value else "runs"


def compare(checkout, listing, args):
    """Yields what became of each test that is ignored on either side."""
    mutes = collections.defaultdict(list)
    for row in listing["items"]:
        if row["form"] in ("rust.ignore", "rust.cfg_attr.ignore") and row["effective"] is not False:
            it = Mute(row)
            mutes[it.name].append(it)
    seen = set()
    total = 0
    for binary in binaries(checkout, args):
        total += len(binary.tests)
        for name in sorted(binary.tests | binary.ignored):
            here = [it for it in mutes[name.split("::")[-1]] if it.is_of(binary) and it.is_named(binary, name)]
            seen.update(it.row["declaration_id"] for it in here)
            states = {it.state(binary) for it in here}
            ignored = name in binary.ignored
            if ignored:
                yield ("agreed" if states & {"ignored", None} else "missed"), f"{binary.root}: {name}"
            elif "ignored" in states:
                yield "wrong", f"{here[0].row['path']}:{here[0].row['line_start']}: {name}"
            elif here:
                yield "not here", f"{here[0].row['path']}:{here[0].row['line_start']}: {name}"
    yield "tests", total
    for rows in mutes.values():
        for it in rows:
            if it.row["declaration_id"] not in seen:
                yield "not built", f"{it.row['path']}:{it.row['line_start']}: {it.row['test']}"


def compare_docs(checkout, listing, args):
    tests, ignored = documented(checkout, args)
    rows = [it for it in listing["items"] if it["form"] == "rustdoc.ignore"]
    # Of which package a path is, is not told: the end of the path has to do.
    same = lambda place, row: row["path"].endswith(place[0]) and row["line_start"] == place[1]  # noqa: E731
    for place in sorted(tests | ignored):
        here = [it for it in rows if same(place, it)]
        if place in ignored:
            yield ("agreed" if here else "missed"), f"{place[0]}:{place[1]}"
        elif any(it["kind"] == "skip" and not it["condition"] for it in here):
            yield "wrong", f"{here[0]['path']}:{here[0]['line_start']}"
    yield "tests", len(tests)
    for it in rows:
        if not any(same(place, it) for place in tests | ignored):
            yield "not built", f"{it['path']}:{it['line_start']}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("qaduct")
    arguments.add_argument("checkout")
    arguments.add_argument("--docs", action="store_true", help="ask for the tests of the documentation instead")
    given, args = arguments.parse_known_args()

    checkout = os.path.realpath(given.checkout)
    what = compare_docs if given.docs else compare
    total, found = 0, collections.defaultdict(list)
    for state, place in what(checkout, scan(given.qaduct, checkout), args):
        if state == "tests":
            total = place
        else:
            found[state].append(place)
    count = {state: len(places) for state, places in found.items()}
    number = lambda state: count.get(state, 0)  # noqa: E731
    for state in ("missed", "wrong", "not here", "not built"):
        for place in found[state]:
            print(f"{state}  {place}")
    print(
        f"{total} tests, {number('agreed') + number('missed')} ignored; found by both {number('agreed')}, missed {number('missed')}, "
        f"wrong {number('wrong')}; with a condition that does not hold here {number('not here')}; not built here {number('not built')}"
    )
    if out := os.environ.get("ORACLE_JSON"):
        numbers = {"framework": "rust", "tests": total, "muted": number("agreed") + number("missed"), "found": number("agreed"),
                   "missed": number("missed"), "wrong": number("wrong"), "open": number("not here")}
        pathlib.Path(out).write_text(json.dumps(numbers) + "\n")
    return 1 if number("missed") or number("wrong") else 0


if __name__ == "__main__":
    sys.exit(main())
