// Personal values: kept out of addresses and of notices that everybody reads.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

TEST_CASE("personal: an item with a personal key is addressed by its place in the list") {
    Builder b;
    const auto visit = b.call(0, "visit", "x");
    b.each(visit, {"one"}, model::JoinKind::ended);
    b.step(visit).each->key = lab::constant(expr::Value::string("Zhang").marked_personal());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.steps() == "visit:active visit[1]:active");
    CHECK(find_instance(lab.state(), lab.context().process, "visit[1]") == 2);
    CHECK(lab.state().instances[2].key.as_string() == "Zhang");
}

TEST_CASE("personal: a notice with a personal value is kept as one, others stay readable") {
    const auto noticed = [](expr::Value text) {
        Builder b;
        model::Action send;
        send.kind = model::ActionKind::send;
        send.to = "hall.clerk";
        send.text_en = lab::constant(std::move(text));
        model::Move move = lab::move(model::MoveKind::continue_);
        move.also = {send};
        b.on(b.call(0, "a", "x"), "rejected", move);
        Lab lab(b.process);
        lab.open();
        CHECK(lab.answer("a", "rejected") == "");
        return lab.journal().back().events;
    };
    const auto find = [](const std::vector<Event>& events) {
        for (const Event& event : events)
            if (const auto* given = event_as<PersonalNoticeGiven>(event)) return given->text_en;
        return expr::StoredValue{};
    };
    CHECK(find(noticed(expr::Value::string("call 138").marked_personal())).value.personal());
    CHECK(find(noticed(expr::Value::string("the map changed"))).value.is_null());
}
