"""Reads the words of code as a lexer sees them that knows nothing of tests (Pygments')."""

import functools
import re
import subprocess

import pygments.lexers
import pygments.token

LARGEST = 1 << 20
# How many words `...` may stand for.
GAP = 40


def git(repository, *args, **more):
    command = ["git", "-c", "safe.directory=*", "-C", repository, *args]
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


def files(repository, commit):
    """Yields the id and path of each file of a commit."""
    tree = git(repository, "ls-tree", "-r", "-z", "--format=%(objecttype) %(objectname) %(path)", commit)
    for entry in tree.decode(errors="surrogateescape").split("\0"):
        if entry.startswith("blob "):
            yield tuple(entry.split(" ", 2)[1:])


class Blobs:
    """Contents of files, from one process of git."""

    def __init__(self, repository):
        command = ["git", "-c", "safe.directory=*", "-C", repository, "cat-file", "--batch"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, blob):
        """The content, or nothing where the repository does not hold it."""
        self.process.stdin.write(f"{blob}\n".encode())
        self.process.stdin.flush()
        head = self.process.stdout.readline().split()
        if len(head) != 3:
            return b""
        content = self.process.stdout.read(int(head[2]))
        self.process.stdout.read(1)
        return content

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@functools.cache
def lexer(name):
    return pygments.lexers.get_lexer_by_name(name, stripnl=False, ensurenl=False)


def tokens(name, text):
    """Words and signs of the code, each with its line; a text is one word that begins with a quote."""
    found, line = [], 1
    quoted, at_quote = None, 0
    for kind, value in lexer(name).get_tokens(text.replace("\r\n", "\n").removeprefix("\ufeff")):
        if kind in pygments.token.String:
            if quoted is None:
                quoted, at_quote = '"', line
            quoted += value
            line += value.count("\n")
            continue
        if quoted is not None:
            found.append((quoted, at_quote))
            quoted = None
        # What a preprocessor reads is code; so are Rust's attributes, which Pygments takes for it.
        if kind not in pygments.token.Comment or kind in pygments.token.Comment.Preproc:
            at, word = line, ""
            for char in value:
                if char.isalnum() or char in "_$":
                    word += char
                    continue
                if word:
                    found.append((word, at))
                    word = ""
                if char == "\n":
                    at += 1
                elif not char.isspace():
                    found.append((char, at))
            if word:
                found.append((word, at))
        line += value.count("\n")
    if quoted is not None:
        found.append((quoted, at_quote))
    return found


def fits(want, word):
    if want.startswith('"'):
        return word.startswith('"') and want[1:].strip("~").replace("_", " ") in word.replace("_", " ")
    if want.endswith("~"):
        return word.startswith(want[:-1])
    return word in want.split("|") or want == "*"


class Words:
    """The words of a file, and where each stands."""

    def __init__(self, found):
        self.found = found
        self.places = {}
        for at, (word, _) in enumerate(found):
            self.places.setdefault(word, []).append(at)

    def matches(self, row):
        """Lines on which a row of words stands: that of its first and that of its last word."""
        first = row[0]
        for word, places in self.places.items():
            if not fits(first, word):
                continue
            for at in places:
                last = follow(row, 1, self.found, at + 1)
                if last is not None:
                    yield self.found[at][1], self.found[last][1]


def follow(row, place, words, at):
    if place == len(row):
        return at - 1
    if row[place] == "...":
        for skipped in range(GAP):
            if at + skipped >= len(words) or words[at + skipped][0] in (";", "{", "}"):
                return None
            if fits(row[place + 1], words[at + skipped][0]):
                return follow(row, place + 2, words, at + skipped + 1)
        return None
    if at < len(words) and fits(row[place], words[at][0]):
        return follow(row, place + 1, words, at + 1)
    return None


class Row:
    """A row of words and what must be in the file for it to mean something."""

    def __init__(self, text):
        row, _, condition = text.partition(" if ")
        self.text = row
        self.words = row.split()
        self.condition = condition.encode()
        self.needles = [re.compile(it) for it in map(needle, self.words) if it]

    def may_be_in(self, source):
        """Whether all its words are in a file, where reading it takes much longer."""
        return self.condition in source and all(it.search(source) for it in self.needles)


def needle(word):
    """What must be in a file that has a word in its code; nothing of a sign, or of one of several."""
    text = word.strip('"~')
    if "|" in word or not re.search(r"\w", text):
        return None
    if word.startswith('"'):
        return re.sub("[_ ]", "[_ ]", text).encode() if re.fullmatch(r"[\w ]+", text) else None
    end = rb"" if word.endswith("~") else rb"(?![A-Za-z0-9_$])"
    return rb"(?<![A-Za-z0-9_$])" + re.escape(text).encode() + end


def looked_for(repository, commit, patterns):
    """Yields language, path, the row and the lines of each row of words in the files of a commit."""
    patterns = {name: (lexer, endings, [Row(it) for it in rows]) for name, (lexer, endings, rows) in patterns.items()}
    blobs = Blobs(repository)
    for blob, path in files(repository, commit):
        for language, (name, endings, rows) in patterns.items():
            if not path.endswith(endings):
                continue
            source = blobs.read(blob)
            rows = [row for row in rows if row.may_be_in(source)]
            if not rows or len(source) > LARGEST:
                continue
            words = Words(tokens(name, source.decode(errors="replace")))
            for row in rows:
                for first, last in sorted(set(words.matches(row.words))):
                    yield language, path, row.text, first, last
    blobs.close()
