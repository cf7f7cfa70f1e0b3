"""The comparison of `run`: see there."""

import json
import os
import subprocess
import sys
import tempfile


def ignored(checkout, arguments):
    """Names of all tests and of those that are ignored, of all test binaries."""
    build = ["cargo", "test", "--no-run", "--message-format=json", *arguments]
    lines = subprocess.run(build, cwd=checkout, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = (json.loads(line) for line in lines if line.startswith("{"))
    binaries = {it["executable"]: it["target"]["name"] for it in messages if it.get("profile", {}).get("test") and it.get("executable")}
    names, muted = [], []
    for binary in sorted(binaries):
        for more, into in (([], names), (["--ignored"], muted)):
            listing = [binary, "--list", "--format", "terse", *more]
            out = subprocess.run(listing, cwd=checkout, check=False, capture_output=True, text=True).stdout
            into += [line.rsplit(": ", 1)[0] for line in out.splitlines() if line.endswith((": test", ": benchmark"))]
    return names, muted


def mutes(qaduct, checkout):
    """The mutes of attributes, with the names of their tests."""
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "mutes.json")
        scan = [qaduct, "scan", checkout, "--no-config", "--store", os.path.join(work, "db"), "-q", "-f", "json", "-o", out]
        subprocess.run(scan, check=True)
        with open(out, encoding="utf-8") as file:
            items = json.load(file)["items"]
    return [it for it in items if it["form"] in ("rust.ignore", "rust.cfg_attr.ignore", "test_case.ignore")]


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: run QADUCT CHECKOUT [CARGO TEST ARGUMENTS]")
    qaduct, checkout, arguments = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    names, muted = ignored(checkout, arguments)
    found = mutes(qaduct, checkout)
    # A binary names a test by its modules, and a file does not know the modules above it.
    known = {f"{it['container']}::{it['test']}".strip(":").split(" #")[0] for it in found}

    def is_known(name):
        parts = name.split("::")
        return any("::".join(parts[at:]) in known for at in range(len(parts)))

    missing = sorted(name for name in set(muted) if not is_known(name))
    always = [it for it in found if it["kind"] == "skip" and it["effective"]]
    print(f"{len(names)} tests, {len(muted)} of them ignored; qaduct lists {len(found)} declarations, {len(always)} without a condition")
    print(f"{len(missing)} ignored tests without a mute")
    for name in missing:
        print(f"    {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
