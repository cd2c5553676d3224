#pragma once
// The one place where adapters write log lines, so that few sources compile spdlog.

#include <string>

namespace countersign::http {

// Each writes one line to the process's logger. Any thread.
void log_debug(const std::string& line);
void log_info(const std::string& line);
void log_warning(const std::string& line);
void log_error(const std::string& line);

/// Sets up the process's logger: level "debug", "info", "warning" or "error", format "text" or
/// "json" (an object a line), to standard error. Once, before threads start.
void set_up_log(const std::string& level, const std::string& format);

}  // namespace countersign::http
