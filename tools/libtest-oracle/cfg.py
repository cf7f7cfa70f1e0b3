"""Tells whether a condition of `cfg_attr` holds for a binary."""

import re

TOKEN = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*|"[^"]*"|[(),=])')


def holds(condition, cfg):
    """Whether it holds where these are set (`unix`, `target_os=linux`); nothing where it cannot be read."""
    tokens = TOKEN.findall(condition)
    if "".join(tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", condition):
        return None
    try:
        value = predicate(tokens, cfg)
    except (IndexError, ValueError):
        return None
    return None if tokens else value


def predicate(tokens, cfg):
    name = tokens.pop(0)
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        values = []
        while tokens[0] != ")":
            values.append(predicate(tokens, cfg))
            if tokens[0] == ",":
                tokens.pop(0)
        tokens.pop(0)
        return {"all": all(values), "any": any(values), "not": not values[0] if values else False}[name] if name in ("all", "any", "not") else fail(name)
    if tokens and tokens[0] == "=":
        tokens.pop(0)
        return f"{name}={tokens.pop(0).strip(chr(34))}" in cfg
    return name in cfg


def fail(name):
    raise ValueError(name)
