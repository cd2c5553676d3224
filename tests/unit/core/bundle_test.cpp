// Bundles: items begin once what they need is granted, and what they grant is handed over.
#include "lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using model::NeedsKind;

namespace {

/// A bundle of two items and one that needs both; calls stand for the runs.
struct Bundled {
    Builder b;
    model::StepIndex licence = b.call(0, "licence", "x");
    model::StepIndex seal = b.call(0, "seal", "y");
    model::StepIndex last = b.call(0, "last", "z", {licence, seal});

    explicit Bundled(model::Delivery deliver) {
        b.process.bundle.emplace();
        b.process.bundle->deliver = deliver;
        for (const model::StepIndex step : {licence, seal, last})
            b.process.bundle->items.push_back({step, {}, {}, {}});
        b.step(last).needs.granted = true;
        for (const model::StepIndex step : {licence, seal, last})
            b.on(step, "rejected", lab::move(model::MoveKind::continue_));
    }
};

/// Returns what the last command handed over: "licence seal".
std::string handed_over(const Lab& lab) {
    std::string ids;
    for (const Event& event : lab.journal().back().events) {
        const auto* handed = event_as<HandedOver>(event);
        if (handed == nullptr) continue;
        for (const std::uint32_t instance : handed->instances) {
            CHECK(lab.state().instances[instance].handed_over == lab.now());
            ids += (ids.empty() ? "" : " ") +
                   lab.context().process.steps[lab.state().instances[instance].step].id;
        }
    }
    return ids;
}

}  // namespace

TEST_CASE("bundle: items begin once what they need is granted, and never when that cannot be") {
    // The full table of two needs, each granted, refused, skipped or open.
    const std::vector<std::string> ends = {"approved", "rejected", "skipped", ""};
    std::size_t rows = 0;
    for (const NeedsKind kind : {NeedsKind::all, NeedsKind::any, NeedsKind::at_least})
        for (const std::string& first : ends)
            for (const std::string& second : ends) {
                const auto count = [&](const std::string& end) {
                    return (first == end ? 1 : 0) + (second == end ? 1 : 0);
                };
                const int granted = count("approved");
                const int wanted = kind == NeedsKind::any ? 1 : 2;
                const std::string expected = granted >= wanted              ? "active"
                                             : granted + count("") < wanted ? "skipped"
                                                                            : "";
                Bundled made(model::Delivery::as_ready);
                made.b.step(made.last).needs.kind = kind;
                made.b.step(made.last).needs.count = 2;
                const std::pair<model::StepIndex, std::string> both[] = {{made.licence, first},
                                                                         {made.seal, second}};
                for (const auto& [step, end] : both)
                    if (end == "skipped")
                        made.b.step(step).when = lab::constant(expr::Value::boolean(false));
                Lab lab(made.b.process);
                lab.open();
                for (const auto& [step, end] : both)
                    if (!end.empty() && end != "skipped")
                        CHECK(lab.answer(made.b.step(step).id, end) == "");
                CAPTURE(static_cast<int>(kind));
                CAPTURE(first);
                CAPTURE(second);
                const std::string steps = lab.steps();
                const std::size_t at = steps.find("last:");
                CHECK((at == std::string::npos ? "" : steps.substr(at + 5)) == expected);
                ++rows;
            }
    CHECK(rows == 48);
}

TEST_CASE("bundle: what an item grants is handed over at once, a refusal is not") {
    Lab lab(Bundled(model::Delivery::as_ready).b.process);
    lab.open();
    CHECK(lab.answer("licence", "approved") == "");
    CHECK(handed_over(lab) == "licence");
    CHECK(lab.answer("seal", "rejected") == "");
    CHECK(handed_over(lab) == "");
    CHECK(lab.steps().substr(0, 48) == "licence:approved seal:rejected last:skipped");
}

TEST_CASE("bundle: together, nothing is handed over before the last item is settled") {
    Lab lab(Bundled(model::Delivery::together).b.process);
    lab.open();
    CHECK(lab.answer("licence", "approved") == "");
    CHECK(handed_over(lab) == "");
    CHECK(lab.answer("seal", "approved") == "");
    CHECK(handed_over(lab) == "");
    CHECK(lab.answer("last", "rejected") == "");
    CHECK(handed_over(lab) == "licence seal");
}

TEST_CASE("bundle: each granted instance of an item for a list is handed over") {
    Bundled made(model::Delivery::as_ready);
    made.b.each(made.seal, {"copper", "rubber"}, model::JoinKind::ended);
    Lab lab(made.b.process);
    lab.open();
    CHECK(lab.answer("seal[copper]", "approved") == "");
    CHECK(handed_over(lab) == "seal");
    CHECK(lab.answer("seal[rubber]", "rejected") == "");
    CHECK(handed_over(lab) == "");
}

TEST_CASE("bundle: an end before the last item hands over what is kept") {
    for (const bool taken_back : {false, true}) {
        Bundled made(model::Delivery::together);
        made.b.process.ends.push_back(
            {"stopped", model::EndKind::refused, {}, std::nullopt, false, false, {}});
        made.b.step(made.seal).on.clear();
        made.b.on(made.seal, "rejected", lab::move(model::MoveKind::end, "stopped"));
        if (taken_back) {
            model::Undo undo;
            undo.target.department = "x";
            made.b.step(made.licence).undo = undo;
        }
        Lab lab(made.b.process);
        lab.open();
        CHECK(lab.answer("licence", "approved") == "");
        CHECK(lab.answer("seal", "rejected") == "");
        CHECK(lab.state().end->name == "stopped");
        CHECK(handed_over(lab) == (taken_back ? "" : "licence"));
    }
}

TEST_CASE("bundle: an item done again is handed over again") {
    Bundled made(model::Delivery::as_ready);
    made.b.step(made.last).on.clear();
    model::Move back = lab::move(model::MoveKind::back, "", 1);
    back.redone = {made.licence, made.last};
    back.otherwise = {lab::move(model::MoveKind::continue_)};
    made.b.on(made.last, "rejected", back);
    Lab lab(made.b.process);
    lab.open();
    CHECK(lab.answer("licence", "approved") == "");
    CHECK(lab.answer("seal", "approved") == "");
    CHECK(lab.answer("last", "rejected") == "");
    CHECK(lab.answer("licence", "approved") == "");
    CHECK(handed_over(lab) == "licence");
}
