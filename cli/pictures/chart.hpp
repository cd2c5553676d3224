#pragma once
// What a diagram of a process shows, before it has places: boxes, groups around them, and arrows.

#include "adapters/http/api/views.hpp"
#include "engine/model/process.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// How a box looks.
enum class BoxKind { step, decision, wait, start, join, granted, refused, withdrawn };

/// What a step of a case has come to; `none` in a diagram without a case.
enum class BoxState { none, waiting, active, done, refused, skipped };

struct Box {
    BoxKind kind = BoxKind::step;
    std::vector<std::string> lines;  ///< the first is its title; none: a dot
    std::string tip;                 ///< what a reader is told who points at it
    std::size_t group = 0;           ///< into Chart::groups
    int colour = -1;                 ///< into Chart::legend; -1: nobody's
    BoxState state = BoxState::none;
};

/// A stage, with its boxes and groups inside. Group 0 is the whole.
struct Group {
    std::string title;
    std::size_t parent = 0;
};

struct Arrow {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string label;
    bool move = false;   ///< by an outcome's move, not by `needs`
    bool again = false;  ///< leads to what came before
};

struct Chart {
    std::string title;
    std::vector<Box> boxes;
    std::vector<Group> groups;
    std::vector<Arrow> arrows;
    std::vector<std::string> legend;  ///< who acts, by colour
};

/// Returns the chart of a process in `language`. `states` has what steps have come to, by their
/// ids; without any the chart shows the definition alone.
Chart chart_of(const model::Process& process, const http::Names& names, std::string_view language,
               const std::map<std::string, BoxState, std::less<>>& states = {});

}  // namespace countersign::cli
