// The papers that a case has issued, with their texts as they are kept.
#include "adapters/http/api/views.hpp"
#include "engine/base/bytes.hpp"
#include "engine/store/hasher.hpp"

namespace countersign::http {

namespace {

std::string hash_of(const expr::StoredValue& text) {
    const std::string whole = text.value.is(expr::Kind::string) ? text.value.as_string() : "";
    return hex(store::view_of(store::sha256(whole)));
}

void write_members(JsonWriter& json, const Viewed& viewed, const core::IssuedDocument& issued) {
    const model::Document& document = viewed.process.documents[issued.document];
    json.member("document", core::document_number(viewed.state.id, issued.paper));
    json.member("id", document.id);
    json.member("title", document.title);
    json.member("step", viewed.address(issued.instance));
    json.member("step_title", viewed.titles(issued.instance));
    json.member("issued", viewed.time(issued.issued));
    json.member("sha256_en", hash_of(issued.text_en));
    json.member("sha256_zh", hash_of(issued.text_zh));
}

}  // namespace

void write_documents(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    json.key("documents");
    json.begin_array();
    for (const core::IssuedDocument& issued : viewed.state.documents) {
        json.begin_object();
        write_members(json, viewed, issued);
        json.member("text_en", issued.text_en.value, personal);
        json.member("text_zh", issued.text_zh.value, personal);
        json.end_object();
    }
    json.end_array();
}

}  // namespace countersign::http
