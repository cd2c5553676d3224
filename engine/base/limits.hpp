#pragma once
// Every bound of the engine, with its unit and its reason. Going over one is a rejection, an error
// or an incident, never a hang or a silent drop.

#include <cstddef>
#include <cstdint>

namespace countersign::limits {

// Definitions (trust.md §2.7)
inline constexpr std::size_t yaml_bytes_max = 1 << 20;          ///< bytes a file; a process is text
inline constexpr std::size_t yaml_depth_max = 32;               ///< levels; nobody reads deeper
inline constexpr std::size_t yaml_nodes_max = 20'000;           ///< nodes a file; bounds the checks
inline constexpr std::size_t yaml_scalar_bytes_max = 64 << 10;  ///< bytes a scalar
inline constexpr std::size_t expression_bytes_max = 4 << 10;    ///< bytes an expression's text
inline constexpr std::size_t expression_depth_max = 64;         ///< levels of an expression's tree
inline constexpr std::size_t diagnostics_max = 100;             ///< shown a run; more help nobody

// Expressions at run time
inline constexpr std::uint64_t expression_steps_max = 100'000;  ///< steps an evaluation

// JSON at the borders (trust.md §2.7)
inline constexpr std::size_t json_depth_max = 32;        ///< levels
inline constexpr std::size_t json_members_max = 10'000;  ///< values in one document
inline constexpr std::size_t json_string_bytes_max = 256 << 10;

// A case
inline constexpr std::size_t form_bytes_max = 1 << 20;     ///< encoded bytes of one form version
inline constexpr std::size_t result_bytes_max = 1 << 20;   ///< encoded bytes of one result
inline constexpr std::size_t instances_max = 100'000;      ///< step instances a case
inline constexpr std::size_t each_items_max = 20'000;      ///< items of one `each`
inline constexpr std::size_t decide_work_max = 2'000'000;  ///< work-list entries a command
inline constexpr std::size_t repeat_max = 1'000;           ///< rounds a step may declare
inline constexpr std::size_t note_bytes_max = 16 << 10;    ///< bytes of a note or reason
inline constexpr std::size_t overrides_max = 100;          ///< suspicious numbers accepted at once
inline constexpr std::int64_t receipt_days_max = 30;       ///< days from a receipt to its entry
inline constexpr std::int64_t happened_before_ms = 7LL * 86'400'000;  ///< back-dating tolerated
inline constexpr std::int64_t happened_after_ms = 5LL * 60'000;       ///< foreign clock ahead

// Working time
inline constexpr std::int64_t working_days_max = 5'000;  ///< twenty years
inline constexpr std::int64_t calendar_years_max = 100;  ///< years that d, month and year may span
inline constexpr std::int64_t elapsed_seconds_max = 20LL * 366 * 86'400;

// Calls
inline constexpr std::uint32_t attempts_max = 1'000;  ///< attempts a call may be configured to have

// Shards
inline constexpr std::size_t mailbox_max = 20'000;           ///< outside commands waiting a shard
inline constexpr std::size_t batch_commands_max = 1'024;     ///< commands decided into one batch
inline constexpr std::size_t batch_bytes_max = 8 << 20;      ///< bytes of one batch
inline constexpr std::size_t cases_cached_max = 20'000;      ///< idle case states kept a shard
inline constexpr std::size_t cases_cached_bytes_max = 48 << 20;  ///< what they take, a shard
inline constexpr std::size_t timers_in_window_max = 20'000;  ///< timers held in memory a shard
inline constexpr std::size_t dispatch_queue_max = 2'000;     ///< calls held in memory a department

// Materials
inline constexpr std::uint64_t material_bytes_usual = 100'000'000;  ///< where none says `max_size`
inline constexpr std::uint64_t material_bytes_max = 2'000'000'000;  ///< that a `max_size` may say
inline constexpr std::size_t file_name_bytes_max = 255;             ///< what file systems take
inline constexpr std::size_t materials_max = 1'000;                 ///< papers that a case may hold
inline constexpr std::size_t uploads_max = 64;  ///< at once; each holds under 1 MB of memory

// HTTP (trust.md §2.7)
inline constexpr std::size_t http_header_bytes_max = 8 << 10;
inline constexpr std::size_t http_body_bytes_max = 8 << 20;  ///< an application with its fields
inline constexpr std::size_t answer_bytes_max = 1 << 20;     ///< a department's answer

}  // namespace countersign::limits
