#pragma once
// The commands: each function adds one to the command line, in the file of its name.

#include "cli/session.hpp"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace countersign::cli {

/// What the command line is made of while commands are added. `globals` and `run` outlive it; a
/// command that was chosen puts itself into `run`, which returns the exit code.
struct CommandLine {
    CLI::App& app;
    Globals& globals;
    std::function<int()>& run;
};

/// Without a server: each adds the command that stands behind it.
void add_check(CommandLine& line);       ///< check PATH…
void add_test(CommandLine& line);        ///< test PATH…
void add_rehearse(CommandLine& line);    ///< rehearse PROCESS [APPLICATION.json]
void add_explain(CommandLine& line);     ///< explain CODE
void add_calendar(CommandLine& line);    ///< calendar due, between, show, check, diff
void add_compare(CommandLine& line);     ///< diff OLD NEW, disclose PROCESS
void add_diagram(CommandLine& line);     ///< diagram PROCESS
void add_bundle(CommandLine& line);      ///< bundle PROCESS
void add_eval(CommandLine& line);        ///< eval EXPRESSION
void add_version(CommandLine& line);     ///< version
void add_serve(CommandLine& line);       ///< serve --config FILE
void add_department(CommandLine& line);  ///< department serve FILE

/// With one.
void add_deploy(CommandLine& line);    ///< deploy PATH…
void add_start(CommandLine& line);     ///< start PROCESS APPLICATION.json
void add_list(CommandLine& line);      ///< list
void add_show(CommandLine& line);      ///< show CASE
void add_history(CommandLine& line);   ///< history CASE
void add_why(CommandLine& line);       ///< why CASE
void add_clock(CommandLine& line);     ///< clock CASE
void add_task(CommandLine& line);      ///< task list, show, claim, release, complete
void add_supply(CommandLine& line);    ///< supply CASE
void add_document(CommandLine& line);  ///< document list, show
void add_gantt(CommandLine& line);
void add_add(CommandLine& line);
void add_extend(CommandLine& line);
void add_schema(CommandLine& line);
void add_material(CommandLine& line);  ///< material list, get, put
void add_withdraw(CommandLine& line);  ///< withdraw CASE
void add_incident(CommandLine& line);  ///< retry CASE INCIDENT, answer CALL
void add_verify(CommandLine& line);    ///< verify [CASE]

/// Returns the words of a command line with an expression that begins with a minus behind "--", so
/// that `eval -x` is no option.
std::vector<std::string> expression_last(std::vector<std::string> words);

/// Adds the global options and all commands.
void add_everything(CommandLine& line);

}  // namespace countersign::cli
