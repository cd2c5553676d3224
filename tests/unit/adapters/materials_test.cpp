// Papers over the API: sent, named by a case, fetched, and everything that is refused about them.
#include "api_fixture.hpp"

#include "adapters/http/content_fields.hpp"
#include "engine/base/bytes.hpp"
#include "engine/store/hasher.hpp"
#include "engine/store/rows.hpp"

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace {

const std::string pdf = "%PDF-1.4\n" + std::string(5'000, 'p');
const std::string upload = "POST /v1/materials";

std::string sha256_of(std::string_view bytes) {
    store::Hasher hasher;
    hasher.add(bytes);
    const store::Hash hash = hasher.finish();
    return std::string(store::view_of(hash));
}

std::string opening(const std::string& materials, const std::string& form = "") {
    return R"({"form": {"address": "Road 1")" + form + R"(}, "materials": [)" + materials + "]}";
}

std::string plan_named(const std::string& name, const std::string& bytes) {
    return fmt::format(R"({{"id": "site_plan", "name": "{}", "sha256": "{}"}})", name,
                       hex(sha256_of(bytes)));
}

/// Opens a case whose site plan is `pdf`; returns its id.
std::string case_with_plan(ApiFixture& fixture, const std::string& token = operator_token) {
    REQUIRE_LT(fixture.send(upload, token, pdf).status, 202);
    const Reply opened = fixture.send("POST /v1/processes/hookup/cases", token,
                                      opening(plan_named("总平面图.pdf", pdf)));
    REQUIRE_MESSAGE(opened.status == 201, opened.body);
    return opened.text("case");
}

}  // namespace

TEST_CASE("materials: a file is kept once, and its hash names it") {
    ApiFixture fixture;

    const Reply first = fixture.send(upload + "?name=plan.pdf", applicant_token, pdf);
    const Reply again = fixture.send(upload, clerk_token, pdf,
                                     "content-disposition: attachment; filename=\"a.pdf\"\r\n");

    CHECK_EQ(first.status, 201);
    CHECK_EQ(first.text("sha256"), hex(sha256_of(pdf)));
    CHECK_EQ(first.text("bytes"), std::to_string(pdf.size()));
    CHECK_EQ(first.text("name"), "plan.pdf");
    CHECK_EQ(again.status, 200);
    CHECK_EQ(again.text("sha256"), first.text("sha256"));
    CHECK_EQ(again.text("name"), "a.pdf");
}

TEST_CASE("materials: uploads that will not do are refused, each with its reason") {
    ApiFixture fixture;
    const std::string right = "repr-digest: " + digest_of(sha256_of(pdf)) + "\r\n";
    const std::string wrong = "content-digest: " + digest_of(sha256_of("else")) + "\r\n";

    CHECK_EQ(fixture.send(upload, "", pdf).status, 401);
    CHECK_EQ(fixture.send(upload, applicant_token, "").text("detail"),
             "the body is empty: send the file's bytes");
    CHECK_EQ(fixture.send(upload, applicant_token, pdf, wrong).status, 422);
    CHECK_EQ(fixture.send(upload, applicant_token, pdf, "repr-digest: sha-256=x\r\n").status, 400);
    CHECK_EQ(fixture.send(upload, applicant_token, pdf, right + wrong).status, 400);
    CHECK_EQ(fixture.send(upload + "?name=..%2Fetc", applicant_token, pdf).status, 400);
    CHECK_EQ(fixture.send(upload, applicant_token, pdf, "content-encoding: gzip\r\n").status, 415);
    // Nothing of it was kept: the right digest is the first to bring the content in.
    CHECK_EQ(fixture.send(upload, applicant_token, pdf, right).status, 201);
}

TEST_CASE("materials: a case names a file, and whoever may see its personal data fetches it") {
    ApiFixture fixture;
    const std::string id = case_with_plan(fixture, applicant_token);
    const std::string file = "GET /v1/cases/" + id + "/materials/site_plan";

    const Reply got = fixture.send(file, operator_token);
    const Reply list = fixture.send("GET /v1/cases/" + id + "/materials", operator_token);
    const Reply masked = fixture.send("GET /v1/cases/" + id + "/materials", auditor_token);

    CHECK_EQ(got.status, 200);
    CHECK_EQ(got.body, pdf);
    CHECK_NE(got.head.find("content-type: application/pdf"), std::string::npos);
    CHECK_NE(got.head.find("x-content-type-options: nosniff"), std::string::npos);
    CHECK_NE(got.head.find("filename*=UTF-8''%E6%80%BB"), std::string::npos);
    CHECK_NE(got.head.find("repr-digest: " + digest_of(sha256_of(pdf))), std::string::npos);
    CHECK_EQ(
        fixture.send("GET /v1/cases/" + id + "/materials/" + hex(sha256_of(pdf)), applicant_token)
            .body,
        pdf);
    CHECK_EQ(fixture.send(file, clerk_token).status, 200);
    CHECK_NE(list.body.find("总平面图.pdf"), std::string::npos);
    CHECK_NE(list.body.find(std::to_string(pdf.size())), std::string::npos);
    CHECK_EQ(masked.body.find("总平面图.pdf"), std::string::npos);
    CHECK_EQ(masked.body.find(hex(sha256_of(pdf))), std::string::npos);
    CHECK_EQ(fixture.send(file, auditor_token).status, 403);
    CHECK_EQ(fixture.send(file + "_2", operator_token).status, 404);
}

TEST_CASE("materials: what was presented on paper has no file") {
    ApiFixture fixture;
    const Reply opened =
        fixture.send("POST /v1/processes/hookup/cases", operator_token, opening(R"("site_plan")"));
    REQUIRE_EQ(opened.status, 201);
    const std::string cases = "GET /v1/cases/" + opened.text("case") + "/materials";

    CHECK_NE(fixture.send(cases, operator_token).body.find(R"("on_paper":true)"),
             std::string::npos);
    const Reply none = fixture.send(cases + "/site_plan", operator_token);
    CHECK_EQ(none.status, 404);
    CHECK_NE(none.text("detail").find("presented on paper"), std::string::npos);
}

TEST_CASE("materials: all that is wrong with files and form comes in one answer") {
    ApiFixture fixture;
    const std::string program = "MZ\x90" + std::string(100, 'm');
    const std::string large = "%PDF-1.4\n" + std::string(2'100'000, 'l');
    REQUIRE_EQ(fixture.send(upload, operator_token, program).status, 201);
    REQUIRE_EQ(fixture.send(upload, operator_token, large).status, 201);
    const auto refused = [&](const std::string& body) {
        const Reply reply = fixture.send("POST /v1/processes/hookup/cases", operator_token, body);
        CHECK_EQ(reply.status, 422);
        CHECK_NE(reply.body.find(R"("path":"materials.site_plan")"), std::string::npos);
        return reply.body;
    };

    CHECK_NE(refused(opening(plan_named("a.pdf", program))).find("content_differs"),
             std::string::npos);
    CHECK_NE(refused(opening(plan_named("a.exe", program))).find("not_accepted"),
             std::string::npos);
    CHECK_NE(refused(opening(plan_named("a.pdf", "never sent"))).find("not_stored"),
             std::string::npos);
    const std::string both_wrong = refused(opening(plan_named("a.pdf", large), R"(, "x": 1)"));
    CHECK_NE(both_wrong.find("too_large"), std::string::npos);
    CHECK_NE(both_wrong.find(R"("path":"x")"), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/cases", operator_token).json().find("cases")->items().size(), 0);
}

TEST_CASE("materials: what is supplied later is judged alike, and comes last") {
    ApiFixture fixture;
    const std::string id = case_with_plan(fixture);
    const std::string second = "%PDF-1.7\nsecond";
    const std::string supply = "POST /v1/cases/" + id + "/supply";

    const Reply unknown = fixture.send(supply, operator_token,
                                       R"({"materials": [)" + plan_named("b.pdf", second) + "]}");
    REQUIRE_EQ(fixture.send(upload, operator_token, second).status, 201);
    const Reply taken = fixture.send(supply, operator_token,
                                     R"({"materials": [)" + plan_named("b.pdf", second) + "]}");

    CHECK_EQ(unknown.status, 422);
    CHECK_NE(unknown.body.find("not_stored"), std::string::npos);
    CHECK_MESSAGE(taken.status == 200, taken.body);
    CHECK_EQ(fixture.send("GET /v1/cases/" + id + "/materials/site_plan", operator_token).body,
             second);
    CHECK_EQ(
        fixture.send("GET /v1/cases/" + id + "/materials/" + hex(sha256_of(pdf)), operator_token)
            .body,
        pdf);
}

TEST_CASE("materials: verification reads the papers of a case, and all when it is asked to") {
    ApiFixture fixture;
    const std::string id = case_with_plan(fixture);
    const std::string unnamed = "%PDF-1.4\nunnamed";
    REQUIRE_EQ(fixture.send(upload, operator_token, unnamed).status, 201);
    const std::string read = std::to_string(pdf.size());

    const Reply one = fixture.send("GET /v1/cases/" + id + "/verify", operator_token);
    const Reply named = fixture.send("GET /v1/verify", operator_token);
    const Reply all = fixture.send("GET /v1/verify?contents=read", operator_token);

    CHECK_EQ(one.text("ok"), "true");
    CHECK_EQ(one.text("contents"), "1");
    CHECK_EQ(one.text("content_bytes_read"), read);
    CHECK_EQ(named.text("contents"), "1");
    CHECK_EQ(named.text("content_bytes_read"), "0");
    CHECK_EQ(all.text("contents"), "2");
    CHECK_EQ(all.text("content_bytes_read"), std::to_string(pdf.size() + unnamed.size()));
    CHECK_EQ(fixture.send("GET /v1/verify?contents=x", operator_token).status, 400);

    // A case that names what is not there: the store of contents was lost, the journal was not.
    store::Batch batch;
    const store::Hash lost = store::sha256("lost");
    store::put_content_name(batch, *CaseId::parse(id), lost);
    REQUIRE(fixture.store->commit(batch).has_value());
    const Reply missing = fixture.send("GET /v1/cases/" + id + "/verify", operator_token);
    CHECK_EQ(missing.text("ok"), "false");
    CHECK_NE(missing.body.find(hex(store::view_of(lost)).substr(0, 12)), std::string::npos);
    CHECK_EQ(missing.body.find(hex(store::view_of(lost))), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/verify", operator_token).text("ok"), "false");
}

TEST_CASE("materials: a file in the form is one that is stored, of the size that it has") {
    ApiFixture fixture;
    REQUIRE_EQ(fixture.send(upload, operator_token, pdf).status, 201);
    const auto with_scan = [&](const std::string& bytes) {
        return opening("",
                       fmt::format(R"(, "scan": {{"name": "s.pdf", "sha256": "{}", "bytes": 1}})",
                                   hex(sha256_of(bytes))));
    };

    const Reply unknown =
        fixture.send("POST /v1/processes/hookup/cases", operator_token, with_scan("other"));
    const Reply taken =
        fixture.send("POST /v1/processes/hookup/cases", operator_token, with_scan(pdf));

    CHECK_EQ(unknown.status, 422);
    CHECK_NE(unknown.body.find(R"("path":"scan")"), std::string::npos);
    REQUIRE_MESSAGE(taken.status == 201, taken.body);
    const Reply form =
        fixture.send("GET /v1/cases/" + taken.text("case") + "/form", operator_token);
    CHECK_NE(form.body.find(R"("bytes":)" + std::to_string(pdf.size())), std::string::npos);
}
