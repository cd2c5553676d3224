// Keys as README.md fixes them, and the SHA-256 that some of them hold.
#include "engine/store/keys.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"

#include <openssl/evp.h>

#include <memory>

namespace countersign::store {

namespace {

constexpr std::size_t rest_bytes = 9;
constexpr std::uint64_t no_due = ~std::uint64_t{0};
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

/// OpenSSL looks the algorithm up by name on every use unless it was fetched before.
struct Sha256 {
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{
        EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    EVP_MD_CTX_free};
};

std::uint64_t ordered(Instant at) { return static_cast<std::uint64_t>(at.ms) ^ sign_bit; }

void put_rest(std::string& out, CaseId id) {
    put_big_endian(out, id.ms, 6);
    put_big_endian(out, id.counter, 3);
}

CaseId inverted(CaseId id) {
    return {~id.ms & ((std::uint64_t{1} << 48) - 1), id.partition, ~id.counter & 0xff'ffffu};
}

void put_name(std::string& out, std::string_view name) {
    CHECK(name.size() <= 0xff);
    out += static_cast<char>(name.size());
    out += name;
}

std::string begin(std::uint8_t partition) {
    std::string key;
    key.reserve(64);
    key += static_cast<char>(partition);
    return key;
}

std::optional<core::TimerKind> timer_kind(char byte) {
    const auto number = static_cast<unsigned char>(byte);
    if (number > static_cast<unsigned char>(core::TimerKind::undo)) return std::nullopt;
    return static_cast<core::TimerKind>(number);
}

std::uint32_t number_at(std::string_view key, std::size_t at) {
    return static_cast<std::uint32_t>(get_big_endian(key.substr(at), 4));
}

}  // namespace

Hash sha256(std::string_view bytes) {
    thread_local Sha256 sha;
    Hash hash{};
    unsigned size = 0;
    CHECK(EVP_DigestInit_ex2(sha.context.get(), sha.algorithm.get(), nullptr) == 1);
    CHECK(EVP_DigestUpdate(sha.context.get(), bytes.data(), bytes.size()) == 1);
    CHECK(EVP_DigestFinal_ex(sha.context.get(), hash.data(), &size) == 1);
    CHECK(size == hash.size());
    return hash;
}

std::string_view view_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

void put_time(std::string& out, Instant at) { put_big_endian(out, ordered(at), 8); }

Instant read_time(std::string_view bytes) {
    CHECK(bytes.size() >= 8);
    return {static_cast<std::int64_t>(get_big_endian(bytes, 8) ^ sign_bit)};
}

std::string case_key(CaseId id) {
    std::string key = begin(id.partition);
    put_rest(key, id);
    return key;
}

std::optional<CaseId> read_case_rest(std::string_view key, std::size_t at) {
    if (key.size() < at + rest_bytes || at == 0) return std::nullopt;
    CaseId id;
    id.partition = static_cast<std::uint8_t>(key.front());
    if (id.partition >= partitions) return std::nullopt;
    id.ms = get_big_endian(key.substr(at), 6);
    id.counter = static_cast<std::uint32_t>(get_big_endian(key.substr(at + 6), 3));
    return id;
}

std::optional<CaseId> read_case_key(std::string_view key) { return read_case_rest(key, 1); }

std::string journal_key(CaseId id, std::uint64_t sequence) {
    std::string key = case_key(id);
    put_big_endian(key, sequence, 8);
    return key;
}

std::optional<std::uint64_t> read_journal_key(std::string_view key, CaseId& id) {
    const auto found = read_case_key(key);
    if (!found || key.size() != case_key_bytes + 8) return std::nullopt;
    id = *found;
    return get_big_endian(key.substr(case_key_bytes), 8);
}

std::string case_row_key(CaseId id, CaseRow row) { return case_key(id) + static_cast<char>(row); }

std::string value_key(CaseId id, std::string_view hash) { return case_key(id).append(hash); }

std::string timer_bound(std::uint8_t partition, Instant due) {
    std::string key = begin(partition);
    put_time(key, due);
    return key;
}

std::string timer_key(const TimerKey& timer) {
    std::string key = timer_bound(timer.case_id.partition, timer.due);
    put_rest(key, timer.case_id);
    key += static_cast<char>(timer.timer.kind);
    put_big_endian(key, timer.timer.number, 4);
    return key;
}

std::optional<TimerKey> read_timer_key(std::string_view key) {
    constexpr std::size_t kind_at = 1 + 8 + rest_bytes;
    if (key.size() != kind_at + 1 + 4) return std::nullopt;
    const auto id = read_case_rest(key, 9);
    const auto kind = timer_kind(key[kind_at]);
    if (!id || !kind) return std::nullopt;
    return TimerKey{read_time(key.substr(1)), *id, {*kind, number_at(key, kind_at + 1)}};
}

std::string filed_key(CaseId id, core::TimerId timer) {
    std::string key = case_key(id);
    key += static_cast<char>(timer.kind);
    put_big_endian(key, timer.number, 4);
    return key;
}

std::optional<core::TimerId> read_filed_key(std::string_view key, CaseId& id) {
    if (key.size() != case_key_bytes + 1 + 4) return std::nullopt;
    const auto found = read_case_key(key);
    const auto kind = timer_kind(key[case_key_bytes]);
    if (!found || !kind) return std::nullopt;
    id = *found;
    return core::TimerId{*kind, number_at(key, case_key_bytes + 1)};
}

std::strong_ordering CallKey::operator<=>(const CallKey& other) const {
    const auto place = [](const CallKey& key) { return key.due ? ordered(*key.due) : no_due; };
    if (const auto order = department <=> other.department; order != 0) return order;
    if (const auto order = place(*this) <=> place(other); order != 0) return order;
    if (const auto order = call <=> other.call; order != 0) return order;
    return attempt <=> other.attempt;
}

std::string call_prefix(std::uint8_t partition, std::string_view department) {
    std::string key = begin(partition);
    put_name(key, department);
    return key;
}

std::string call_key(const CallKey& call) {
    std::string key = call_prefix(call.call.case_id.partition, call.department);
    put_big_endian(key, call.due ? ordered(*call.due) : no_due, 8);
    put_rest(key, call.call.case_id);
    put_big_endian(key, call.call.number, 4);
    put_big_endian(key, call.attempt, 4);
    return key;
}

std::optional<CallKey> read_call_key(std::string_view key) {
    if (key.size() < 2) return std::nullopt;
    const std::size_t name_bytes = static_cast<unsigned char>(key[1]);
    const std::size_t due_at = 2 + name_bytes;
    const std::size_t number_begin = due_at + 8 + rest_bytes;
    if (key.size() != number_begin + 4 + 4) return std::nullopt;
    const auto id = read_case_rest(key, due_at + 8);
    if (!id) return std::nullopt;
    CallKey call;
    call.department = key.substr(2, name_bytes);
    const std::string_view due = key.substr(due_at);
    if (get_big_endian(due, 8) != no_due) call.due = read_time(due);
    call.call = {*id, number_at(key, number_begin)};
    call.attempt = number_at(key, number_begin + 4);
    return call;
}

std::string task_key(TaskId id) {
    std::string key = case_key(id.case_id);
    put_big_endian(key, id.number, 4);
    return key;
}

std::optional<TaskId> read_task_key(std::string_view key) {
    const auto id = read_case_key(key);
    if (!id || key.size() != case_key_bytes + 4) return std::nullopt;
    return TaskId{*id, number_at(key, case_key_bytes)};
}

std::string opened_index_prefix(std::uint8_t partition) { return begin(partition) + 'o'; }

std::string status_index_prefix(std::uint8_t partition, core::CaseStatus status) {
    std::string key = begin(partition) + 's';
    return key += static_cast<char>(status);
}

std::string process_index_prefix(std::uint8_t partition, std::string_view process,
                                 core::CaseStatus status) {
    std::string key = begin(partition) + 'p';
    put_name(key, process);
    return key += static_cast<char>(status);
}

std::string applicant_index_prefix(std::uint8_t partition, const Hash& applicant) {
    std::string key = begin(partition) + 'a';
    return key.append(view_of(applicant));
}

std::string role_index_prefix(std::uint8_t partition, std::string_view role) {
    std::string key = begin(partition) + 'r';
    put_name(key, role);
    return key;
}

std::string in_hand_role(std::string_view department) { return "call/" + std::string(department); }

std::string role_index_key(std::string_view role, TaskId task) {
    std::string key = with_case(role_index_prefix(task.case_id.partition, role), task.case_id);
    put_big_endian(key, task.number, 4);
    return key;
}

std::string claim_index_key(TaskId task) {
    std::string key = with_case(begin(task.case_id.partition) + 'c', task.case_id);
    put_big_endian(key, task.number, 4);
    return key;
}

std::string content_index_prefix(std::uint8_t partition) { return begin(partition) + 'b'; }

std::string content_index_prefix(std::uint8_t partition, const Hash& content) {
    return content_index_prefix(partition).append(view_of(content));
}

std::string idempotency_key(std::string_view principal, std::string_view key) {
    std::string out = begin(idempotency_partition(principal, key)) + 'k';
    const Hash hash = sha256(std::string(principal) + '\0' + std::string(key));
    return out.append(view_of(hash));
}

std::uint8_t idempotency_partition(std::string_view principal, std::string_view key) {
    const std::string both = std::string(principal) + '\0' + std::string(key);
    return static_cast<std::uint8_t>(stable_hash(both) % partitions);
}

std::string with_case(std::string prefix, CaseId id) {
    put_rest(prefix, id);
    return prefix;
}

std::string with_case_inverted(std::string prefix, CaseId id) {
    put_rest(prefix, inverted(id));
    return prefix;
}

std::optional<CaseId> read_case_inverted(std::string_view key) {
    if (key.size() <= rest_bytes) return std::nullopt;
    const auto id = read_case_rest(key, key.size() - rest_bytes);
    return id ? std::optional(inverted(*id)) : std::nullopt;
}

}  // namespace countersign::store
