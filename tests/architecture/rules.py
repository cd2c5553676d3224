"""The rules of how this repository is built and written, a function each.

A rule takes the Tree and yields Findings; no finding means that it holds. The docstring says what
the rule demands.
"""

import json
import pathlib
import re
from dataclasses import dataclass

import rooms
import source

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
COLUMNS_MAX = 100
CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".js", ".css", ".cmake")


@dataclass(frozen=True)
class Finding:
    """One place that breaks a rule, and what cures it."""

    path: str
    line: int
    what: str
    cure: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}\n    cure: {self.cure}"


class Tree:
    """The files of a checkout: `root`, `paths` (relative, "/" between), and the build's folder."""

    def __init__(self, root, paths, build=None):
        self.root = pathlib.Path(root)
        self.paths = sorted(paths)
        self.build = pathlib.Path(build) if build else None
        self._texts = {}

    def data(self, path):
        return (self.root / path).read_bytes()

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = self.data(path).decode("utf-8", errors="replace")
        return self._texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def cpp(self):
        return [path for path in self.paths if path.endswith(CPP)]

    def headers(self):
        return [path for path in self.paths if path.endswith(".hpp")]

    def sources(self):
        """Everything that is written as code: C++, scripts, CMake lists."""
        return [path for path in self.paths if path.endswith(CPP + SCRIPTS) or self.is_script(path)
                or path.endswith("CMakeLists.txt")]

    def is_script(self, path):
        return "." not in path.rsplit("/", 1)[-1] and self.data(path).startswith(b"#!")


_INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def _includes(tree, path):
    """Yields (line, header in quotes or None, header in angle brackets or None)."""
    code = source.strip(tree.text(path), keep_strings=True)
    for number, line in enumerate(code.splitlines(), 1):
        match = _INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def _quoted_room(tree, path, header):
    """The room of an include in quotes; None when no file of the repository has that name."""
    if header in tree.paths:
        return rooms.room_of(header)
    beside = f"{path.rsplit('/', 1)[0]}/{header}"
    return "tests" if path.startswith("tests/") and beside in tree.paths else None


def includes(tree):
    """Every include keeps to the table of rooms (tests/architecture/rooms.py)."""
    for path in tree.cpp():
        room = rooms.room_of(path)
        if room is None:
            yield Finding(path, 1, "this folder is no room", "move it, or add the room to rooms.py")
            continue
        allowed = rooms.MAY_INCLUDE[room] + (room,)
        for line, quoted, _ in _includes(tree, path):
            if quoted is None:
                continue
            target = _quoted_room(tree, path, quoted)
            if target is None:
                yield Finding(path, line, f'"{quoted}" names no file of the repository',
                              'write the path from the root; a library\'s header goes in <>')
            elif target not in allowed:
                yield Finding(path, line, f'{room} may not include {target} ("{quoted}")',
                              f"{room} may use: {', '.join(allowed)}; move the code to the room "
                              "that it belongs to, or pass what it needs as a value")


def libraries(tree):
    """Every library is included only in the rooms that may use it."""
    for path in tree.cpp():
        room = rooms.room_of(path)
        for line, _, header in _includes(tree, path):
            if header is None or room is None:
                continue
            allowed = rooms.library_rooms(header)
            if allowed is None:
                if "/" in header or "." in header:
                    yield Finding(path, line, f"<{header}> is of no library that rooms.py knows",
                                  "use <cstdint> for <stdint.h> and the like; a new library needs "
                                  "its line in rooms.py and its package in .ci/setup")
            elif room not in allowed and room != "tests":
                where = ", ".join(allowed) or "tests only"
                yield Finding(path, line, f"<{header}> may not be used in {room}",
                              f"it is for {where}; put it behind a plain header there")


