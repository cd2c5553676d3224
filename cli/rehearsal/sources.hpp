#pragma once
// Which documents a test or a rehearsal needs: those named, else those nearest to it.

#include "cli/failure.hpp"
#include "cli/output/terminal.hpp"
#include "definitions/workspace.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// Returns the first key of a YAML text: what kind of document it is; empty when there is none.
std::string_view kind_of(std::string_view text);

/// Returns the value of the first key: the document's id; empty when there is none.
std::string_view id_of(std::string_view text);

/// Returns the documents that define `process`, without tests. With `named` paths those; else the
/// nearest folder from `start` upwards that holds the process, or whose countersign.yaml names
/// folders that do; when none does, the nearest that holds any process, so that a misspelt id can
/// be told, or nothing. Exit::usage when a path named cannot be read.
outcome<std::vector<definitions::SourceFile>> definitions_for(
    const std::string& process, const std::string& start, const std::vector<std::string>& named);

/// Checks documents; with errors prints what is wrong with them and fails with Exit::refused.
outcome<definitions::Checked> without_errors(const Terminal& terminal,
                                             std::vector<definitions::SourceFile> files);

/// Returns a process of a checked set; Exit::usage with the nearest id when there is none.
outcome<const model::Process*> process_in(const definitions::Checked& checked,
                                          const std::string& id);

}  // namespace countersign::cli
