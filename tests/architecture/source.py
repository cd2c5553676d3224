"""Reads C++ as the rules need it: without comments and literals, and as a list of functions."""

import re
from dataclasses import dataclass


@dataclass
class Function:
    """A function definition: its first line (1-based), the count of its lines, head and body."""

    line: int
    lines: int
    head: str


# What a scan must see whole: a quote in a comment, or a comment sign in a string, is neither.
_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))
    |(?P<literal>(?:u8|[uUL])?R"(?P<fence>[^\s()\\]{0,16})\([\s\S]*?\)(?P=fence)"
        |"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*')
    |(?P<word>\d(?:'?[\w.])*|[A-Za-z_]\w*)""", re.VERBOSE)


def _blank(text):
    """The text as spaces, with its line ends, so that places stay what they were."""
    return re.sub(r"[^\n]", " ", text)


def strip(text, keep_strings=False):
    """The text with comments blanked and, unless kept, what string and character literals hold.

    Lines and columns of what remains do not move.
    """
    def replaced(match):
        token = match.group()
        if match.lastgroup == "comment":
            return _blank(token)
        if match.lastgroup == "word" or keep_strings:
            return token
        return '"' + _blank(token[1:-1]) + '"'

    return _TOKENS.sub(replaced, text)


def _without_preprocessor(text):
    """The stripped text with the preprocessor's lines blanked, continuations included."""
    return re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: _blank(match.group()), text)


def _without_template(head):
    """The head without its leading template<...> clauses and attributes."""
    head = re.sub(r"\[\[[^\]]*\]\]", " ", head).strip()
    while head.startswith("template"):
        start, depth = head.find("<"), 0
        if start < 0:
            break
        for i in range(start, len(head)):
            depth += {"<": 1, ">": -1}.get(head[i], 0)
            if depth == 0:
                head = head[i + 1:].strip()
                break
        else:
            break
    return head


_SCOPE = re.compile(r"(?:inline\s+)?(?:namespace|class|struct|union|enum)\b|extern\s+\"")
_LABEL = re.compile(r"^(?:\s*(?:public|private|protected)\s*:(?!:))+")


def _kind(head):
    """What the `{` after this head opens: "scope", "function" or "value" (an initialiser)."""
    plain = _without_template(_LABEL.sub("", head))
    if _SCOPE.match(plain) and not re.search(r"\)\s*(?:const|noexcept|override|final|\s)*$", plain):
        return "scope"
    is_lambda = re.search(r"\[[^\[\]]*\]\s*(?:<[^{}]*>\s*)?(?:\([^{}]*\))?[^(){};]*$", plain)
    if is_lambda and re.search(r"[=(,]\s*\[[^\[\]]*\][^=]*$", plain):
        return "function"
    if plain.count("(") != plain.count(")") or "(" not in plain:
        return "value"
    if re.search(r"=\s*$", plain) or re.search(r"^[^()]*[^=!<>()]=[^=()]", plain):
        return "value"
    if re.search(r"\)[^()]*[^:]:[^:]", plain) and re.search(r"[\w>]\s*$", plain):
        return "value"  # a member in a constructor's initialiser list
    return "function"


def _close(text, start):
    """The offset of the `}` that closes the `{` at `start`; the end of the text without one."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def functions(text):
    """The outermost functions defined in the C++ text, in order; lambdas inside belong to them."""
    code = _without_preprocessor(strip(text))
    found, head_start, i, head = [], 0, 0, ""
    while i < len(code):
        character = code[i]
        if character == "{":
            kind = _kind(head)
            if kind == "scope":
                head, head_start = "", i + 1
            else:
                close = _close(code, i)
                if kind == "function":
                    label = _LABEL.match(code[head_start:i])
                    begin = head_start + (label.end() if label else 0)
                    begin += len(code[begin:i]) - len(code[begin:i].lstrip())
                    first, last = code.count("\n", 0, begin) + 1, code.count("\n", 0, close) + 1
                    found.append(Function(first, last - first + 1, " ".join(head.split())))
                    head, head_start = "", close + 1
                else:
                    head += "{}"
                i = close
        elif character in ";}":
            head, head_start = "", i + 1
        else:
            head += character
        i += 1
    return found
