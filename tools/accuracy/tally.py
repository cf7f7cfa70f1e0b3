"""Counts what one repository says of each form."""

import collections
import dataclasses


@dataclasses.dataclass
class Tally:
    repository: str
    # By framework and form: listed, confirmed, right, wrong, open, missed.
    forms: dict
    # Words that are no mute, and words without a mute that nobody looked at.
    no: int = 0
    unknown: int = 0
    # What is missed or wrong, why, and where.
    faults: list = dataclasses.field(default_factory=list)


def tally(result, judged):
    it = Tally(result["repository"], collections.defaultdict(collections.Counter))
    for mute in result["mutes"]:
        counts = it.forms[mute["framework"], mute["form"]]
        counts["listed"] += 1
        said = judged.of(result["repository"], mute["path"], mute["line_start"], mute["form"])
        if said and said["verdict"] in ("right", "wrong"):
            counts[said["verdict"]] += 1
            if said["verdict"] == "wrong":
                it.faults.append((f"`{mute['form']}` wrong", said["why"], f"{mute['path']}:{mute['line_start']}"))
        elif mute["confirmed"]:
            counts["confirmed"] += 1
        else:
            counts["open"] += 1
    for word in result["words"]:
        if word["forms"]:
            continue
        said = judged.of(result["repository"], word["path"], word["line"], word["row"])
        verdict = said["verdict"] if said else ""
        if verdict == "no":
            it.no += 1
        elif verdict.startswith("missed "):
            form = verdict.removeprefix("missed ")
            it.forms[form.split(".")[0], form]["missed"] += 1
            it.faults.append((f"`{form}` missed", said["why"], f"{word['path']}:{word['line']}"))
        else:
            it.unknown += 1
    return it
