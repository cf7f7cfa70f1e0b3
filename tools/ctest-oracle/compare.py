"""The comparison of `run`: see there."""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lexer-oracle"))
from scan import scan  # noqa: E402

PROPERTIES = {"DISABLED", "WILL_FAIL", "SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION"}
# What CTest itself decides on while the test runs is a condition of every such mute.
BY_OUTCOME = ("exit code", "output matches")
VARIABLE = re.compile(r"(\$\{[^}]*\})")


def tests(checkout, args):
    """The tests that CTest lists after CMake was asked to configure, each with its properties of these."""
    with tempfile.TemporaryDirectory() as build:
        configure = ["cmake", "-S", checkout, "-B", build, *args]
        done = subprocess.run(configure, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"cmake ended with {done.returncode}:\n{done.stderr}")
        listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, capture_output=True, text=True, check=True)
    for it in json.loads(listed.stdout)["tests"]:
        yield it["name"], {p["name"] for p in it.get("properties", []) if p["name"] in PROPERTIES and is_set(p["value"])}


def is_set(value):
    # A return code of 0 is one, too.
    return value is not False and value not in ("", [])


def pattern(name):
    """The names that a name with variables can have."""
    return re.compile("".join(".+" if it.startswith("${") else re.escape(it) for it in VARIABLE.split(name)) + r"\Z")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("qaduct")
    arguments.add_argument("checkout")
    given, args = arguments.parse_known_args()

    mutes = []
    for it in scan(given.qaduct, given.checkout)["items"]:
        form = it["form"].partition(".")
        if form[0] == "ctest" and form[2] in PROPERTIES and it["effective"] is not False:
            sure = it["kind"] != "cond_skip" and not it["condition"] or (it["condition"] or "").startswith(BY_OUTCOME)
            mutes.append((form[2], pattern(it["test"]), sure and not it["dynamic"], it))
    total = agreed = unsure = 0
    seen = set()
    missed, wrong = [], []
    for name, properties in tests(given.checkout, args):
        total += 1
        for wanted in sorted(PROPERTIES):
            here = [(sure, it) for prop, names, sure, it in mutes if prop == wanted and names.match(name)]
            seen.update(it["declaration_id"] for _, it in here)
            if wanted in properties:
                agreed += bool(here)
                if not here:
                    missed.append(f"{name}: {wanted}")
            elif any(sure for sure, _ in here):
                wrong.append(f"{here[0][1]['path']}:{here[0][1]['line_start']}: {name}: {wanted}")
            elif any(not VARIABLE.fullmatch(it["test"]) for _, it in here):
                unsure += 1
    for state, places in (("missed", missed), ("wrong", wrong)):
        for place in places:
            print(f"{state}  {place}")
    others = [it for _, _, _, it in mutes if it["declaration_id"] not in seen]
    for it in others:
        print(f"no such test here  {it['path']}:{it['line_start']}: {it['test']}")
    muted = agreed + len(missed)
    print(
        f"{total} tests, {muted} properties that mute; found by both {agreed}, missed {len(missed)}, wrong {len(wrong)}; "
        f"with a condition or a computed name, not so here {unsure}; of tests that are not configured here {len(others)}"
    )
    if out := os.environ.get("ORACLE_JSON"):
        numbers = {"framework": "ctest", "tests": total, "muted": muted, "found": agreed, "missed": len(missed), "wrong": len(wrong), "open": unsure}
        pathlib.Path(out).write_text(json.dumps(numbers) + "\n")
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
