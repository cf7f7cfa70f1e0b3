#!/usr/bin/env python3
"""Measures `qaduct scan` against the floor that git itself sets.

    tools/bench/scan.py target/release/qaduct REPO [--branch B | --all-branches] [--ending .py] [--runs 5]

Prints, as whole-process figures of finished runs in one sitting (A B C A B C ...),
CPU seconds (user + system, children included), wall seconds and peak memory:

    limit    `git cat-file --batch` over every distinct blob of the same branches with this ending
    start    `qaduct version`: what starting the process costs
    first    `qaduct scan` into a new database, with an empty cache folder
    second   the same command again: nothing has changed
    again    into a new database, with the cache folder that the first one left

It never judges: read medians and ratios, and the machine's load beside them.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

GIT = ["git", "-c", "safe.directory=*", "-C"]


def measure(command, stdin=None, cwd=None):
    """CPU seconds, wall seconds and peak MiB of one finished run."""
    started = time.monotonic()
    with open(os.devnull, "wb") as sink:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE if stdin else None, stdout=sink, stderr=subprocess.PIPE, cwd=cwd
        )
        if stdin:
            process.stdin.write(stdin)
            process.stdin.close()
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}:\n{error.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def blobs_of(repository, branches, ending):
    """The object ids of every distinct blob of the branches whose name ends so."""
    ids = {}  # in the order of their paths, which is how git reads them fastest
    for branch in branches:
        listing = subprocess.run(
            [*GIT, repository, "ls-tree", "-r", branch], check=True, capture_output=True, text=True
        ).stdout
        for line in listing.splitlines():
            head, path = line.split("\t", 1)
            if path.endswith(ending):
                ids[head.split()[2]] = None
    return "".join(f"{one}\n" for one in ids).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("qaduct")
    parser.add_argument("repository")
    parser.add_argument("--branch")
    parser.add_argument("--all-branches", action="store_true")
    parser.add_argument("--ending", default=".py")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()

    qaduct = str(pathlib.Path(options.qaduct).resolve())
    repository = str(pathlib.Path(options.repository).resolve())
    if options.all_branches:
        flags = ["--all-branches"]
        branches = subprocess.run(
            [*GIT, repository, "for-each-ref", "--format=%(refname)", "refs/heads"],
            check=True, capture_output=True, text=True,
        ).stdout.split()
    else:
        flags = ["--branch", options.branch] if options.branch else []
        branches = [options.branch or "HEAD"]
    blobs = blobs_of(repository, branches, options.ending)

    figures = {"limit": [], "start": [], "first": [], "second": [], "again": []}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(options.runs + 1):
            os.environ["QADUCT_SCAN__CACHE_DIR"] = f"{folder}/cache-{run}"
            scan = [qaduct, "scan", repository, *flags, "--format", "jsonl", "--quiet", "--store"]
            one = {
                "limit": measure([*GIT, repository, "cat-file", "--batch"], stdin=blobs),
                "start": measure([qaduct, "version"]),
                "first": measure([*scan, f"{folder}/{run}.db"], cwd=folder),
                "second": measure([*scan, f"{folder}/{run}.db"], cwd=folder),
                "again": measure([*scan, f"{folder}/{run}-again.db"], cwd=folder),
            }
            if run:  # the first round warms the caches
                for name, figure in one.items():
                    figures[name].append(figure)

    print(f"{blobs.count(10)} distinct {options.ending} blobs on {len(branches)} branches; {options.runs} runs; load {os.getloadavg()[0]:.1f}")
    print(f"{'':8}{'CPU s':>10}{'min':>8}{'max':>8}{'wall s':>10}{'peak MiB':>10}{'CPU / limit':>13}")
    limit = statistics.median(cpu for cpu, _, _ in figures["limit"])
    for name, runs in figures.items():
        cpu, wall, peak = zip(*runs)
        print(
            f"{name:8}{statistics.median(cpu):10.3f}{min(cpu):8.3f}{max(cpu):8.3f}"
            f"{statistics.median(wall):10.3f}{max(peak):10.0f}{statistics.median(cpu) / limit:13.2f}"
        )


if __name__ == "__main__":
    main()
