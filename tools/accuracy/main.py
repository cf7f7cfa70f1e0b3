"""The commands of `run`: see there."""

import argparse
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "lexer-oracle"))

import page  # noqa: E402
from compare import compare  # noqa: E402
from patterns import PATTERNS  # noqa: E402
from scan import scan  # noqa: E402
from words import looked_for  # noqa: E402

RESULTS = ROOT / "target" / "accuracy"


def git(folder, *args):
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", folder, *args], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def checkout(name, commit, mirror):
    """A clone in which the commit is the newest."""
    near = pathlib.Path(mirror) / name.replace("/", "+") / "repo" if mirror else None
    if near and near.exists() and git(near, "rev-parse", "HEAD") == commit:
        return str(near)
    owned = RESULTS / "clones" / name.replace("/", "+")
    if not owned.exists():
        owned.mkdir(parents=True)
        subprocess.run(["git", "init", "--quiet", "--bare", owned], check=True)
    if git(owned, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        fetch = ["git", "-C", owned, "fetch", "--quiet", "--depth", "1", f"https://github.com/{name}", commit]
        subprocess.run(fetch, check=True)
    git(owned, "update-ref", "refs/heads/measured", commit)
    git(owned, "symbolic-ref", "HEAD", "refs/heads/measured")
    return str(owned)


def words_of(name, commit, repository):
    """What the lexer sees, read once: neither a commit nor the lexer knows of qaduct."""
    rows = hashlib.sha256(repr(PATTERNS).encode()).hexdigest()[:12]
    kept = RESULTS / "words" / f"{name.replace('/', '+')}@{commit[:12]}-{rows}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(list(looked_for(repository, commit, PATTERNS))))
    return json.loads(kept.read_text())


def measure(qaduct, name, commit, mirror):
    """Scans one repository, asks the lexer, and keeps both beside each other."""
    repository = checkout(name, commit, mirror)
    listing = scan(qaduct, repository, "--name", f"github.com/{name}")
    words, confirmed = [], set()
    for language, path, row, line, here in compare(words_of(name, commit, repository), listing):
        words.append({"language": language, "path": path, "row": row, "line": line, "forms": sorted({it["form"] for it in here})})
        confirmed.update(it["declaration_id"] for it in here)
    fields = ("path", "line_start", "test", "container", "language", "framework", "form", "kind", "tickets", "confidence", "partly_parsed")
    mutes = [{**{key: it[key] for key in fields}, "confirmed": it["declaration_id"] in confirmed} for it in listing["items"]]
    scope = listing["scope"][0]
    result = {
        "repository": name, "commit": commit, "files": scope["files_seen"], "excluded": scope["files_excluded"],
        "problems": listing["summary"]["files_with_problems"], "mutes": mutes, "words": words,
    }
    out = RESULTS / f"{name.replace('/', '+')}@{commit[:12]}.json"
    out.write_text(json.dumps(result))
    return result


def sample(results, framework, number):
    """Rows to be judged: the same ones each time."""
    rows = []
    for result in results:
        for it in result["mutes"]:
            if it["framework"] == framework:
                rows.append((result["repository"], it["path"], it["line_start"], it["form"]))
    rows.sort()
    random.Random(framework).shuffle(rows)
    for row in sorted(rows[:number]):
        print(*row, "", "", sep="\t")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("qaduct")
    arguments.add_argument("--mirror", help="a folder with clones as OWNER+NAME/repo, looked into before github.com")
    arguments.add_argument("--only", action="append", default=[], help="measure this repository only")
    arguments.add_argument("--words", action="store_true", help="only ask the lexer, and keep what it says for later runs")
    arguments.add_argument("--judged", action="store_true", help="write anew what people and collectors said, and leave what was measured")
    arguments.add_argument("--page", action="store_true", help="write the page from what was measured before")
    arguments.add_argument("--sample", nargs="+", metavar=("FRAMEWORK", "NUMBER"), help="print mutes to be judged")
    given = arguments.parse_args()

    written = ROOT / "docs" / "accuracy.md"
    if given.judged:
        written.write_text(page.with_said(HERE, written.read_text()))
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    with open(HERE / "repositories.toml", "rb") as file:
        listed = tomllib.load(file)["repository"]
    if given.words:
        for it in listed:
            words_of(it["name"], it["commit"], checkout(it["name"], it["commit"], given.mirror))
        return
    results = []
    for it in listed:
        kept = RESULTS / f"{it['name'].replace('/', '+')}@{it['commit'][:12]}.json"
        again = not given.page and not given.sample and (not given.only or it["name"] in given.only)
        if again or not kept.exists():
            print(f"{it['name']}@{it['commit'][:12]}", file=sys.stderr)
            measure(given.qaduct, it["name"], it["commit"], given.mirror)
        results.append(json.loads(kept.read_text()))
    if given.sample:
        return sample(results, given.sample[0], int((given.sample[1:] or [50])[0]))
    written.write_text(page.render(HERE, results, given.qaduct))


if __name__ == "__main__":
    main()
