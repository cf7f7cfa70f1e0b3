"""A pytest plugin that writes down every mark that mutes an item, and where it was declared.

    python -m pytest --collect-only -q -p mute_oracle --mute-out=oracle.json

Each row is one (item, mark): the item, the form, the reason, and the file and
name of the function, class or module that carries the declaration.
"""

import inspect
import json
import os

import pytest

FORMS = ("skip", "skipif", "xfail", "flaky")


def pytest_addoption(parser):
    parser.addoption("--mute-out", default="oracle.json", help="file to write")
    parser.addoption("--mute-marks", default="", help="further names of marks, with commas between")


def _source(obj, root):
    """File and dotted name of a function, class or module."""
    obj = inspect.unwrap(obj) if callable(obj) and not inspect.isclass(obj) else obj
    try:
        file = os.path.relpath(os.path.realpath(inspect.getsourcefile(obj)), root)
    except TypeError:
        file = "?"
    name = "" if inspect.ismodule(obj) else obj.__qualname__
    return file.replace(os.sep, "/"), name


def _own(obj):
    marks = vars(obj).get("pytestmark", []) if hasattr(obj, "__dict__") else []
    return marks if isinstance(marks, (list, tuple)) else [marks]


def _declarations(item, names):
    """Yields (where, form, reason) of every mute of an item."""
    function = getattr(item, "obj", None)
    function = getattr(function, "__func__", function)
    cls, module = getattr(item, "cls", None), getattr(item, "module", None)
    holders = [("function", function)]
    outer = [node.obj for node in item.listchain() if isinstance(node, pytest.Class)]
    holders += [("class", base) for each in outer for base in each.__mro__ if base is not object]
    holders += [("module", module)]
    seen = set()
    for scope, holder in holders:
        if holder is None or id(holder) in seen:
            continue
        seen.add(id(holder))
        for mark in _own(holder):
            mark = getattr(mark, "mark", mark)
            if mark.name in names:
                yield scope, holder, f"pytest.mark.{mark.name}", mark.kwargs.get("reason", "")
        if vars(holder).get("__unittest_skip__") if hasattr(holder, "__dict__") else False:
            yield scope, holder, "unittest.skip", str(getattr(holder, "__unittest_skip_why__", ""))
        if getattr(holder, "__dict__", {}).get("__unittest_expecting_failure__"):
            yield scope, holder, "unittest.expectedFailure", ""
    callspec = getattr(item, "callspec", None)
    left = list(getattr(callspec, "marks", ()))
    for fixture, marks in _fixture_params(item, callspec):
        for mark in marks:
            mark = getattr(mark, "mark", mark)
            if mark in left:
                left.remove(mark)
            if mark.name in names:
                yield "param_case", fixture, f"pytest.mark.{mark.name}", mark.kwargs.get("reason", "")
    for mark in left:
        # pytest's own, where a list of parameters is empty.
        made = str(mark.kwargs.get("reason", "")).startswith("got empty parameter set")
        if mark.name in names and not made:
            yield "param_case", function, f"pytest.mark.{mark.name}", mark.kwargs.get("reason", "")


def _fixture_params(item, callspec):
    """Yields each fixture that has parameters and the marks of the one in use."""
    if callspec is None:
        return
    known = item._fixtureinfo.name2fixturedefs
    for name, index in callspec.indices.items():
        definition = (known.get(name) or [None])[-1]
        params = getattr(definition, "params", None)
        if params and index < len(params):
            yield definition.func, getattr(params[index], "marks", ())


_unread = []


def pytest_collectreport(report):
    # A module that skips itself, or fails, shows nothing of what is in it.
    if not report.passed:
        _unread.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    config = session.config
    root = os.path.realpath(os.environ.get("MUTE_ROOT", str(config.rootpath)))
    names = FORMS + tuple(filter(None, config.getoption("mute_marks").split(",")))
    rows = []
    for item in session.items:
        for scope, holder, form, reason in _declarations(item, names):
            path, name = _source(holder, root)
            rows.append({
                "item": item.nodeid, "scope": scope, "form": form, "reason": str(reason),
                "path": path, "name": name, "param": getattr(getattr(item, "callspec", None), "id", None),
            })
    with open(config.getoption("mute_out"), "w", encoding="utf-8") as out:
        json.dump({"items": len(session.items), "unread": _unread, "rows": rows}, out, indent=1)
