// Deployment files: what a good one yields, and every mistake with its place.
#include "adapters/deployment/deployment.hpp"
#include "adapters/departments/registry.hpp"
#include "tests/bilingual.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

#include <unistd.h>

using namespace countersign;
using namespace countersign::deployment;

namespace {

Environment environment(std::map<std::string, std::string> variables = {}) {
    return {[variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    }};
}

Loaded load_with(const std::string& text, std::map<std::string, std::string> variables = {}) {
    return load_text("countersign.yaml", text, "", environment(std::move(variables)));
}

/// What was found, a line each: "3:5 CS3001 message".
std::vector<std::string> lines_of(const diagnostics::Diagnostics& found) {
    std::vector<std::string> lines;
    for (const auto& one : found.ordered())
        lines.push_back(
            fmt::format("{}:{} {} {}", one.span.line, one.span.column, one.code, one.message.en));
    return lines;
}

std::vector<std::string> found_in(const std::string& text) {
    const Loaded loaded = load_with(text);
    tests::check_all_bilingual(loaded.found);
    return lines_of(loaded.found);
}

const std::string good = R"(
listen: 0.0.0.0:9000
url: https://engine.example/countersign/
data: /var/lib/countersign
calendar: jiading
departments:
  grid:
    push:
      url: "http://127.0.0.1:9101/calls"
      secret: { env: GRID }
      timeouts: { connect: 1s, first_byte: 2s, total: 5s }
    concurrency: 8
    rate: 30/min
    retry: { first: 500ms, factor: 3, most: 10min, attempts: 5 }
  free: { push: { url: "http://127.0.0.1:9102", signature: optional } }
  hall: { worklist: {} }
people:
  li: { roles: [hall.clerk], token: { value: "0123456789abcdef" } }
  wang: { roles: [supervisor], delegates: [{ to: li, from: 2026-07-01, until: 2026-07-15 }] }
limits: { cases_in_flight: 1000 }
clock: { start: 2026-02-10T10:00+08:00, speed: 60 }
shards: 2
log: { level: debug, format: json }
)";

}  // namespace

