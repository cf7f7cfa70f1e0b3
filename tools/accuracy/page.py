"""Renders docs/accuracy.md."""

import collections
import datetime
import importlib.metadata
import json
import re
import subprocess

from judged import Judged
from tally import tally


# Forms are named after the library that has them, which may be another than the framework.
FRAMEWORKS = {"assertj": "junit", "gtest": "googletest", "rustdoc": "rust", "kotlin": "junit", "github": "github-actions", "stl": "lit", "testcontainers": "junit"}


def share(part, whole):
    return "-" if not whole else f"{part / whole:.3f}"


def table(head, rows):
    rows = [[str(it) for it in row] for row in rows]
    text = "| " + " | ".join(head) + " |\n|" + "|".join("---" if at == 0 else "---:" for at in range(len(head))) + "|\n"
    return text + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def render(folder, results, qaduct):
    judged = Judged(folder)
    tallies = [tally(result, judged) for result in results]
    version = subprocess.run([qaduct, "version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    sections = [
        head(version, results), by_framework(tallies), *said(folder),
        by_form(tallies), wrong(tallies), repositories(results, tallies), blind(folder, tallies),
    ]
    return "\n".join(it for it in sections if it)


def said(folder):
    """The sections of what collectors and people said, who need no build of qaduct."""
    judged = Judged(folder)
    collected = [json.loads(it.read_text()) for it in sorted((folder / "collected").glob("*.json"))]
    return [it for it in (collectors(collected), samples(judged), tickets(judged)) if it]


def with_said(folder, page):
    """A page with these sections anew; what was measured stays."""
    heading = lambda text: text.splitlines()[0]  # noqa: E731
    new = said(folder)
    parts = re.split(r"(?m)^(?=## )", page)
    kept = [it.rstrip("\n") + "\n" for it in parts if heading(it) not in map(heading, new)]
    return "\n".join(kept[:2] + new + kept[2:])


def head(version, results):
    today = datetime.date.today().strftime("%-d %B %Y")
    return f"""# Accuracy

What qaduct finds in repositories of others, beside what independent readers see there. Written by
`tools/accuracy/run` on {today}: {version}, {len(results)} repositories that nobody looked at while the forms
were written, Pygments {importlib.metadata.version('pygments')}. Faults that were found here are mended, each with a test, so the
page tells what is true of these repositories; the next one may hold something new.

Three readers are asked:

- **A lexer** that knows nothing of tests counts the words of each form in code, comments and texts left
  out. A word at which qaduct lists nothing, and a mute at which no word stands, are looked at by a person;
  what was said is in `tools/accuracy/judged/`.
- **The framework's own collector**, where it can be had.
- **A person**, who read a random sample of the mutes in their source, some in repositories that are in no other
  table. A mute is wrong where its test, kind, condition or framework is.
"""


def frameworks(tallies, what):
    found = collections.defaultdict(collections.Counter)
    for it in tallies:
        for (framework, form), counts in it.forms.items():
            found[framework if what == "framework" else (framework, form)].update(counts)
    return found


def by_framework(tallies):
    where = collections.defaultdict(set)
    for it in tallies:
        for framework, _ in it.forms:
            where[framework].add(it.repository)
    rows = []
    for framework, n in sorted(frameworks(tallies, "framework").items()):
        right = n["confirmed"] + n["right"]
        rows.append([
            framework, len(where[framework]), n["listed"], n["missed"], n["wrong"], n["open"],
            share(right, right + n["missed"]), share(right, right + n["wrong"]),
        ])
    return (
        "## By framework\n\nListed: mutes that qaduct lists. Missed: mutes that it does not list. Wrong: listed, and no mute.\n"
        "Open: listed where the lexer knows no word, and not looked at; in neither share.\n\n"
        + table(["Framework", "Repositories", "Listed", "Missed", "Wrong", "Open", "Recall", "Precision"], rows)
    )


def samples(judged):
    found = collections.defaultdict(collections.Counter)
    for row in judged.samples:
        found[FRAMEWORKS.get(row["form"].split(".")[0], row["form"].split(".")[0])][row["verdict"]] += 1
    rows = [
        [framework, n.total(), n["right"], n["mended"], n["wrong"], share(n["right"], n.total()), share(n["right"] + n["mended"], n.total())]
        for framework, n in sorted(found.items())
    ]
    lines = [
        f"- {it['repository']} {it['path']}:{it['line']}{', mended since' if it['verdict'] == 'mended' else ''}: {it['why']}"
        for it in judged.samples if it["verdict"] != "right"
    ]
    return (
        "## Samples\n\nMutes drawn at random and read in their source by a person, many in repositories that are in no other table. One is wrong "
        "where its\ntest, kind, condition or framework is. Now: with what was mended since it was drawn.\n\n"
        + table(["Framework", "Drawn", "Right", "Mended since", "Wrong", "Precision", "Now"], rows) + "\n" + "\n".join(lines) + "\n"
    )


def by_form(tallies):
    rows = []
    for (_, form), n in sorted(frameworks(tallies, "form").items()):
        right = n["confirmed"] + n["right"]
        rows.append([
            f"`{form}`", n["listed"], n["confirmed"], n["right"], n["wrong"], n["open"], n["missed"],
            share(right, right + n["missed"]), share(right, right + n["wrong"]),
        ])
    return "## By declared form\n\n" + table(
        ["Form", "Listed", "A word stands there", "Looked at: right", "Wrong", "Open", "Missed", "Recall", "Precision"], rows
    )


def collectors(collected):
    if not collected:
        return ""
    rows = [
        [it["framework"], f"{it['repository']}@{it['commit'][:8]}", it["oracle"], it["tests"], it["muted"], it["found"], it["missed"], it["wrong"],
         share(it["found"], it["found"] + it["missed"]), share(it["found"], it["found"] + it["wrong"]), it["note"]]
        for it in collected
    ]
    return (
        "## Against the framework's own collector\n\nTests that the collector says are muted, here, on this machine. Run with "
        "`tools/*-oracle/run`\nin a checkout whose packages were installed; kept in `tools/accuracy/collected/`.\n\n"
        + table(["Framework", "Repository", "Collector", "Tests", "Muted", "Found", "Missed", "Wrong", "Recall", "Precision", "Note"], rows)
    )


def tickets(judged):
    if not judged.tickets:
        return ""
    n = collections.Counter(it["verdict"] for it in judged.tickets)
    lines = [f"- {it['repository']} {it['path']}:{it['line']}: `{it['ticket']}`, {it['why']}" for it in judged.tickets if it["verdict"] == "wrong"]
    where = len({it["repository"] for it in judged.tickets})
    return (
        f"## Tickets\n\nOf {n.total()} tickets of mutes, drawn at random with at most 12 of a repository in {where} repositories that are in no other "
        f"table, and\nread in the source, {n['right'] + n['lost']} were tickets of that mute when they were drawn: precision {share(n['right'] + n['lost'], n.total())}. "
        f"The others told what the test is about.\n{n['mended']} of these are no longer taken, nor are {n['lost']} of the right ones: "
        f"{n['right']} of {n['right'] + n['wrong']}, {share(n['right'], n['right'] + n['wrong'])}, of the same draw, which is no\nproof for others. What is still wrong:\n\n"
        + "\n".join(lines) + "\n"
    )


def wrong(tallies):
    rows = []
    for it in tallies:
        alike = collections.defaultdict(list)
        for what, why, place in it.faults:
            alike[what, why].append(place)
        for (what, why), places in alike.items():
            count = f"{len(places)} times, first " if len(places) > 1 else ""
            rows.append(f"- {it.repository} {what}, {count}at {places[0]}: {why}")
    if not rows:
        return ""
    return "## What is missed and what is wrong\n\n" + "\n".join(rows) + "\n"


def repositories(results, tallies):
    rows = []
    for result, it in zip(results, tallies):
        rows.append([
            f"{result['repository']}@{result['commit'][:12]}", result["files"], result["excluded"], result["problems"], len(result["mutes"]),
            len(result["words"]), it.no, it.unknown,
        ])
    return (
        "## Repositories\n\nWords: rows of words that the lexer saw in files that are read. No mute: those that a person called none. "
        "Not looked at: words\nwithout a mute that nobody judged.\n\n"
        + table(["Repository", "Files", "Left out", "With problems", "Mutes", "Words", "No mute", "Not looked at"], rows)
    )


def blind(folder, tallies):
    text = (folder / "blind.md").read_text()
    left = sum(it.unknown for it in tallies)
    opened = sum(n["open"] for it in tallies for n in it.forms.values())
    return f"## What could not be judged\n\n- {left} words without a mute and {opened} mutes without a word were not looked at.\n{text}"
