// Check digits against published and computed examples.

#include "engine/model/identity.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace countersign::model;

TEST_CASE("uscc: codes with both check digits right are fine") {
    for (const char* code :
         {"91350200MA2YJ1XR9G", "91350200776049653A", "91440101MA5CJQ4N59", "11100000000013338W",
          "11370800MB28559184", "91310114MAC0TEX05A", "91310114MAC1ABCD7E", "91310114TEXT00017U",
          "11310114MB2X000126", "11310114MB2X000201", "12310114MB2X00039T"}) {
        CAPTURE(code);
        CHECK(judge_uscc(code) == Verdict::fine);
    }
}

TEST_CASE("uscc: a code in use with a wrong check digit is suspicious, not malformed") {
    CHECK(judge_uscc("91350203M0001QAY9B") == Verdict::suspicious);
}

TEST_CASE("uscc: any one digit of a right code changed is noticed") {
    const std::string right = "91350200MA2YJ1XR9G";
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::string wrong = right;
        wrong[i] = wrong[i] == '1' ? '2' : '1';
        CAPTURE(wrong);
        CHECK(judge_uscc(wrong) == Verdict::suspicious);
    }
}

TEST_CASE("uscc: other forms are malformed") {
    for (const char* code : {"", "91350200MA2YJ1XR9", "91350200MA2YJ1XR9GG", "9135020OMA2YJ1XR9G",
                             "91350200ma2yj1xr9g", "91350200MA2YJ1XRIG"}) {
        CAPTURE(code);
        CHECK(judge_uscc(code) == Verdict::malformed);
    }
}

TEST_CASE("citizen number: the standard's example and its neighbours") {
    CHECK(judge_citizen_id("11010519491231002X") == Verdict::fine);
    CHECK(judge_citizen_id("310114199001010014") == Verdict::fine);
    CHECK(judge_citizen_id("110105194912310021") == Verdict::suspicious);
    CHECK(judge_citizen_id("310114198502290013") == Verdict::malformed);
    CHECK(judge_citizen_id("11010519491231002x") == Verdict::malformed);
    CHECK(judge_citizen_id("1101051949123100") == Verdict::malformed);
}
