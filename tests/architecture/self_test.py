"""Plants violations in small trees: each rule must find them, and nothing in the clean ones."""

import json
import pathlib
import tempfile
import textwrap
import unittest

import rules
import source


def found(rule, files, build=None):
    """What the rule finds in a tree of these files, as "path:line" strings."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (root / path).write_bytes(data)
        if build is not None:
            entries = [{"directory": folder, "file": path} for path in build]
            (root / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")
        tree = rules.Tree(root, files, root)
        return [f"{finding.path}:{finding.line}" for finding in rules.RULES[rule](tree)]


def spans(text):
    return [(function.line, function.lines) for function in
            source.functions(textwrap.dedent(text))]


class Scanner(unittest.TestCase):
    def test_comments_and_literals_are_blanked_in_place(self):
        text = 'a = "// no"; // "yes\nb = \'"\'; c = 86\'400; /* {\n */ d = R"x()" {)x";'
        blanked = source.strip(text)
        self.assertEqual([len(line) for line in text.split("\n")],
                         [len(line) for line in blanked.split("\n")])
        self.assertNotIn("yes", blanked)
        self.assertNotIn("{", blanked)
        self.assertIn("86'400", blanked)
        self.assertIn("d = ", blanked)

    def test_functions_of_a_namespace_and_of_a_class_are_found(self):
        self.assertEqual(spans("""\
            namespace a::b {
            struct S : T<int> {
                int x = 3;
              public:
                S(int y) : x{y}, z_(f({1})) {
                    x = 1;
                }
                bool operator=(const S& other) const noexcept { return true; }
            };
            template <class A, class B = std::map<int, int>>
            auto run(const A& a, B b = {}) -> std::vector<int> {
                if (a) {
                    return {};
                }
            }
            }  // namespace a::b
            TEST_CASE("x: {") {
                CHECK(1);
            }
            """), [(5, 3), (8, 1), (10, 6), (17, 3)])

    def test_initialisers_are_no_functions_but_lambdas_at_namespace_scope_are(self):
        self.assertEqual(spans("""\
            const std::array<int, 2> table = {
                1, 2,
            };
            const Thing thing{make(1)};
            const auto made = make(3){1};
            enum class E : int { a, b };
            constexpr auto twice = [](int x) {
                return x + x;
            };
            #define MACRO(x) \\
                if (x) {     \\
                }
            int after() { return 1; }
            """), [(7, 3), (13, 1)])

    def test_a_lambda_inside_belongs_to_its_function(self):
        self.assertEqual(spans("""\
            void f() {
                auto g = [&](int x) {
                    return x;
                };
            }
            """), [(1, 5)])


class Rules(unittest.TestCase):
    def test_includes(self):
        files = {
            "engine/base/a.hpp": "", "engine/core/b.hpp": '#include "engine/base/a.hpp"\n',
            "engine/base/c.cpp": '// c\n#include "engine/core/b.hpp"\n',
            "definitions/d.cpp": '#include "engine/core/b.hpp"\n',
            "cli/e.cpp": '#include "engine/core/b.hpp"\n#include "b.hpp"\n',
            "tests/unit/f.cpp": '#include "g.hpp"\n#include "engine/core/b.hpp"\n',
            "tests/unit/g.hpp": '// #include "nowhere.hpp"\n',
            "engine/other/h.cpp": "",
        }
        self.assertEqual(found("includes", files), [
            "cli/e.cpp:2", "definitions/d.cpp:1", "engine/base/c.cpp:2", "engine/other/h.cpp:1"])

    def test_libraries(self):
        files = {
            "engine/store/a.cpp": "#include <rocksdb/db.h>\n#include <sodium.h>\n",
            "engine/core/b.cpp": "#include <vector>\n# include <rocksdb/db.h>\n",
            "definitions/c.cpp": "#include <boost/graph/x.hpp>\n#include <boost/asio.hpp>\n",
            "adapters/d.cpp": "#include <boost/asio/ip/tcp.hpp>\n#include <nlohmann/json.hpp>\n",
            "tests/e.cpp": "#include <rocksdb/db.h>\n#include <doctest/doctest.h>\n",
            "cli/f.cpp": "#include <doctest/doctest.h>\n",
        }
        self.assertEqual(found("libraries", files), [
            "adapters/d.cpp:2", "cli/f.cpp:1", "definitions/c.cpp:2", "engine/core/b.cpp:2"])

    def test_pure(self):
        planted = ["std::unordered_map<int, int> x;", "auto t = std::chrono::system_clock::now();",
                   "std::mt19937 g;", "std::mutex m;", "std::locale l;", 'getenv("A");',
                   'std::fprintf(stderr, "x");', "#include <fstream>", "int r = rand();",
                   "auto now = std::time(nullptr);"]
        clean = ["std::chrono::sys_days days;", "// std::mutex", 'auto s = "system_clock";',
                 "int runtime(int operand); auto due_time(int);",
                 'std::fprintf(stderr, "last words");', "std::abort();"]
        lines = "\n".join(clean + planted)
        first = len(clean) + 1
        self.assertEqual(found("pure", {"engine/core/a.cpp": lines}),
                         [f"engine/core/a.cpp:{first + i}" for i in range(len(planted))])
        self.assertEqual(found("pure", {"engine/runtime/a.cpp": lines}), [])

    def test_targets(self):
        files = {"cli/a.cpp": "", "cli/b.cpp": "", "tests/fuzz/c.cpp": "", "tests/fuzz/d.cpp": "",
                 "tests/fuzz/CMakeLists.txt": "add_executable(c c.cpp)"}
        self.assertEqual(found("targets", files, build=["cli/a.cpp"]),
                         ["cli/b.cpp:1", "tests/fuzz/d.cpp:1"])

    def test_functions(self):
        def of_lines(count):
            return "// x\nvoid f() {\n" + "    g();\n" * (count - 2) + "}\n"
        self.assertEqual(found("functions", {"cli/a.cpp": of_lines(70)}), [])
        self.assertEqual(found("functions", {"cli/a.cpp": of_lines(71)}), ["cli/a.cpp:2"])

    def test_layout(self):
        files = {"cli/a.cpp": "// " + "字" * 97 + "\n// " + "x" * 98 + "\n\tf();\ng(); \n",
                 "cli/b.cpp": "//\n" * 800, "cli/c.cpp": "//\n" * 801,
                 "tests/run": "#!/bin/bash\n" + "x" * 101 + "\n", "cli/d.md": "x" * 200}
        self.assertEqual(found("layout", files), [
            "cli/a.cpp:2", "cli/a.cpp:3", "cli/a.cpp:4", "cli/c.cpp:801", "tests/run:2"])

    def test_openings(self):
        files = {"cli/a.cpp": "// Says.\n", "cli/b.cpp": "#include <map>\n",
                 "cli/c.hpp": "#pragma once\n// Says.\n", "cli/d.hpp": "// Says.\n",
                 "cli/e.hpp": "#pragma once\nint x;\n", "tests/run": "#!/bin/bash\nset -eu\n",
                 "tests/a.py": '"""Says."""\n', "cli/CMakeLists.txt": "add_library(x)\n"}
        self.assertEqual(found("openings", files), [
            "cli/b.cpp:1", "cli/d.hpp:1", "cli/e.hpp:1", "tests/run:1"])

    def test_docstrings(self):
        files = {"cli/a.hpp": "/// x\n", "cli/b.hpp": "// x\n", "tests/c.hpp": "// x\n"}
        self.assertEqual(found("docstrings", files), ["cli/b.hpp:1"])

    def test_pages(self):
        files = {"cli/a.cpp": "", "cli/README.md": "", "adapters/http/b.hpp": "", "tests/c.cpp": ""}
        self.assertEqual(found("pages", files), ["adapters/:1", "tests/:1"])

    def test_top_level(self):
        files = {"cli/a.cpp": "", ".gitignore": "", "README.md": "", "notes.md": "",
                 "src/a.cpp": ""}
        self.assertEqual(found("top_level", files), ["notes.md:1", "src:1"])

    def test_codes(self):
        good, chinese = "# CS{} A name\n\n    a: b\n", "# CS{} 名称\n\n    a: b\n"
        files = {"definitions/a.cpp": '// x\nreport("CS2004"); report("CS2005"); report("CS2006");',
                 "adapters/c.cpp": 'report("CS2008"); report("CS2009"); report("CS2010");',
                 "definitions/codes/CS2004.md": good.format(2004),
                 "definitions/codes/zh/CS2004.md": chinese.format(2004),
                 "definitions/codes/CS2006.md": "A name twice (CS2006)\n\n    a: b\n",
                 "definitions/codes/zh/CS2006.md": chinese.format(2006),
                 "definitions/codes/CS2007.md": good.format(2007),
                 "definitions/codes/CS2008.md": good.format(2008),
                 "definitions/codes/CS2009.md": good.format(2009),
                 "definitions/codes/zh/CS2009.md": good.format(2009),
                 "definitions/codes/CS2010.md": "# CS2010 A name\n",
                 "definitions/codes/zh/CS2010.md": chinese.format(2010),
                 "definitions/b.cpp": "// CS9999 is only spoken of\n"}
        self.assertEqual(found("codes", files), [
            "definitions/a.cpp:2", "definitions/a.cpp:2", "definitions/codes/CS2006.md:1",
            "adapters/c.cpp:1", "definitions/codes/zh/CS2009.md:1",
            "definitions/codes/CS2010.md:1", "definitions/codes/zh/CS2010.md:1",
            "definitions/codes/CS2007.md:1"])

    def test_contents(self):
        files = {"cli/a.md": "fine\nsee ../" + "shared/x\n", "cli/b.png": b"\x89PNG\xff\0",
                 "tests/golden/c.bin": b"\xff\0", "cli/d.csv": "城市\n",
                 "cli/e.py": "rooms.library_rooms(x.library)\nhttps://a.example/work/\n"}
        self.assertEqual(found("contents", files), ["cli/a.md:2", "cli/b.png:1"])

    def test_every_rule_has_a_planted_violation_here(self):
        self.assertEqual({f"test_{name}" for name in rules.RULES} - set(dir(self)), set())


if __name__ == "__main__":
    unittest.main()
