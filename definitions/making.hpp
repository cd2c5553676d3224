#pragma once
// Building what a text says in short: nodes that stand at the place of the one they come from.

#include "definitions/yaml/access.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace countersign::definitions {

/// Builds nodes that stand at the place of another, which must outlive it.
class Maker {
  public:
    explicit Maker(const yaml::Node& at) : at_(at) {}

    yaml::Node scalar(std::string text) const {
        yaml::Node node = bare(yaml::NodeKind::scalar);
        node.text = std::move(text);
        return node;
    }
    yaml::Node mapping() const { return bare(yaml::NodeKind::mapping); }
    void add(yaml::Node& to, std::string_view key, yaml::Node value) const {
        to.entries.push_back({scalar(std::string(key)), std::move(value)});
    }

  private:
    yaml::Node bare(yaml::NodeKind kind) const {
        yaml::Node node;
        node.kind = kind;
        node.span = at_.span;
        node.begin = at_.begin;
        node.end = at_.end;
        return node;
    }
    const yaml::Node& at_;
};

}  // namespace countersign::definitions