TEST_CASE("deployment: a good file yields all that it says") {
    const Loaded loaded = load_with(good, {{"GRID", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"}});

    REQUIRE_EQ(loaded.found.all().size(), 0);
    const Deployment& made = loaded.deployment;
    CHECK_EQ(made.address, "0.0.0.0");
    CHECK_EQ(made.port, 9'000);
    CHECK_EQ(made.url, "https://engine.example/countersign");
    CHECK_EQ(made.hosts.front(), "engine.example");
    REQUIRE_EQ(made.departments.size(), 3);
    const Department& grid = made.departments[0];
    const auto& push = std::get<PushBinding>(grid.binding);
    CHECK_EQ(push.client.url.port, "9101");
    CHECK(push.signer.has_value());
    CHECK(push.signature_required);
    CHECK_EQ(push.client.total_time.count(), 5'000);
    CHECK_EQ(grid.concurrency, 8);
    CHECK_EQ(grid.rate_per_second, doctest::Approx(0.5));
    CHECK_EQ(grid.retry.first_ms, 500);
    CHECK_EQ(grid.retry.most_ms, 600'000);
    CHECK_EQ(grid.retry.attempts, 5);
    CHECK_FALSE(std::get<PushBinding>(made.department("free")->binding).signature_required);
    CHECK(std::holds_alternative<WorklistBinding>(made.department("hall")->binding));
    CHECK_EQ(made.department("nobody"), nullptr);
    CHECK_EQ(made.people[0].token, "0123456789abcdef");
    REQUIRE_EQ(made.people[1].delegates.size(), 1);
    CHECK_EQ(made.people[1].delegates[0].to, "li");
    CHECK_EQ(made.people[1].delegates[0].from.text(), "2026-07-01");
    CHECK_EQ(made.people[1].delegates[0].until.text(), "2026-07-15");
    CHECK_EQ(made.cases_in_flight, 1'000);
    CHECK_EQ(rfc3339(*made.clock_start), "2026-02-10T02:00:00Z");
    CHECK_EQ(made.clock_speed, 60);
    CHECK_EQ(made.shards, 2);
    CHECK_EQ(made.log_level, "debug");
}

TEST_CASE("deployment: an almost empty file listens on this machine only") {
    const Loaded loaded = load_with("listen: localhost:8420");

    CHECK_EQ(loaded.found.errors(), 0);
    CHECK_EQ(loaded.deployment.address, "127.0.0.1");
    CHECK_EQ(loaded.deployment.url, "http://127.0.0.1:8420");
}

TEST_CASE("deployment: every mistake is refused with its place") {
    CHECK_EQ(found_in("listen: 8420"),
             std::vector<std::string>{"1:9 CS3004 `8420` is no address and port"});
    CHECK_EQ(found_in("listen: here"),
             std::vector<std::string>{"1:9 CS3004 `here` is no address and port"});
    CHECK_EQ(found_in("departments:\n  grid: { pull: {} }"),
             std::vector<std::string>{
                 "2:11 CS3002 the binding `pull` is not available in this version"});
    CHECK_EQ(found_in("departments:\n  grid: { worklist: {}, open: \"09:00-17:00\" }"),
             std::vector<std::string>{
                 "2:25 CS3002 opening hours of departments are not available in this version"});
    CHECK_EQ(found_in("departments:\n  grid: {}"),
             std::vector<std::string>{
                 "2:9 CS3007 department `grid` needs exactly one binding, but has 0"});
    CHECK_EQ(
        found_in("departments:\n  grid: { push: { url: \"ftp://x/\", signature: optional } }"),
        std::vector<std::string>{
            "2:24 CS3004 `ftp://x/` is no usable URL: it must begin with http:// or https://"});
    CHECK_EQ(
        found_in("departments:\n  grid: { push: { url: \"http://x/\" } }"),
        std::vector<std::string>{"2:17 CS3009 department `grid` has no `secret`, so its callbacks "
                                 "cannot be verified"});
    CHECK_EQ(found_in("departments:\n  grid: { worklist: {}, rate: 50 }"),
             std::vector<std::string>{"2:31 CS3005 `rate` is no rate: `50`"});
    CHECK_EQ(found_in("departments:\n  grid: { worklist: {}, rate: 50/y }"),
             std::vector<std::string>{"2:31 CS3005 `rate` is no rate: `50/y`"});
    CHECK_EQ(found_in("departments:\n  grid: { worklist: {}, concurrency: 0 }"),
             std::vector<std::string>{"2:38 CS3001 `concurrency` must be 1 … 2000"});
    CHECK_EQ(found_in("departments:\n  grid: { worklist: {}, retry: { first: 5s, most: 1s } }"),
             std::vector<std::string>{"2:32 CS3011 `most` must not be shorter than `first`"});
    CHECK_EQ(
        found_in("people:\n  li: { roles: [a], token: { value: short } }"),
        std::vector<std::string>{"2:28 CS3008 the token of `li` must have at least 16 characters"});
    CHECK_EQ(found_in("people:\n  li: { roles: [a], token: { file: /nowhere/x } }"),
             std::vector<std::string>{
                 "2:36 CS3003 the token of `li`: the file `/nowhere/x` cannot be read"});
    CHECK_EQ(found_in("people:\n  li: { roles: [a], token: { env: NO, value: x } }"),
             std::vector<std::string>{
                 "2:28 CS3008 the token of `li` needs exactly one of `file`, `env` and `value`"});
    CHECK_EQ(found_in("clock: { speed: 0 }"),
             std::vector<std::string>{"1:17 CS3001 `speed` must be 0.001 … 1000000"});
    CHECK_EQ(found_in("log: { level: loud }"),
             std::vector<std::string>{
                 "1:15 CS3001 `level` must be one of `debug`, `info`, `warning`, `error`, "
                 "but here is `loud`"});
}

TEST_CASE("deployment: what would be passed over in silence is refused") {
    CHECK_EQ(found_in("calendar:"),
             std::vector<std::string>{"1:1 CS1021 `calendar` of the deployment file has no value"});
    CHECK_EQ(found_in("departments:\n  hall: { worklist: }"),
             std::vector<std::string>{"2:11 CS1021 `worklist` has no value"});
    CHECK_EQ(
        found_in("listen: engine.example:80"),
        std::vector<std::string>{"1:9 CS3004 `engine.example` is no IP address of this machine"});
    CHECK_EQ(found_in("url: \"https://engine.example/?a=b\""),
             std::vector<std::string>{"1:6 CS3004 `https://engine.example/?a=b` has a `?`, and "
                                      "paths are put behind it"});
    CHECK_EQ(found_in("listen: 0.0.0.0:80\ndepartments:\n  grid: { push: { url: \"http://x/\", "
                      "signature: optional } }"),
             std::vector<std::string>{"1:9 CS3004 departments could not answer: `0.0.0.0` tells "
                                      "them no address of this server"});
    CHECK_EQ(found_in("departments:\n  grid: { push: { url: \"http://x/\", signature: optional, "
                      "tls: { ca: a.pem } } }"),
             std::vector<std::string>{
                 "2:58 CS3011 `tls` is for https, but the `url` begins with http://"});
    CHECK_EQ(found_in("departments:\n  grid: { push: { url: \"https://x/\", signature: optional, "
                      "timeouts: { total: 1s } } }"),
             std::vector<std::string>{"2:69 CS3011 `total` must not be shorter than `first_byte`"});
    CHECK_EQ(
        found_in("data: /dev/null"),
        std::vector<std::string>{"1:7 CS3003 `/dev/null` is a file, and the data needs a folder"});
    CHECK_EQ(found_in("definitions: [/proc/self/task]"),
             std::vector<std::string>{
                 "1:15 CS3003 no file in the folder `/proc/self/task` ends in .yaml"});
    CHECK_EQ(found_in("people:\n  li: { roles: [], token: { value: \"0123456789 abcdef\" } }"),
             std::vector<std::string>{"2:16 CS3001 `li` has no role and could do nothing",
                                      "2:27 CS3008 the token of `li` holds a blank or another "
                                      "character that no header may hold"});
}

TEST_CASE("deployment: names that no definition has are refused with the nearest one") {
    definitions::Checked checked = definitions::check(
        {{"hall.yaml",
          "department: hall\ntitle: { en: Hall, zh: 大厅 }\nroles: [clerk]\noperations: {}\n"}});
    REQUIRE_EQ(checked.found.errors(), 0);
    Loaded loaded = load_with(
        "calendar: jiading\n"
        "departments:\n  halle: { worklist: {} }\n  heating: { worklist: {} }\n"
        "people:\n  li: { roles: [hall.clark, supervisor, heating.clerk, clerk] }\n");
    REQUIRE_EQ(loaded.found.errors(), 0);

    check_names(loaded, checked.deployable);

    tests::check_all_bilingual(loaded.found);
    CHECK_EQ(lines_of(loaded.found),
             std::vector<std::string>{"1:11 CS3013 no definition has the calendar `jiading`",
                                      "3:3 CS3014 no definition has the department `halle`",
                                      "4:3 CS3014 no definition has the department `heating`",
                                      "6:17 CS3012 no definition has the role `hall.clark`",
                                      "6:41 CS3012 no definition has the role `heating.clerk`",
                                      "6:56 CS3012 no definition has the role `clerk`"});
    CHECK_EQ(loaded.found.errors(), 4);
    CHECK_EQ(loaded.found.ordered()[1].suggestion.en, "did you mean `hall`?");
    CHECK_EQ(loaded.found.ordered()[3].suggestion.zh, "是否应为`hall.clerk`？");
}

TEST_CASE("deployment: a department that a process asks must be bound") {
    model::Process process;
    process.id = "permit";
    model::Step step;
    model::CallVerb call;
    call.target.department = "grid";
    step.verb = call;
    process.steps = {step, step};
    definitions::Deployable deployable;
    deployable.processes = {process, process};
    Loaded loaded = load_with("departments: {}\n");

    check_names(loaded, deployable);

    tests::check_all_bilingual(loaded.found);
    CHECK_EQ(lines_of(loaded.found),
             std::vector<std::string>{"1:1 CS3015 process `permit` asks department `grid`, but "
                                      "nothing says how it is reached"});
}

TEST_CASE("deployment: several mistakes are found in one run") {
    const auto lines = found_in("listen: x\nlisen: y\nshards: 0\nclock: { speed: 0 }\n");

    REQUIRE_EQ(lines.size(), 4);
    CHECK(lines[1].starts_with("2:1 CS1020"));
}

TEST_CASE("deployment: a limit is a number of cases") {
    CHECK_EQ(found_in("limits: { cases_in_flight: 0 }"),
             std::vector<std::string>{"1:28 CS3001 `cases_in_flight` must be 1 … 1000000000"});
    CHECK_EQ(found_in("limits: { cases: 5 }").size(), 1);
}

TEST_CASE("deployment: delegates that cannot be are refused with their place") {
    const auto found_with = [](const std::string& of_li, const std::string& of_wang) {
        return found_in(fmt::format(
            "calendar: jiading\npeople:\n  li: {{ roles: [a], delegates: [{}] }}\n"
            "  wang: {{ roles: [b], delegates: [{}] }}\n",
            of_li, of_wang));
    };
    const std::string july = "{ to: li, from: 2026-07-01, until: 2026-07-15 }";
    CHECK_EQ(found_with("", july), std::vector<std::string>{});
    // They may stand in for each other, but not on one day.
    CHECK_EQ(found_with("{ to: wang, from: 2026-07-16, until: 2026-07-20 }", july),
             std::vector<std::string>{});
    CHECK_EQ(found_with("{ to: wang, from: 2026-07-15, until: 2026-07-20 }", july),
             std::vector<std::string>{
                 "3:39 CS3016 `wang` acts for `li` on days on which `li` acts for `wang`",
                 "4:41 CS3016 `li` acts for `wang` on days on which `wang` acts for `li`"});
    CHECK_EQ(found_with("", "{ to: lee, from: 2026-07-01, until: 2026-07-15 }"),
             std::vector<std::string>{"4:41 CS3016 `people` has nobody called `lee`"});
    CHECK_EQ(found_with("", "{ to: wang, from: 2026-07-01, until: 2026-07-15 }"),
             std::vector<std::string>{"4:41 CS3016 `wang` would act for themselves"});
    CHECK_EQ(found_with("", "{ to: li, from: 2026-07-15, until: 2026-07-01 }"),
             std::vector<std::string>{
                 "4:70 CS3016 `until` 2026-07-01 is before `from` 2026-07-15"});
    CHECK_EQ(found_with("", "{ to: li, from: 2026-02-30, until: 2026-07-01 }"),
             std::vector<std::string>{"4:51 CS3005 `2026-02-30` is no date"});
    CHECK_EQ(found_in("people:\n  li: { roles: [a] }\n  wang: { roles: [b], delegates: [" + july +
                      "] }\n"),
             std::vector<std::string>{
                 "3:41 CS3016 nothing says by which calendar the days of delegates are counted"});
}

TEST_CASE("deployment: a person has a name, in one language or both") {
    const auto loaded =
        load_text("countersign.yaml",
                  "people:\n  a: { name: Li Ming, roles: [x] }\n"
                  "  b: { name: { en: Wang Fang, zh: 王芳 }, roles: [x] }\n  c: { roles: [x] }\n",
                  "", environment());
    REQUIRE_EQ(loaded.deployment.people.size(), 3);
    CHECK_EQ(loaded.deployment.people[0].name.in("en"), "Li Ming");
    CHECK_EQ(loaded.deployment.people[0].name.in("zh"), "Li Ming");
    CHECK(loaded.deployment.people[1].name == Text{"Wang Fang", "王芳"});
    CHECK(loaded.deployment.people[2].name.empty());
    CHECK_EQ(found_in("people:\n  a: { name: [Li], roles: [x] }\n").size(), 1);
}

TEST_CASE("deployment: two people with one token are refused") {
    const auto lines = found_in(
        "people:\n  a: { roles: [x], token: { value: 0123456789abcdefg } }\n"
        "  b: { roles: [x], token: { value: 0123456789abcdefg } }\n");

    CHECK_EQ(lines, std::vector<std::string>{"3:3 CS3010 `a` and `b` have the same token"});
}

TEST_CASE("secret file: made once, for its owner only, and read back") {
    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("cs-secret-{}", ::getpid()) / "key")
            .string();

    const auto first = load_or_make_secret(path);
    const auto second = load_or_make_secret(path);
    const auto permissions = std::filesystem::status(path).permissions();
    std::filesystem::remove_all(std::filesystem::path(path).parent_path());

    REQUIRE(first.has_value());
    CHECK_EQ(first->size(), 44);
    CHECK_EQ(*first, *second);
    CHECK_EQ((permissions & std::filesystem::perms::mask), std::filesystem::perms(0600));
}

TEST_CASE("registry: caps and retries of a department reach the engine's configuration") {
    const Loaded loaded = load_with(good, {{"GRID", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}});

    const auto made = departments::make_department(loaded.deployment.departments[0], "https://e");

    REQUIRE(made.has_value());
    CHECK_EQ(made->id, "grid");
    CHECK_EQ(made->concurrency, 8);
    CHECK_EQ(made->retry.attempts, 5);
    CHECK(made->adapter);
}

TEST_CASE("registry: TLS files that do not fit are found at the start") {
    Department department;
    department.id = "grid";
    PushBinding push;
    push.client.url = *http::parse_url("https://grid.example/");
    push.client.certificate_authorities = "/nowhere/ca.pem";
    department.binding = push;

    const auto made = departments::make_department(department, "https://e");

    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().message.starts_with("department `grid`: TLS for grid.example"));
}

TEST_CASE("names: whoever a call may be forwarded to, or that takes it back, must be reachable") {
    model::CallVerb call;
    call.target.members = {{"first", "grid"}, {"second", "gas"}};
    model::Move forward;
    forward.kind = model::MoveKind::forward;
    forward.to = {"gas", "water"};
    model::Undo undo;
    undo.target.department = "registry";
    model::Process process;
    process.id = "permit";
    process.operations.emplace_back();
    process.steps.emplace_back();
    process.steps[0].verb = call;
    process.steps[0].on = {{"not_ours", forward}};
    process.steps[0].undo = undo;
    Deployment deployment;
    deployment.departments.emplace_back();
    deployment.departments[0].id = "grid";

    std::vector<std::string> unbound;
    for (const Unbound& one : unbound_departments(deployment, {process}))
        unbound.push_back(one.department);

    CHECK_EQ(unbound, std::vector<std::string>{"gas", "registry", "water"});
}
