"""Asks qaduct what it lists in a repository."""

import json
import os
import subprocess
import tempfile


def scan(qaduct, repository, *more):
    """What qaduct lists in a repository."""
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "mutes.json")
        command = [qaduct, "scan", repository, "--no-config", "--store", os.path.join(work, "db"), "-q", "-q", *more]
        subprocess.run([*command, "-f", "json", "-o", out], check=True)
        with open(out, encoding="utf-8") as file:
            return json.load(file)