_IMPURE = (
    (r"\bunordered_\w+", "the order of an unordered container differs from run to run",
     "use std::map, or a sorted std::vector"),
    (r"\b(?:system|steady|high_resolution|utc|file)_clock\b|\b(?:gettimeofday|clock_gettime)\b"
     r"|\bstd::time\s*\(|\b(?:localtime|gmtime|mktime)(?:_r)?\s*\(", "a clock is read here",
     "take the Instant as a parameter"),
    (r"\brandom_device\b|\bmt19937\w*|\b(?:s?rand|random)\s*\(|\bstd::\w+_distribution\b"
     r"|<random>", "randomness", "take the id or number as a parameter"),
    (r"\bstd::(?:jthread|thread|this_thread|mutex|shared_mutex|condition_variable\w*|async|future"
     r"|promise)\b|\bthread_local\b|<(?:thread|mutex|shared_mutex|condition_variable|future)>",
     "a thread or a lock", "threads belong to engine/runtime"),
    (r"\bstd::locale\b|\bsetlocale\b|<(?:c?locale|codecvt)>", "a locale",
     "write text by fmt, which knows none"),
    (r"\bgetenv\b|\bsetenv\b|\benviron\b", "the environment is read here",
     "take the setting as a parameter"),
    (r"\bspdlog::|\bstd::(?:cout|cerr|clog)\b|\b(?:std::)?(?:f?printf|puts|fputs|syslog)\s*\("
     r"|<(?:iostream|syslog\.h)>", "logging", "return the fact; the runtime logs it"),
    (r"<(?:fstream|filesystem)>|\bfopen\s*\(", "a file is opened here",
     "take the bytes as a parameter; files belong to engine/store and the rooms above"),
)


def _last_words(lines, number):
    """Whether abort() follows a print at once, as in CHECK: the process ends by it."""
    return any("abort(" in line for line in lines[number:number + 3])


def pure(tree):
    """Base, calendar, expr, model and core know no clock, random, thread, locale, file or log."""
    for path in tree.cpp():
        if rooms.room_of(path) not in rooms.PURE:
            continue
        code = source.strip(tree.text(path)).splitlines()
        for number, line in enumerate(code, 1):
            for pattern, what, cure in _IMPURE:
                match = re.search(pattern, line)
                if match and not (what == "logging" and _last_words(code, number)):
                    yield Finding(path, number, f"{what}: {match.group()}", cure)


def targets(tree):
    """Every .cpp is named by a target of the build."""
    database = json.loads((tree.build / "compile_commands.json").read_text(encoding="utf-8"))
    root = tree.root.resolve()
    named = set()
    for entry in database:
        file = pathlib.Path(entry["directory"], entry["file"]).resolve()
        named.add(str(file))
        if "Unity" in file.parts and file.is_file():  # a file that includes those of its batch
            included = re.findall(r'^#include "(.+)"', file.read_text(encoding="utf-8"), re.M)
            named.update(str(pathlib.Path(name).resolve()) for name in included)
    for path in tree.paths:
        if not path.endswith(".cpp") or str(root / path) in named:
            continue
        # The fuzz targets are built only where clang is; there the list's text must do.
        folder, _, name = path.rpartition("/")
        lists = f"{folder}/CMakeLists.txt"
        if path.startswith("tests/fuzz/") and lists in tree.paths and name in tree.text(lists):
            continue
        yield Finding(path, 1, "no target builds this file",
                      f"name it in {lists}, or delete it")


def functions(tree):
    """No function is longer than 70 lines, its head included."""
    for path in tree.cpp():
        for function in source.functions(tree.text(path)):
            if function.lines > FUNCTION_LINES_MAX:
                yield Finding(path, function.line,
                              f"{function.lines} lines: {function.head[:80]}",
                              f"at most {FUNCTION_LINES_MAX}; name a part of it as a function")


def layout(tree):
    """Sources have at most 800 lines of at most 100 columns, no tabs, no blanks at the end."""
    for path in tree.sources():
        lines = tree.lines(path)
        if len(lines) > FILE_LINES_MAX:
            yield Finding(path, len(lines), f"{len(lines)} lines",
                          f"at most {FILE_LINES_MAX}; split it by behaviour")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                yield Finding(path, number, f"{len(line)} columns", f"at most {COLUMNS_MAX}; wrap")
            if "\t" in line:
                yield Finding(path, number, "a tab", "indent by four spaces")
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of the line", "delete them")


def openings(tree):
    """A source begins with a comment that says what it is; a header with #pragma once, then it."""
    for path in tree.sources():
        if path.endswith("CMakeLists.txt"):
            continue  # what it is is told by its name
        lines = tree.lines(path)
        if path.endswith(".hpp"):
            if lines[:1] != ["#pragma once"]:
                yield Finding(path, 1, "does not begin with #pragma once", "make it the first line")
                continue
            lines = lines[1:]
        elif lines[:1] and lines[0].startswith("#!"):
            lines = lines[1:]
        first = next((line for line in lines if line.strip()), "")
        if not first.startswith(("//", "/*", '"""', "# ")):
            yield Finding(path, 1, "does not begin with a comment",
                          "say in one comment what the file is and what its rule or format is")


