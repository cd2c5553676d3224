// The compiled process: look-ups and bytes.

#include "fields.hpp"

#include "engine/model/process.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::model;

namespace {

Process example() {
    Process process;
    process.id = "example";
    process.version = 3;
    process.form = record("", {required(field("name", FieldType::text))});
    Step accept;
    accept.id = "accept";
    accept.verb = AskVerb{"hall.clerk", record("", {})};
    accept.outcomes = {{"accepted", OutcomeKind::ok}, {"refused", OutcomeKind::refusal}};
    Move end;
    end.kind = MoveKind::end;
    end.target = "refused";
    Move again;
    again.kind = MoveKind::repeat;
    again.times = 2;
    again.otherwise.push_back(end);
    accept.on.push_back({"refused", again});
    accept.when = has_in_form("name");
    Step stage;
    stage.id = "stage";
    stage.verb = DoVerb{1};
    Step inner;
    inner.id = "inner";
    inner.scope = 1;
    DecideVerb table;
    table.rules.emplace_back();
    table.rules.back().result.push_back({"ok", std::nullopt, expr::Value::boolean(true), false});
    inner.verb = table;
    process.steps = {accept, stage, inner};
    process.scopes = {{none, false, {0, 1}, {}}, {1, false, {2}, {}}};
    process.ends = {{"granted", EndKind::granted, {}, std::nullopt, false, false, {}},
                    {"refused", EndKind::refused, {}, std::nullopt, true, false, {}}};
    process.supplement = Supplement{};
    return process;
}

}  // namespace

TEST_CASE("process: members are found by name, and by scope") {
    const Process process = example();
    CHECK(process.find(0, "stage") == 1);
    CHECK(process.find(1, "inner") == 2);
    CHECK(process.find(0, "inner") == none);
    CHECK(process.find(7, "inner") == none);
    CHECK(process.end("refused")->kind == EndKind::refused);
    CHECK(process.end("nowhere") == nullptr);
    CHECK(process.end_index("refused") == 1);
    CHECK(process.end_index("nowhere") == none);
    CHECK(process.steps[0].outcome("refused")->kind == OutcomeKind::refusal);
    CHECK(process.steps[0].outcome("gone") == nullptr);
    CHECK(process.steps[0].move_for("refused")->kind == MoveKind::repeat);
    CHECK(process.steps[0].move_for("accepted") == nullptr);
}

TEST_CASE("process: its bytes read back to the same process") {
    const std::string bytes = encode_process(example());

    const result<Process> read = decode_process(bytes);

    REQUIRE(read.has_value());
    CHECK(bytes.front() == static_cast<char>(process_format));
    CHECK(encode_process(*read) == bytes);
    CHECK(read->steps[0].on[0].move.otherwise[0].target == "refused");
    CHECK(std::get<DoVerb>(read->steps[1].verb).scope == 1);
}

TEST_CASE("process: bytes of format 0 are read, what they lack as its default") {
    const Process process = example();
    std::string old(1, '\0');
    BinaryWriter writer(old, 0);
    writer& process;

    const result<Process> read = decode_process(old);

    REQUIRE(read.has_value());
    CHECK(old.size() < encode_process(process).size());
    CHECK(encode_process(*read) == encode_process(process));
}

TEST_CASE("process: bytes that are none are an error, whatever was done to them") {
    const std::string bytes = encode_process(example());
    CHECK(decode_process("").error().kind == ErrorKind::corrupt);
    CHECK(decode_process(bytes + "x").error().kind == ErrorKind::corrupt);
    CHECK(decode_process("\x7f" + bytes.substr(1)).error().message ==
          "cannot read a compiled process: its format 127 is newer than this program");
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        CAPTURE(cut);
        CHECK_FALSE(decode_process(bytes.substr(0, cut)).has_value());
    }
}
