// Stored processes and the deployment.
#include "engine/store/definitions_store.hpp"
#include "engine/store/keys.hpp"
#include "engine/store/memory.hpp"

#include <doctest/doctest.h>

namespace countersign::store::tests {

TEST_CASE("definitions: a process is found by what cases pin, and by nothing else") {
    const auto store = make_memory_store();
    Batch batch;
    const auto second = put_definition(batch, "hookup", 2, {"source 2", "compiled 2"});
    const auto first = put_definition(batch, "hookup", 1, {"source 1", "compiled 1"});
    const auto longer = put_definition(batch, "hookup2", 1, {"source", "compiled"});
    REQUIRE(store->commit(batch).has_value());

    CHECK(first.hash == view_of(sha256("compiled 1")));
    const auto found = get_definition(*store, first);
    REQUIRE(found.has_value());
    CHECK(found->source == "source 1");
    CHECK(found->compiled == "compiled 1");
    core::ProcessRef wrong = first;
    wrong.hash = second.hash;
    CHECK(get_definition(*store, wrong).error().kind == ErrorKind::not_found);
    wrong.hash = "short";
    CHECK(get_definition(*store, wrong).error().kind == ErrorKind::invalid);
    CHECK(list_definitions(*store).value() == std::vector{first, second, longer});
    CHECK(list_definitions(*store, "hookup").value() == std::vector{first, second});
    CHECK(list_definitions(*store, "other")->empty());
}

TEST_CASE("definitions: compiled bytes that were changed are not given out") {
    const auto store = make_memory_store();
    Batch batch;
    const auto ref = put_definition(batch, "hookup", 1, {"source", "compiled"});
    std::string key = "c\x06hookup";
    key.append("\0\0\0\1", 4).append(ref.hash);
    batch.put(Family::definitions, key, "changed");
    REQUIRE(store->commit(batch).has_value());
    CHECK(get_definition(*store, ref).error().kind == ErrorKind::corrupt);
}

TEST_CASE("definitions: the deployment is the last one set") {
    const auto store = make_memory_store();
    CHECK(!current_deployment(*store).value());
    for (const char* document : {"one", "two"}) {
        Batch batch;
        put_deployment(batch, document);
        REQUIRE(store->commit(batch).has_value());
        CHECK(current_deployment(*store).value() == document);
    }
    CHECK(list_definitions(*store)->empty());
}

}  // namespace countersign::store::tests
