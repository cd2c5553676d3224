// The engine around the cases: restarts, repeated openings, bounds of memory, caps.

#include "runner.hpp"

#include <doctest/doctest.h>

#include <set>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"(
process: plain
version: 1
title: { en: Two reviews, zh: 两项审查 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  review:
    call: a.check
    with: { address: =form.address }
    limit: 3wd
    on: { rejected: { end: refused }, incomplete: { end: refused }, timeout: { end: refused } }
  second:
    needs: review
    call: b.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";
constexpr std::string_view form = R"({"address": "Example Road 1"})";

runtime::OpenRequest keyed(std::string fingerprint) {
    runtime::OpenRequest request;
    request.process = "plain";
    request.by = {"clerk:zhao", {"hall.clerk"}};
    request.form =
        expr::Value::record({{"address", expr::Value::string("Example Road 1")}});
    request.key = "K-1";
    request.fingerprint = std::move(fingerprint);
    return request;
}

}  // namespace

TEST_CASE("opening: the same key and body give the first case, another body is a conflict") {
    for (const unsigned shards : {1u, 4u}) {
        WorldOptions options;
        options.shards = shards;
        World world(with_departments(process), options);

        const auto first = world.try_open(keyed("body"));
        const auto second = world.try_open(keyed("body"));
        const auto other = world.try_open(keyed("other body"));
        world.restart(shards == 1 ? 3 : 1);
        const auto third = world.try_open(keyed("body"));

        REQUIRE(std::holds_alternative<runtime::Opened>(first));
        const CaseId id = std::get<runtime::Opened>(first).case_id;
        CHECK_FALSE(std::get<runtime::Opened>(first).existing);
        for (const auto& repeat : {second, third}) {
            REQUIRE(std::holds_alternative<runtime::Opened>(repeat));
            CHECK(std::get<runtime::Opened>(repeat).case_id == id);
            CHECK(std::get<runtime::Opened>(repeat).existing);
        }
        REQUIRE(std::holds_alternative<Error>(other));
        CHECK(std::get<Error>(other).kind == ErrorKind::conflict);
        world.finish();
    }
}

TEST_CASE("opening: a repeat that comes before the first is durable waits for it") {
    World world(with_departments(process));
    std::vector<runtime::OpenResult> results;
    const auto keep = [&](runtime::OpenResult result) { results.push_back(std::move(result)); };
    world.stop_committing();

    world.shard(0).take(runtime::OpenMail{keyed("body"), keep});
    world.settle();
    world.shard(0).take(runtime::OpenMail{keyed("body"), keep});
    world.settle();
    CHECK(results.empty());

    // What was never durable was never promised: after a crash the key is free.
    world.restart();
    const auto again = world.try_open(keyed("other body"));
    REQUIRE(std::holds_alternative<runtime::Opened>(again));
    CHECK_FALSE(std::get<runtime::Opened>(again).existing);
    world.finish();
}

TEST_CASE("restart: open calls are sent again, timers fire, and cases go on") {
    for (const unsigned shards : {1u, 2u, 5u}) {
        CAPTURE(shards);
        World world(with_departments(process));
        world.department("a", in_turn({silence(), answer("approved")}));
        world.department("b", always(answer("approved")));

        const CaseId answered = world.open("plain", form);
        world.run_for(minutes(5));
        CHECK(world.seen().size() == 1);
        world.restart(shards);
        world.run_for(minutes(5));
        REQUIRE(world.seen().size() == 3);
        CHECK(world.seen()[1].call.view.id == world.seen()[0].call.view.id);
        CHECK(world.seen()[1].call.view.attempt == 1);
        CHECK(world.end_of(answered) == "granted");

        world.department("a", always(promise("approved", hours(24 * 90))));
        const CaseId late = world.open("plain", form);
        world.run_for(minutes(5));
        world.restart(1);
        world.run_for(hours(24 * 30));
        CHECK(world.end_of(late) == "refused");
        world.finish();
    }
}

