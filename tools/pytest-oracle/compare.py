"""Compares what qaduct finds with what pytest itself collects.

    python compare.py oracle.json mutes.json [--under FOLDER] [-v]

`oracle.json` comes from `mute_oracle.py`; `mutes.json` is a list of mutes with
the columns of `qaduct scan -f json`, or the document that holds them as `items`.

A declaration is identified by path, name of what it mutes, scope and form. For
each one the numbers must agree. Left out are mutes that collecting cannot show:
code that runs, hooks, settings, what mutes nothing, and unittest's conditions
that are false here, which leave no trace.
"""

import argparse
import json
from collections import Counter, defaultdict

UNITTEST = {"unittest.skip", "unittest.skipIf", "unittest.skipUnless"}
RUNS = ("pytest.skip", "pytest.xfail", "pytest.importorskip", "unittest.SkipTest", "unittest.TestCase")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("oracle")
    parser.add_argument("mutes")
    parser.add_argument("--under", default="", help="only files in this folder")
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    oracle = json.load(open(args.oracle, encoding="utf-8"))
    found = json.load(open(args.mutes, encoding="utf-8"))
    found = found["items"] if isinstance(found, dict) else found

    # Ids of nodes begin at the root that pytest found; paths at that of the tree.
    unread = [path for path in oracle["unread"] if path]
    pairs = defaultdict(set)
    expected = Counter()
    count = defaultdict(Counter)
    for row in oracle["rows"]:
        if not row["path"].startswith(args.under):
            continue
        form = "unittest.skip*" if row["form"] in UNITTEST else row["form"]
        key = (row["path"], row["name"], row["scope"], form)
        pairs[key].add(row["item"])
        count[key][row["item"]] += 1
    for key, items in count.items():
        if key[2] == "param_case":
            # Several parameters of one test may be muted: one declaration each.
            expected[key] = len({item for item in items})
        else:
            expected[key] = max(items.values())

    have, conditional, rest, dynamic = Counter(), Counter(), Counter(), Counter()
    for mute in found:
        if not mute["path"].startswith(args.under):
            continue
        form = mute["form"]
        if any(mute["path"].startswith(path) for path in unread):
            rest["in a module that pytest could not read here"] += 1
            continue
        scope = {"test": "function"}.get(mute["scope"], mute["scope"])
        if scope not in ("function", "class", "module", "param_case") or form.startswith(RUNS):
            rest["code, hook or setting"] += 1
            continue
        if mute["dynamic"] or mute["confidence"] == "heuristic":
            # Parameters that a function puts together: known, but not one by one.
            if scope == "param_case":
                name = ".".join(filter(None, [mute["container"].replace("::", "."), mute["test"]]))
                dynamic[(mute["path"], name, scope, form)] += 1
            rest["dynamic"] += 1
            continue
        if form.startswith(("addopts", "collect_ignore", "__test__", "trial")):
            rest["code, hook or setting"] += 1
            continue
        if form in UNITTEST:
            form = "unittest.skip*"
        name = mute["container"].replace("::", ".")
        name = ".".join(filter(None, [name, mute["test"]]))
        key = (mute["path"], name, scope, form)
        if not mute["effective"]:
            rest["ineffective"] += 1
            if key in expected:
                print("INEFFECTIVE BUT COLLECTED", key, mute["ineffective_because"])
            continue
        have[key] += 1
        if form == "unittest.skip*" and mute["kind"] == "cond_skip":
            conditional[key] += 1

    # Parameters of a class are seen on its tests.
    around = Counter()
    for path, name, scope, form in expected:
        while scope == "param_case" and name:
            name = name.rpartition(".")[0]
            around[(path, name, scope, form)] += 1
    matched = missing = extra = off = 0
    pairs_matched = pairs_missing = 0
    for key in sorted(set(expected) | set(have)):
        want, got = expected[key], have[key]
        if key[3] == "unittest.skip*":
            # Python keeps one skip of a stack, and none whose condition is false.
            sure = got - conditional[key]
            good = min(1, sure) <= want <= min(1, got)
            want = got if good else want
        if key[2] == "param_case" and want and got and want != got:
            # One parameter may be in many items: stacked parametrize multiplies.
            off += 1
            want = got
        if want > got and key[2] == "param_case":
            # Known, but not one by one, or parameters of the class or module around.
            outer = [key[1].rsplit(".", n)[0] if n <= key[1].count(".") else "" for n in range(9)]
            known = [(key[0], name, *key[2:]) for name in outer]
            if any(dynamic[each] or have[each] for each in known):
                want = got = max(got, 1)
        matched += min(want, got)
        n = len(pairs[key])
        pairs_matched += n if got >= want else 0
        pairs_missing += 0 if got >= want else n
        if want > got:
            missing += want - got
            print("MISSING", want - got, *key)
        elif got > want and not (key[2] == "param_case" and around[key]):
            extra += got - want
            print("EXTRA", got - want, *key)
    print(
        f"items {oracle['items']}; declarations: matched {matched}, missing {missing}, extra {extra}"
        f" ({off} parametrized more than once)"
    )
    print(f"pairs (item, mark) {pairs_matched + pairs_missing}: reached {pairs_matched}, missing {pairs_missing}")
    print("not comparable:", dict(rest))
    return 1 if missing or extra else 0


if __name__ == "__main__":
    raise SystemExit(main())
