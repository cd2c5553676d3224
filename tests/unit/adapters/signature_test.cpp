// Standard Webhooks signatures, capabilities and base64 against published and independent vectors.
#include "adapters/http/signature.hpp"

#include "engine/base/bytes.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::http;

namespace {

// The example of the Standard Webhooks specification's libraries.
constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view timestamp = "1614265330";
constexpr std::string_view body = R"({"test": 2432232314})";
constexpr std::string_view signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

}  // namespace

TEST_CASE("signature: the known Standard Webhooks message gives the known signature") {
    const auto signer = Signer::from_secret(secret);

    REQUIRE(signer.has_value());
    CHECK_EQ(signer->sign(id, timestamp, body), signature);
}

TEST_CASE("signature: HMAC-SHA256 of RFC 4231, test case 1") {
    const auto signer = Signer::from_key(std::string(20, '\x0b'));

    REQUIRE(signer.has_value());
    CHECK_EQ(hex(signer->mac({"Hi", " ", "There"})),
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_CASE("signature: one of several that fits is enough") {
    const auto signer = Signer::from_secret(secret);
    const std::string several = "v1,bm9uc2Vuc2U= " + std::string(signature);

    CHECK(verify_signature(*signer, id, timestamp, several, body, 1'614'265'330).has_value());
}

TEST_CASE("signature: a changed body, id, key or a stale time is refused") {
    const auto signer = Signer::from_secret(secret);
    const auto other = Signer::from_key(std::string(24, 'x'));
    const std::int64_t now = 1'614'265'330;

    CHECK(verify_signature(*signer, id, timestamp, signature, body, now + 300).has_value());
    CHECK_FALSE(verify_signature(*signer, id, timestamp, signature, body, now + 301).has_value());
    CHECK_FALSE(verify_signature(*signer, id, timestamp, signature, body, now - 301).has_value());
    CHECK_FALSE(
        verify_signature(*signer, "msg_other", timestamp, signature, body, now).has_value());
    CHECK_FALSE(verify_signature(*signer, id, timestamp, signature, "{}", now).has_value());
    CHECK_FALSE(verify_signature(*signer, id, "soon", signature, body, now).has_value());
    CHECK_FALSE(verify_signature(*signer, id, timestamp, "", body, now).has_value());
    CHECK_FALSE(verify_signature(*other, id, timestamp, signature, body, now).has_value());
}

TEST_CASE("signature: a secret that is no base64 or too short is refused without being shown") {
    for (const std::string_view bad : {"whsec_not base64!", "whsec_", "whsec_c2hvcnQ=", ""}) {
        const auto signer = Signer::from_secret(bad);
        REQUIRE_FALSE(signer.has_value());
        CHECK_EQ(signer.error().message.find("c2hvcnQ"), std::string::npos);
    }
}

TEST_CASE("base64: RFC 4648 vectors there and back") {
    for (const auto& [plain, coded] : std::initializer_list<std::pair<std::string, std::string>>{
             {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
        CHECK_EQ(base64(plain), coded);
        CHECK_EQ(*unbase64(coded), plain);
    }
    CHECK_EQ(base64url("\xfb\xff"), "-_8");
    CHECK_FALSE(unbase64("Zg=").has_value());
    CHECK_FALSE(unbase64("Z=g=").has_value());
    CHECK_FALSE(unbase64("====").has_value());
}

TEST_CASE("capability: the same for a call, different between calls") {
    const auto signer = Signer::from_key(std::string(32, 'k'));

    CHECK_EQ(signer->capability("A-C1"), signer->capability("A-C1"));
    CHECK_NE(signer->capability("A-C1"), signer->capability("A-C2"));
    CHECK_EQ(signer->capability("A-C1").size(), 43);
}

TEST_CASE("sha256: the vector of FIPS 180") {
    CHECK_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
