"""What people who looked at the source said of a mute or a word.

`judged/differences.tsv`: repository, path, line, word or form, verdict, why. A path may have
`*`; a line may be `*`. Verdicts of a word at which nothing was found: `no` (not a mute) and
`missed FORM`. Verdicts of a mute without a word: `right` and `wrong`.

`judged/samples.tsv`: mutes drawn at random, with a verdict for each: `right`, `wrong`, or `mended`
where it was wrong when it was drawn and is right now.

`judged/tickets.tsv`: mutes with a ticket, drawn at random: `right`, `wrong`, `mended` where it was
wrong and is no longer taken, `lost` where it was right and is no longer taken.
"""

import csv
import fnmatch


class Judged:
    def __init__(self, folder):
        self.differences = read(folder / "judged" / "differences.tsv")
        self.samples = read(folder / "judged" / "samples.tsv")
        self.tickets = read(folder / "judged" / "tickets.tsv")
        self.by_repository = {}
        for row in self.differences:
            self.by_repository.setdefault(row["repository"], []).append(row)

    def of(self, repository, path, line, what):
        """The first row that speaks of this place."""
        for row in self.by_repository.get(repository, []) + self.by_repository.get("*", []):
            if row["what"] not in ("*", what) or row["line"] not in ("*", str(line)):
                continue
            if fnmatch.fnmatchcase(path, row["path"]):
                return row
        return None


def read(file):
    if not file.exists():
        return []
    with open(file, encoding="utf-8", newline="") as lines:
        rows = (it for it in lines if not it.startswith("#"))
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