def docstrings(tree):
    """Every header of the product explains what it declares in at least one ///."""
    for path in tree.headers():
        if not path.startswith("tests/") and "///" not in tree.text(path):
            yield Finding(path, 1, "no docstring", "put a /// on every name that it declares")


def pages(tree):
    """Every room that holds sources has a README.md, its page of the documentation."""
    for room in rooms.ROOMS:
        inhabited = any(path.startswith(f"{room}/") for path in tree.cpp())
        if inhabited and f"{room}/README.md" not in tree.paths:
            yield Finding(f"{room}/", 1, "the room has no page",
                          f"write {room}/README.md: what lives here, and what does not")


_TOP = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "adapters", "cli",
        "definitions", "engine", "examples", "tests"}


def top_level(tree):
    """The top level holds the seven rooms' folders, the build's two files, licence and README."""
    for name in sorted({path.split("/")[0] for path in tree.paths}):
        if name not in _TOP and not name.startswith("."):
            yield Finding(name, 1, "does not belong at the top level",
                          "move it into the room that it serves")


_CODE = re.compile(r"\bCS\d{4}\b")


def _examples(text):
    """The number of indented blocks; blank lines do not end one."""
    count, inside = 0, False
    for line in text.splitlines():
        if line.startswith("    "):
            count += not inside
            inside = True
        elif line.strip():
            inside = False
    return count


def _page_findings(tree, name):
    """What is wrong with the two pages of a code that has both."""
    english, chinese = f"definitions/codes/{name}.md", f"definitions/codes/zh/{name}.md"
    for page in (english, chinese):
        if not re.match(rf"# {name} \S", tree.text(page)):
            yield Finding(page, 1, "no title", f'begin with "# {name} " and what is wrong')
    if not re.match(r".*[\u4e00-\u9fff]", tree.text(chinese)):
        yield Finding(chinese, 1, "no Chinese title", "translate it")
    shown = _examples(tree.text(english))
    if shown == 0:
        yield Finding(english, 1, "no example", "show the mistake and its cure, indented")
    if shown != _examples(tree.text(chinese)):
        yield Finding(chinese, 1, "not the examples of the English page", "show the same")


def codes(tree):
    """Every diagnostic code has its page in both languages, and every page its code."""
    said = {}
    for path in tree.cpp():
        if path.startswith("tests/"):
            continue
        code = source.strip(tree.text(path), keep_strings=True)
        for number, line in enumerate(code.splitlines(), 1):
            for name in _CODE.findall(line):
                said.setdefault(name, (path, number))
    for name, (path, line) in sorted(said.items()):
        missing = [page for page in (f"definitions/codes/{name}.md",
                                     f"definitions/codes/zh/{name}.md") if page not in tree.paths]
        for page in missing:
            yield Finding(path, line, f"{name} has no page", f"write {page}")
        if not missing:
            yield from _page_findings(tree, name)
    for path in tree.paths:
        match = re.fullmatch(r"definitions/codes/(?:zh/)?(CS\d{4})\.md", path)
        if match and match.group(1) not in said:
            yield Finding(path, 1, "no diagnostic has this code", "delete the page")


# Written with brackets, so that this file does not break the rule that it states.
_FORBIDDEN = re.compile(r"(?<![\w./])/wor[k]/|(?<![\w)\]])\.librar[y]\b|\.\./share[d]\b")
_BINARY_ALLOWED = ("tests/golden/", "tests/fuzz/")


def contents(tree):
    """No file names a path of the machine it was written on; none is binary but golden ones."""
    for path in tree.paths:
        data = tree.data(path)
        try:
            text = data.decode("utf-8")
            binary = "\0" in text
        except UnicodeDecodeError:
            binary = True
        if binary:
            if not path.startswith(_BINARY_ALLOWED):
                yield Finding(path, 1, "a binary file", "make it from text when it is needed")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = _FORBIDDEN.search(line)
            if match:
                yield Finding(path, number, f'names "{match.group()}"',
                              "refer to what is in the repository only")


RULES = {rule.__name__: rule for rule in (
    includes, libraries, pure, targets, functions, layout, openings, docstrings, pages, top_level,
    codes, contents)}
