"""The table of rooms: which folder may include which, and which libraries where.

It is the table of the README ("Rooms"), in the form that the rules check.
"""

PURE = ("engine/base", "engine/calendar", "engine/expr", "engine/model", "engine/core")
MODEL = ("engine/base", "engine/calendar", "engine/expr", "engine/model")
ENGINE = PURE + ("engine/store", "engine/timer", "engine/runtime")

# room → the rooms that it may include besides itself
MAY_INCLUDE = {
    "engine/base": (),
    "engine/calendar": ("engine/base",),
    "engine/expr": ("engine/base",),
    "engine/model": ("engine/base", "engine/calendar", "engine/expr"),
    "engine/core": MODEL,
    "engine/store": PURE,
    "engine/timer": ("engine/base",),
    "engine/runtime": ENGINE,
    "definitions": MODEL,
    "adapters": ENGINE + ("definitions",),
    "adapters/rehearsal": ENGINE + ("definitions", "adapters"),
    "cli": ENGINE + ("definitions", "adapters", "adapters/rehearsal"),
    "tests": ENGINE + ("definitions", "adapters", "adapters/rehearsal", "cli"),
}
ROOMS = tuple(MAY_INCLUDE)
EVERYWHERE = tuple(room for room in ROOMS if room != "tests")
IO = ("engine/store", "engine/runtime", "adapters", "cli")

# start of a header's name → the rooms that may include it (tests always may); the longest wins
LIBRARIES = {
    "CLI/": ("cli",),
    "absl/": ("engine/expr",),
    "benchmark/": (),
    "boost/": EVERYWHERE,
    "boost/asio": ("adapters", "engine/runtime", "cli"),
    "boost/beast": ("adapters", "engine/runtime", "cli"),
    "boost/graph/": ("definitions",),
    "doctest/": (),
    "fmt/": EVERYWHERE,
    "graphviz/": ("cli",),
    "openssl/": ("engine/store", "adapters"),
    "prometheus/": ("engine/runtime", "adapters", "cli"),
    "re2/": ("engine/expr", "engine/model", "definitions"),
    "rocksdb/": ("engine/store",),
    "sodium": ("engine/store",),
    "spdlog/": ("engine/runtime", "engine/store", "adapters", "cli"),
    "yaml-cpp/": ("definitions",),
    # the system's own
    "arpa/": IO, "dirent.h": IO, "fcntl.h": IO, "linux/": IO, "netdb.h": IO, "netinet/": IO,
    "poll.h": IO, "pthread.h": IO, "signal.h": IO, "spawn.h": IO, "sys/": IO, "termios.h": IO,
    "time.h": IO, "unistd.h": IO,
}


def room_of(path):
    """The room of a file by its path from the root, or None (the folder is no room)."""
    fitting = [room for room in ROOMS if path.startswith(room + "/")]
    return max(fitting, key=len, default=None)


def library_rooms(header):
    """The rooms that may include <header>; None when no start in the table fits it."""
    fitting = [start for start in LIBRARIES if header.startswith(start)]
    return LIBRARIES[max(fitting, key=len)] if fitting else None