TEST_CASE("restart: an accepted call is not sent again, a failed one keeps its place in time") {
    World world(with_departments(process));
    world.department("a", always(promise("approved", hours(2))));
    const CaseId accepted = world.open("plain", form);
    world.run_for(minutes(1));
    world.department("a", in_turn({fail("down"), answer("approved")}));
    const CaseId failed = world.open("plain", form);
    world.settle();
    world.run_for(milliseconds(1100));
    REQUIRE(world.count(failed, "CallRetryScheduled") == 1);

    world.restart();
    world.department("b", always(answer("approved")));
    world.run_for(hours(1));
    CHECK(world.end_of(failed) == "granted");
    CHECK(world.steps(accepted) == "review:active");
    world.run();
    CHECK(world.end_of(accepted) == "granted");
    std::size_t sent = 0;
    for (const Seen& one : world.seen())
        if (one.call.view.id == CallId{accepted, 1}) ++sent;
    CHECK(sent == 1);
    world.finish();
}

TEST_CASE("restart: what was decided but not durable is as if it had never been") {
    World world(with_departments(process));
    world.department("a", always(answer("approved", minutes(10))));
    world.department("b", always(answer("approved")));
    const CaseId id = world.open("plain", form);
    world.run_for(minutes(1));
    const core::CaseState before = world.state(id);

    world.stop_committing();
    world.run_for(minutes(20));
    CHECK(world.state(id).sequence > before.sequence);
    CHECK(world.seen().size() == 1);
    world.restart();

    CHECK(store::encode_state(world.state(id)) == store::encode_state(before));
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("memory: with room for few cases, timers and calls everything still comes") {
    WorldOptions options;
    options.shards = 2;
    options.cases_cached_max = 4;
    options.timers_in_window_max = 64;
    options.dispatch_queue_max = 3;
    options.concurrency = 2;
    World world(with_departments(process), options);
    world.department("a", [](const runtime::OutboundCall& call) {
        // A third never answers: its limit ends it.
        return call.view.id.case_id.counter % 3 == 0 ? promise("approved", hours(24 * 60))
                                                     : answer("approved", minutes(1));
    });
    world.department("b", always(answer("approved", seconds(30))));

    std::vector<CaseId> cases;
    for (int i = 0; i < 90; ++i) {
        cases.push_back(world.open("plain", form));
        if (i % 3 == 0) world.run_for(milliseconds(1));
    }
    world.run();

    std::size_t granted = 0;
    std::size_t refused = 0;
    for (const CaseId& id : cases) {
        if (world.end_of(id) == "granted") ++granted;
        if (world.end_of(id) == "refused") ++refused;
    }
    CHECK(granted + refused == 90);
    CHECK(refused > 0);
    std::set<CallId> ids;
    for (const Seen& one : world.seen()) CHECK(ids.insert(one.call.view.id).second);
    CHECK(world.shard(0).metrics().cached <= 4 + 1);
    world.finish();
}

TEST_CASE("memory: more calls than fit are sent nearest due first after a restart") {
    WorldOptions options;
    options.dispatch_queue_max = 5;
    options.concurrency = 1;
    World world(with_departments(process), options);
    world.department("a", always(silence()));
    std::vector<CaseId> cases;
    for (int i = 0; i < 30; ++i) {
        cases.push_back(world.open("plain", form));
        world.run_for(hours(8));
    }
    const std::size_t before = world.seen().size();
    world.department("a", always(answer("approved")));
    world.department("b", always(answer("approved")));

    world.restart();
    world.run_for(hours(1));

    std::optional<Instant> last;
    for (std::size_t i = before; i < world.seen().size(); ++i) {
        const runtime::OutboundCall& call = world.seen()[i].call;
        if (world.seen()[i].department != "a") continue;
        REQUIRE(call.due.has_value());
        if (last) CHECK(*last <= *call.due);
        last = call.due;
    }
    world.run();
    for (const CaseId& id : cases) CHECK(world.end_of(id) != "(open)");
    world.finish();
}

TEST_CASE("mailbox: when full, commands from outside are refused and answers are not") {
    WorldOptions options;
    options.mailbox_max = 2;
    World world(with_departments(process), options);
    int opened = 0;
    int refused = 0;
    for (int i = 0; i < 5; ++i) {
        runtime::OpenRequest request = keyed("x");
        request.key.clear();
        world.shard(0).take(runtime::OpenMail{std::move(request), [&](runtime::OpenResult result) {
                                                  if (std::holds_alternative<Error>(result))
                                                      ++refused;
                                                  else
                                                      ++opened;
                                              }});
    }
    CHECK(refused == 3);
    world.settle();
    CHECK(opened == 2);
    CHECK(world.shard(0).metrics().refused_full == 3);
}

TEST_CASE("caps: no more attempts under way than allowed, no more a second than the rate") {
    WorldOptions options;
    options.concurrency = 2;
    options.rate_per_second = 4;
    World world(with_departments(process), options);
    world.department("a", always(answer("approved", milliseconds(100))));
    world.department("b", always(answer("approved", milliseconds(100))));
    for (int i = 0; i < 20; ++i) world.open("plain", form);

    world.run_for(hours(1));

    std::vector<Instant> times;
    for (const Seen& one : world.seen())
        if (one.department == "a") times.push_back(one.at);
    REQUIRE(times.size() == 20);
    for (std::size_t i = 0; i + 9 < times.size(); ++i) CHECK(times[i + 9] - times[i] > seconds(1));
    for (std::size_t i = 0; i + 2 < times.size(); ++i)
        CHECK(times[i + 2] - times[i] >= milliseconds(100));
    world.finish();
}

TEST_CASE("breaker: a broken department is left alone, its calls wait and burn no attempts") {
    WorldOptions options;
    options.breaker_failures = 3;
    options.concurrency = 1;
    World world(with_departments(process), options);
    bool broken = true;
    world.department("a", [&broken](const runtime::OutboundCall&) {
        return broken ? fail("down") : answer("approved");
    });
    world.department("b", always(answer("approved")));
    std::vector<CaseId> cases;
    for (int i = 0; i < 20; ++i) cases.push_back(world.open("plain", form));

    world.run_for(minutes(5));
    // Three failures open it; a probe every 30 seconds.
    CHECK(world.seen().size() <= 3 + 10);
    broken = false;
    world.run_for(hours(1));

    for (const CaseId& id : cases) CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("storm: a thousand deadlines at one second, and a new case still gets in between") {
    WorldOptions options;
    options.timers_in_window_max = 200;
    World world(with_departments(process), options);
    std::vector<CaseId> cases;
    for (int i = 0; i < 1'000; ++i) cases.push_back(world.open("plain", form));
    world.run_until("2026-02-13T16:59:59+08:00");
    CHECK(world.shard(0).metrics().timers_fired == 0);

    // All fall due now; the case opened at this moment must not wait for the last of them.
    world.clock().set(*parse_rfc3339("2026-02-13T17:00:00+08:00"));
    std::optional<std::uint64_t> fired_before;
    runtime::OpenRequest request = keyed("x");
    request.key.clear();
    const auto opened = [&](const runtime::OpenResult& result) {
        CHECK(std::holds_alternative<runtime::Opened>(result));
        fired_before = world.shard(0).metrics().timers_fired;
    };
    world.shard(0).take(runtime::OpenMail{std::move(request), opened});
    world.settle();

    REQUIRE(fired_before.has_value());
    CHECK(*fired_before < 1'000);
    CHECK(world.shard(0).metrics().timers_fired >= 1'000);
    for (const CaseId& id : cases) CHECK(world.end_of(id) == "refused");
    world.finish();
}

TEST_CASE("waiting: visitors for the end are shown it once it is durable, or time is up") {
    World world(with_departments(process));
    world.department("a", always(answer("approved", minutes(10))));
    world.department("b", always(answer("approved")));
    const CaseId id = world.open("plain", form);
    std::vector<std::string> shown;
    const auto wait = [&](Duration at_most) {
        const auto until = std::chrono::milliseconds(world.now().ms + at_most.ms);
        world.shard(0).take(runtime::EndedMail{
            id, until, [&shown](const result<runtime::CaseRead>& read) {
                const std::string end = read->state.end ? read->state.end->name : "(open)";
                return [&shown, end] { shown.push_back(end); };
            }});
    };

    wait(minutes(1));
    wait(hours(1));
    world.run_for(minutes(2));
    CHECK(shown == std::vector<std::string>{"(open)"});
    world.run();
    CHECK(shown == std::vector<std::string>{"(open)", "granted"});
    wait(hours(1));
    CHECK(shown.size() == 3);
    world.finish();
}

}  // namespace countersign::scenario
