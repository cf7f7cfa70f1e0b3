"""Builds the tests of a checkout, and asks the binaries which of their tests are ignored."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess

DOC = re.compile(r"^(?P<path>\S+\.(?:rs|md)) - .*\(line (?P<line>\d+)\)")


@dataclasses.dataclass
class Binary:
    """One binary of tests: where its source begins, what it was built with, what it holds."""

    root: str
    folder: str
    cfg: set
    tests: set
    ignored: set


def cargo(checkout, *args):
    done = subprocess.run(["cargo", "test", *args], cwd=checkout, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"cargo test {' '.join(args)}: ended with {done.returncode}")
    return done.stdout


def binaries(checkout, args):
    """Yields the binaries that `cargo test` would run, and the names of those that list no tests."""
    target = set(subprocess.run(["rustc", "--print", "cfg"], cwd=checkout, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n"))
    scripts = {}
    for line in cargo(checkout, "--no-run", "--message-format=json", *args).splitlines():
        it = json.loads(line)
        if it["reason"] == "build-script-executed":
            scripts[it["package_id"]] = set(it["cfgs"])
        if it["reason"] != "compiler-artifact" or not it["executable"] or not it["profile"]["test"]:
            continue
        cfg = target | {"test"} | {f'feature="{name}"' for name in it["features"]} | scripts.get(it["package_id"], set())
        folder = str(pathlib.Path(it["manifest_path"]).parent)
        tests, ignored = (listed(it["executable"], folder, *more) for more in ([], ["--ignored"]))
        if not tests and not ignored:
            print(f"no tests in {it['target']['name']} ({it['target']['src_path']})")
            continue
        inside = [os.path.relpath(path, checkout) for path in (it["target"]["src_path"], folder)]
        yield Binary(inside[0], inside[1], {name.replace('"', "").replace(" ", "") for name in cfg}, tests, ignored)


def listed(executable, folder, *more):
    # One that has no harness of libtest may do anything: it gets a minute, and what it says is no list.
    try:
        done = subprocess.run([executable, "--list", "--format", "terse", *more], cwd=folder, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return set()
    return names(done.stdout)


def names(text):
    return {line.rsplit(": ", 1)[0] for line in text.splitlines() if line.endswith((": test", ": benchmark"))}


def documented(checkout, args):
    """The tests of the documentation, all and those ignored, as paths with lines."""
    # Those of several packages are told beside each other, each from its own folder.
    found = []
    for more in ([], ["--ignored"]):
        places = set()
        for name in names(cargo(checkout, "--doc", *args, "--", "--list", "--format", "terse", *more)):
            if it := DOC.match(name):
                places.add((os.path.normpath(it["path"]), int(it["line"])))
        found.append(places)
    return found
