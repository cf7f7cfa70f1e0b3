#!/usr/bin/env python3
"""Writes what fuzzing begins with into `seeds/`, from the cases and texts of the repository, and
the words that stand in it into `words/`."""

import collections
import pathlib
import re
import shutil

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CASES = ROOT / "crates/qaduct-scan/tests/it/cases"
SEEDS = HERE / "seeds"
WORDS = HERE / "words"


def write(target, name, data):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(data, str):
        data = data.encode()
    # Longer ones are cut by the fuzzer in any case.
    if 0 < len(data) <= 20_000:
        (folder / re.sub(r"[^A-Za-z0-9.-]", "_", name)[-120:]).write_bytes(data)


def archive(files):
    # `@` in a name stands for nothing.
    parts = [b"%%% " + name.replace("@", "").encode() + b"\n" + text for name, text in files]
    return b"".join(it if it.endswith(b"\n") else it + b"\n" for it in parts)


def languages():
    for language in sorted(CASES.iterdir()):
        for case in sorted(language.iterdir()):
            files = [
                (str(it.relative_to(case)), it.read_bytes())
                for it in sorted(case.rglob("*"))
                if it.is_file() and it.name not in ("expected.txt", "marks.toml")
            ]
            write(language.name, case.name, archive(files))
            for name, text in files:
                write(language.name, f"{case.name}-{name}", archive([(name, text)]))
    for preset in (ROOT / "crates/qaduct-scan/manifests").glob("*.toml"):
        write("manifests", f"preset-{preset.name}", preset.read_bytes())


def texts():
    """What the expected mutes and the code of the repository say in words."""
    wanted = {"condition": "conditions", "reason": "tickets", "since": "dates", "until": "dates"}
    seen = set()
    for expected in CASES.rglob("expected.txt"):
        for line in expected.read_text().splitlines():
            key, _, text = line.strip().partition(": ")
            if key in wanted and (key, text) not in seen:
                seen.add((key, text))
                write(wanted[key], f"{key}-{len(seen)}", text)
    quoted = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
    for target, source in [
        ("allow", "crates/qaduct-check/src/allow.rs"),
        ("attributes", "crates/qaduct-scan/src/attributes.rs"),
        ("conditions", "crates/qaduct-scan/src/conditions/tests.rs"),
        ("dates", "crates/qaduct-scan/src/dates.rs"),
        ("owners", "crates/qaduct-scan/src/owners/tests.rs"),
        ("page", "crates/qaduct-publish/src/confluence/region.rs"),
        ("page", "crates/qaduct-publish/src/confluence/tree.rs"),
        ("schedule", "crates/qaduct-pump/src/schedule/tests.rs"),
        ("tickets", "crates/qaduct-scan/src/tickets/mention_tests.rs"),
    ]:
        for number, text in enumerate(quoted.findall((ROOT / source).read_text())):
            text = re.sub(r"\\\n\s*", "", text).replace("\\n", "\n").replace('\\"', '"')
            write(target, f"{source}-{number}", text)
    code = (ROOT / "crates/qaduct-publish/src/confluence/import.rs").read_text()
    for number, text in enumerate(re.findall(r'r#"(.*?)"#', code, re.S)):
        write("import", f"page-{number}", text)
    write("baseline", "one", 'version = 1\nfindings = [\n  { test = "a.py::b", rule = "QM001", form = "x", about = "y" },\n]\n')
    for page in list((ROOT / "docs").rglob("*.md")) + list(ROOT.glob("*.md")):
        text = page.read_text()
        write("markdown", page.name, text)
        for number, block in enumerate(re.findall(r"```toml\n(.*?)```", text, re.S)):
            write("config", f"{page.name}-{number}", block)
    for settings in (ROOT / "examples").rglob("*.toml"):
        write("config", str(settings.relative_to(ROOT)), settings.read_bytes())


def words():
    WORDS.mkdir(exist_ok=True)
    for target in SEEDS.iterdir():
        seen = collections.Counter()
        for seed in target.iterdir():
            seen.update(set(re.findall(rb"[A-Za-z_@#$%:.]{2,24}|[^\sA-Za-z0-9]{1,3}", seed.read_bytes())))
        lines = []
        for word, _ in seen.most_common(400):
            safe = "".join(chr(it) if 32 < it < 127 and it not in b'"\\' else f"\\x{it:02x}" for it in word)
            lines.append(f'"{safe}"\n')
        (WORDS / f"{target.name}.dict").write_text("".join(lines))


shutil.rmtree(SEEDS, ignore_errors=True)
languages()
texts()
words()
