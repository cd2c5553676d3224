#pragma once
// Papers that a command line hands in: files are sent to the server, and the case names them.

#include "cli/session.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// A paper as a command line gives it.
struct Paper {
    std::string id;    ///< of the process's material
    std::string file;  ///< path; empty: it was presented on paper
};

/// Reads "ID" and "ID=FILE". Exit::usage that names everything wrong at once: an id that is missing
/// or given twice, a file that is not there, is none, is empty or may not be read.
outcome<std::vector<Paper>> papers_of(const std::vector<std::string>& given);

/// Returns why a file cannot be handed in, without its name: "is not there"; empty when it can.
Text trouble_with_file(const std::string& path);

/// Sends the files, one after the other, with progress when standard error is a terminal. Returns
/// the papers as the API takes them: [{"id", "name", "sha256"}].
outcome<boost::json::array> hand_in(const Globals& globals, Client& client,
                                    const std::vector<Paper>& papers);

/// Sends one file, and returns the server's {"sha256", "bytes", "name"}.
outcome<Reply> send_file(const Globals& globals, Client& client, const std::string& path);

/// Returns what shows a file's progress on standard error, or nothing when that is no terminal.
Client::Progress progress_of(std::string_view name);

/// Returns a number of bytes as people say it: "20 MB", "1.5 MB", "800 KB", "12 B".
std::string size_text(std::uint64_t bytes);

}  // namespace countersign::cli
