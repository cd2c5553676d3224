// The pages of kinds of mistakes.
#include "definitions/cel/problem.hpp"

namespace countersign::cel {

std::string_view code_of(ProblemKind kind) {
    switch (kind) {
        case ProblemKind::syntax:
            return "CS2060";
        case ProblemKind::name:
            return "CS2065";
        case ProblemKind::type:
            return "CS2066";
        case ProblemKind::absent:
            return "CS2067";
    }
    return "CS2060";
}

}  // namespace countersign::cel
