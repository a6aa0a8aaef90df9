"""What the checkers share: the files of the tree, and C text split into code, comments and string literals."""
import os
import re
import subprocess

BUILT = {".git", "build", "data", "dist", "node_modules", "__pycache__", "results"}


def files(root, *folders, suffix=("",)):
    """Paths, relative to root, of the files that are or could be committed, below the given folders."""
    try:
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = []
        for place, inner, names in os.walk(root):
            inner[:] = [n for n in inner if n not in BUILT and not n.startswith("build-")]
            listed += [os.path.relpath(os.path.join(place, n), root) for n in names]
    return sorted(
        path for path in set(listed)
        if path.endswith(tuple(suffix)) and (not folders or path.split("/")[0] in folders)
        and os.path.isfile(os.path.join(root, path)))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


PART = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """C text with comments and literals blanked; offsets and line numbers stay."""
    return PART.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def literals(text, start=0, end=None):
    """(offset, content) of each string literal of C text, adjacent ones joined as the compiler joins them."""
    joined, last_end = [], None
    for m in PART.finditer(text):
        if m.group()[0] == "/":
            continue
        if m.group()[0] == "'":
            last_end = None
            continue
        gap = PART.sub("", text[last_end:m.start()]) if last_end is not None else "x"
        if not gap.strip():
            joined[-1] = (joined[-1][0], joined[-1][1] + m.group()[1:-1])
        else:
            joined.append((m.start(), m.group()[1:-1]))
        last_end = m.end()
    return [(at, content) for at, content in joined if at >= start and (end is None or at < end)]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def verdict(found):
    """Prints what was found, a line each, and gives the exit status."""
    for line in found:
        print(line)
    return 1 if found else 0
