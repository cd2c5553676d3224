// What a bundle asks its applicant for: the merged form and papers, by what each item asks for.

#include "support.hpp"

#include "engine/expr/json.hpp"
#include "engine/model/bundle.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::definitions;

namespace {

constexpr const char* licence = R"(process: licence
version: 1
title: { en: Licence, zh: 执照 }
form:
  company:
    type: record
    required: true
    title: { en: Company, zh: 企业 }
    fields:
      name: { type: text, required: true, element: name, title: { en: Name, zh: 名称 } }
      code: { type: uscc, element: code, title: { en: Code, zh: 代码 } }
  chain: { type: boolean, default: false, title: { en: Chain, zh: 连锁 } }
  brand: { type: text, required: form.chain, title: { en: Brand, zh: 品牌 } }
materials:
  lease: { required: true, element: lease, accept: [pdf, jpg], title: { en: Lease, zh: 租约 } }
  consent: { required: form.chain, title: { en: Consent, zh: 同意书 } }
steps:
  register:
    ask: operator
    with:
      name: =form.company.name
      code: "=form.?company.?code"
      chain: =form.chain
      brand: =form.brand
ends:
  granted: { kind: granted, otherwise: true, title: { en: Granted, zh: 准予 } }
)";

constexpr const char* tax = R"(process: tax
version: 1
title: { en: Tax, zh: 税务 }
form:
  tax_code:
    { type: uscc, required: true, element: code, personal: true, title: Code }
  account: { type: text, required: true, title: { en: Account, zh: 账号 } }
materials:
  premises:
    { required: true, element: lease, accept: [pdf], max_size: 2MB, title: Place }
steps:
  enter: { ask: operator, with: { code: =form.tax_code, account: =form.account } }
ends:
  granted: { kind: granted, otherwise: true, title: { en: Granted, zh: 准予 } }
)";

constexpr const char* shop = R"(process: shop
version: 1
title: { en: Shop, zh: 开店 }
form:
  company_pays: { type: boolean, default: false, title: { en: Pays tax, zh: 纳税 } }
bundle:
  items:
    licence: { run: licence }
    tax: { run: tax, when: form.company_pays }
  form: merged
  materials: merged
ends:
  granted: { kind: granted, otherwise: true, title: { en: Granted, zh: 准予 } }
)";

model::Process shop_process() {
    const Checked checked =
        check({{"licence.yaml", licence}, {"tax.yaml", tax}, {"shop.yaml", shop}});
    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    return checked.deployable.processes.back();
}

/// What is wrong with an application: "missing company.name; missing tax.account".
std::string wrong_with(const model::Process& process, const std::string& json) {
    const auto value = expr::from_json(json);
    REQUIRE(value.has_value());
    std::string problems;
    for (const model::Problem& problem : model::conform_application(process, *value).problems)
        problems += (problems.empty() ? "" : "; ") + problem.code + " " + problem.path;
    return problems;
}

std::vector<std::string> papers_for(const model::Process& process, const std::string& json) {
    const auto value = expr::from_json(json);
    REQUIRE(value.has_value());
    return model::required_materials(process, model::conform_application(process, *value).value);
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("bundle: each item asks by its own form for what is its own") {
    const model::Process process = shop_process();

    CHECK(wrong_with(process, R"({"company":{"name":"Noodles"}})") == "");
    CHECK(wrong_with(process, R"({})") == "missing company.name");
    CHECK(wrong_with(process, R"({"company":{"name":"Noodles"},"licence":{"chain":true}})") ==
          "missing licence.brand");
    CHECK(wrong_with(process, R"({"company":{"name":"Noodles"},"company_pays":true})") ==
          "missing company.code; missing tax.account");
    CHECK(wrong_with(process, R"({"company":{"name":"Noodles","code":"91310114MAC0TEX05A"},)"
                              R"("company_pays":true,"tax":{"account":"6222"}})") == "");
    CHECK(wrong_with(process, R"({"company":{"name":"Noodles"},"account":"6222"})") ==
          "unknown_field account");
}

TEST_CASE("bundle: a mistake in a field of two items is told once") {
    CHECK(wrong_with(shop_process(), R"({"company":{"name":"Noodles","code":"91310114MAC0TEX05B"},)"
                                     R"("company_pays":true,"tax":{"account":"6222"}})") ==
          "suspicious company.code");
}

TEST_CASE("bundle: papers of one element are one paper, asked for by any item that is wanted") {
    const model::Process process = shop_process();

    CHECK(papers_for(process, R"({"company":{"name":"Noodles"}})") == Told{"lease"});
    CHECK(papers_for(process,
                     R"({"company":{"name":"Noodles"},"licence":{"chain":true,"brand":"N"}})") ==
          Told{"lease", "consent"});
    REQUIRE(process.materials.size() == 2);
    CHECK(process.materials[0].accept == Told{"pdf"});
    CHECK(process.materials[0].max_bytes == 2'000'000);
}

TEST_CASE("bundle: an item gets its part of the form under its own names") {
    const model::Process process = shop_process();
    const auto form =
        expr::from_json(R"({"company":{"name":"Noodles","code":"c"},"tax":{"account":"6222"}})");
    REQUIRE(process.bundle->items.size() == 2);

    CHECK(expr::to_json(model::form_of_item(process.bundle->items[0], *form),
                        expr::Personal::open) == R"({"company":{"code":"c","name":"Noodles"}})");
    CHECK(expr::to_json(model::form_of_item(process.bundle->items[1], *form),
                        expr::Personal::open) == R"({"account":"6222","tax_code":"c"})");
}

TEST_CASE("bundle: a field that is personal in one item is personal in the merged form") {
    const model::Process process = shop_process();
    const auto& company = process.form.fields[1];
    REQUIRE(company.name == "company");
    CHECK_FALSE(company.fields[0].personal);
    CHECK(company.fields[1].personal);
}
