// The shard's intake and its step.

#include "engine/runtime/shard.hpp"

#include "engine/base/check.hpp"
#include "engine/runtime/calendars.hpp"
#include "engine/runtime/deciding.hpp"
#include "engine/runtime/departments.hpp"
#include "engine/runtime/openings.hpp"
#include "engine/runtime/refiling.hpp"
#include "engine/runtime/waiters.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>

namespace countersign::runtime {

namespace {

// Slices of one step: small enough that HTTP on the same thread gets its turn within milliseconds.
constexpr std::size_t reports_slice = 256;
constexpr std::size_t timers_slice = 256;
constexpr std::size_t outside_slice = 256;
constexpr std::size_t refile_slice = 64;

bool is_never_refused(const core::CommandBody& body) {
    return std::holds_alternative<core::AnswerCall>(body) ||
           std::holds_alternative<core::ReportAttempt>(body) ||
           std::holds_alternative<core::FireTimer>(body);
}

Error not_taken(bool stopping) {
    return failure(ErrorKind::unavailable,
                   stopping
                       ? both("the engine is stopping", "系统正在停止")
                       : both("the engine is busy: try again in a second", "系统繁忙，请稍后再试"));
}

CommandResult widen(std::variant<CommandDone, core::Rejection> decided) {
    return std::visit([](auto& what) -> CommandResult { return std::move(what); }, decided);
}

}  // namespace

struct Shard::Inside final : Place {
    explicit Inside(ShardConfig given);

    // ── Errands of other cases ──
    void send_errand(unsigned shard, Errand errand) override {
        send(shard, ErrandMail{std::move(errand)});
    }
    void visit(const CaseId& id, const CaseVisitor& visitor) override;
    void open(OpenRequest request, OpenHandler done) override {
        OpenMail mail{std::move(request), std::move(done)};
        take(mail);
    }
    void submit(core::Command command, CommandHandler done) override {
        CommandMail mail{std::move(command), std::move(done)};
        take(mail);
    }
    void recall(const CallId& call, std::function<void(result<void>)> done) override {
        outside.push_back(RecallMail{call, std::move(done)});
    }

    // ── Intake ──
    void take(OpenMail& mail);
    void take(CommandMail& mail);
    void take(VisitMail& mail);
    void take(EndedMail& mail);
    void take(DispatchMail& mail);
    void take(CancelMail& mail);
    void take(ResultMail& mail) { reports.push_back(std::move(mail)); }
    void take(SettledMail& mail);
    void take(CatalogMail& mail) { catalog = std::move(mail.catalog); }
    void take(CalendarsMail& mail);
    void take(ErrandMail& mail) {
        advance();
        mail.errand(*this);
    }
    void take(RecallMail& mail) { outside.push_back(std::move(mail)); }
    bool has_place();

    // ── Work ──
    void work(OpenMail& mail);
    void work(CommandMail& mail);
    void work(ResultMail& mail);
    void work(RecallMail& mail);
    /// The case that a key led to, and the batch that makes it durable.
    struct Met {
        store::Repeat first;
        std::uint64_t batch = 0;
    };
    result<std::optional<Met>> met(const std::string& principal, const std::string& key) const;
    bool met_before(OpenMail& mail);
    void fire(const timer::Timer& timer);
    result<void> fire_due();
    result<void> recover();
    result<void> refile();
    void refile(const store::FiledTimer& row);
    template <class Queue>
    void work_off(Queue& queue, std::size_t at_most);
    void show_ended(CachedCase& cached);
    void expire_waiters();
    void release(const CaseId& id, const core::Effect& effect);
    void settle(const AttemptResult& result, std::uint64_t batch);
    void send(unsigned shard, Mail mail);

    Desk desk() {
        return {batches, timers, counts, now, *calendars, config.contents, *config.in_flight};
    }
    core::Context context(const CachedCase& cached) const {
        return {now, *cached.deployed->process, *calendars};
    }
    bool is_home(const std::string& department) const {
        return home_shard(department, config.shards) == config.index;
    }
    void advance() { now = std::max(now, config.clock->now()); }
    void note(const std::string& text) const {
        if (config.note) config.note(text);
    }

    ShardConfig config;
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const calendar::Calendars> calendars;
    OwnedPartitions owned;
    Instant now;
    CaseCache cache;
    Batches batches;
    Timers timers;
    CaseIds ids;
    PendingKeys keys;
    Refiling refiling;
    Waiters waiters;
    ShardMetrics counts;
    std::deque<std::variant<CommandMail, ResultMail>> reports;
    std::deque<std::variant<OpenMail, CommandMail, RecallMail>> outside;
    bool held = false;
    bool refusing = false;
    bool recovered = false;
    bool stepping = false;
    Departments departments;  // last: adapters and their completions go before what they report to
};

namespace {

DispatcherPorts ports_for(const ShardConfig& config) {
    DispatcherPorts ports;
    ports.store = config.store;
    ports.real_now = config.real_now;
    ports.callback_url = config.callback_url;
    ports.queue_max = config.dispatch_queue_max;
    return ports;
}

}  // namespace

Shard::Inside::Inside(ShardConfig given)
    : config(std::move(given)),
      catalog(config.catalog),
      calendars(config.calendars),
      owned(owned_partitions(config.index, config.shards)),
      now(config.floor + milliseconds(1)),
      cache(*config.store, config.cases_cached_max, config.cases_cached_bytes_max),
      timers(*config.store, owned.first, owned.count, config.timers_in_window_max),
      ids(owned),
      departments(
          config.departments, [this](const std::string& id) { return is_home(id); },
          config.executor,
          [this] {
              DispatcherPorts ports = ports_for(config);
              ports.now = [this] { return now; };
              ports.calendars = [this]() -> const calendar::Calendars& { return *calendars; };
              ports.report = [this](AttemptResult result) {
                  const unsigned shard =
                      shard_of_partition(result.call.case_id.partition, config.shards);
                  send(shard, ResultMail{std::move(result)});
                  if (!stepping && config.wake) config.wake();
              };
              return ports;
          }(),
          [this](const std::string& department) {
              return make_case_adapter(department, *this, config.index, config.shards);
          }) {}

void Shard::Inside::send(unsigned shard, Mail mail) {
    if (shard != config.index) return config.route(shard, std::move(mail));
    std::visit([this](auto& what) { take(what); }, mail);
}

// ── Intake ───────────────────────────────────────────────────────────────────────────────────
bool Shard::Inside::has_place() {
    if (!refusing && outside.size() < config.mailbox_max) return true;
    ++counts.refused_full;
    return false;
}

void Shard::Inside::take(OpenMail& mail) {
    if (!has_place()) return mail.done(not_taken(refusing));
    outside.push_back(std::move(mail));
}

void Shard::Inside::take(CommandMail& mail) {
    if (is_never_refused(mail.command.body)) {
        reports.push_back(std::move(mail));
    } else if (has_place()) {
        outside.push_back(std::move(mail));
    } else if (mail.done) {
        mail.done(not_taken(refusing));
    }
}

void Shard::Inside::take(VisitMail& mail) {
    advance();
    visit(mail.case_id, mail.visitor);
}

void Shard::Inside::take(EndedMail& mail) {
    advance();
    const auto loaded = cache.load(mail.case_id, *catalog);
    const bool waits = loaded && (*loaded)->state.status == core::CaseStatus::open;
    if (waits && mail.until > config.real_now())
        waiters.add(mail.case_id, mail.until, std::move(mail.visitor));
    else
        visit(mail.case_id, mail.visitor);
}

void Shard::Inside::take(DispatchMail& mail) {
    departments.at(mail.job.view.department).offer(std::move(mail.job));
}

void Shard::Inside::take(CancelMail& mail) {
    departments.at(mail.cancel.department).cancel(mail.cancel.call);
}

void Shard::Inside::take(SettledMail& mail) {
    departments.at(mail.department).settled(mail.call, mail.attempt);
}

void Shard::Inside::take(CalendarsMail& mail) {
    calendars = std::move(mail.calendars);
    refiling.begin(owned.first, owned.count);
    // A batch under way may take the mark of an earlier change away after this one's was written.
    for (unsigned i = 0; i < owned.count; ++i)
        mark(batches.rows(), static_cast<std::uint8_t>(owned.first + i));
}

// ── Visits ───────────────────────────────────────────────────────────────────────────────────
void Shard::Inside::visit(const CaseId& id, const CaseVisitor& visitor) {
    const auto loaded = cache.load(id, *catalog);
    if (!loaded) return visitor(loaded.error())();
    const CachedCase& cached = **loaded;
    batches.after(cached.batch, visitor(CaseRead{cached.state, *cached.deployed, *calendars, now}));
}

void Shard::Inside::show_ended(CachedCase& cached) {
    if (cached.state.status == core::CaseStatus::open) return;
    for (const CaseVisitor& visitor : waiters.take(cached.state.id))
        batches.after(cached.batch,
                      visitor(CaseRead{cached.state, *cached.deployed, *calendars, now}));
}

void Shard::Inside::expire_waiters() {
    if (!waiters.next()) return;
    for (const auto& [id, visitor] : waiters.take_expired(config.real_now())) visit(id, visitor);
}

// ── Work ─────────────────────────────────────────────────────────────────────────────────────
result<std::optional<Shard::Inside::Met>> Shard::Inside::met(const std::string& principal,
                                                             const std::string& key) const {
    if (const PendingKeys::Pending* pending = keys.find(principal, key))
        return Met{{pending->case_id, pending->body, now}, pending->batch};
    const auto found = store::find_repeat(*config.store, principal, key);
    if (!found) return found.error();
    if (!*found) return std::optional<Met>();
    return Met{**found, 0};
}

bool Shard::Inside::met_before(OpenMail& mail) {
    const OpenRequest& request = mail.request;
    if (request.key.empty()) return false;
    const store::Hash body = store::sha256(request.fingerprint);
    const auto before = met(request.by.name, request.key);
    if (!before) return mail.done(before.error()), true;
    if (!*before) return false;
    const auto& [first, batch] = **before;
    if (first.body != body) {
        mail.done(failure(ErrorKind::conflict,
                          both("this Idempotency-Key was used for an application with other "
                               "content",
                               "该 Idempotency-Key 已用于另一份内容不同的申请")));
        return true;
    }
    batches.after(batch, [done = std::move(mail.done), id = first.case_id] {
        done(Opened{id, true});
    });
    return true;
}

void Shard::Inside::work(RecallMail& mail) {
    const auto opened = met(opener_for(mail.call.case_id).name, mail.call.text());
    if (!opened) return mail.done(opened.error());
    if (!*opened) return mail.done({});
    core::Command command;
    command.id = "recall/" + mail.call.text();
    command.case_id = (*opened)->first.case_id;
    command.by = opener_for(mail.call.case_id);
    command.body = core::RecallCase{};
    CommandMail recall{std::move(command), [done = mail.done](const CommandResult& recalled) {
                           const auto* error = std::get_if<Error>(&recalled);
                           done(error == nullptr ? result<void>() : *error);
                       }};
    work(recall);
}

void Shard::Inside::work(OpenMail& mail) {
    if (met_before(mail)) return;
    OpenRequest& request = mail.request;
    CachedCase fresh;
    fresh.deployed = catalog->find(request.process, request.version);
    if (!fresh.deployed)
        return mail.done(
            failure(ErrorKind::not_found, format_both("no process {} is deployed in that version",
                                                      "未部署事项 {} 的该版本", request.process)));
    for (const std::string& id : fresh.deployed->calendars) {
        if (calendars->find(id) == nullptr)
            return mail.done(failure(
                ErrorKind::unavailable,
                format_both("the calendar {} is not in force yet", "工作日历 {} 尚未启用", id)));
    }
    if (!config.in_flight->enter())
        return mail.done(failure(
            ErrorKind::unavailable,
            format_both("{} cases are open, the most that this server takes; try again when some "
                        "have ended",
                        "已有 {} 个办件在办，达到本服务器的上限，请待部分办结后再试",
                        config.in_flight->most())));
    if (request.parent) hand_on(request.materials, *fresh.deployed->process);
    core::Command command;
    command.case_id =
        request.key.empty()
            ? ids.next(now)
            : ids.next(now, store::idempotency_partition(request.by.name, request.key));
    command.id = request.command_id.empty() ? "open/" + command.case_id.text()
                                            : std::move(request.command_id);
    command.by = std::move(request.by);
    command.body = core::OpenCase{fresh.deployed->ref,     std::move(request.applicant),
                                  std::move(request.form), std::move(request.materials),
                                  request.received,        std::move(request.overrides),
                                  request.incomplete,      request.parent};
    fresh.state.id = command.case_id;
    fresh.secret = store::make_secret();
    Desk here = desk();
    auto decided = decide_into(here, fresh, command);
    if (auto* rejection = std::get_if<core::Rejection>(&decided)) {
        config.in_flight->leave();
        return mail.done(std::move(*rejection));
    }
    ++counts.opened;
    if (!request.key.empty()) {
        const store::Hash body = store::sha256(request.fingerprint);
        store::put_repeat(batches.rows(), command.by.name, request.key,
                          {command.case_id, body, now});
        keys.add(command.by.name, request.key, {command.case_id, body, batches.number()});
    }
    const CachedCase& kept = cache.add(std::move(fresh));
    batches.after(kept.batch, [done = std::move(mail.done), id = command.case_id] {
        done(Opened{id, false});
    });
}

void Shard::Inside::work(CommandMail& mail) {
    const auto loaded = cache.load(mail.command.case_id, *catalog);
    if (!loaded) {
        if (mail.done) mail.done(loaded.error());
        return;
    }
    CachedCase& cached = **loaded;
    Desk here = desk();
    CommandResult decided = widen(decide_into(here, cached, mail.command));
    show_ended(cached);
    if (!mail.done) return;
    batches.after(cached.batch, [done = std::move(mail.done), decided = std::move(decided)] {
        done(decided);
    });
}

void Shard::Inside::work(ResultMail& mail) {
    const core::Command command = command_of(mail.result);
    const auto loaded = cache.load(command.case_id, *catalog);
    if (!loaded) {
        note("cannot report on call " + mail.result.call.text() + ": " + loaded.error().message);
        return settle(mail.result, batches.durable());
    }
    CachedCase& cached = **loaded;
    Desk here = desk();
    const auto decided = decide_into(here, cached, command);
    const auto* rejection = std::get_if<core::Rejection>(&decided);
    if (rejection != nullptr && std::holds_alternative<Answered>(mail.result.result)) {
        // An answer that does not fit must not vanish: an operator looks at it.
        AttemptResult refused = mail.result;
        refused.result = AnswerRefused{rejection->message.en, ""};
        decide_into(here, cached, command_of(refused));
    }
    show_ended(cached);
    settle(mail.result, cached.batch);
}

void Shard::Inside::settle(const AttemptResult& result, std::uint64_t batch) {
    const unsigned home = home_shard(result.department, config.shards);
    SettledMail settled{result.call, result.attempt, result.department};
    batches.after(batch, [this, home, settled = std::move(settled)] { send(home, settled); });
}

template <class Queue>
void Shard::Inside::work_off(Queue& queue, std::size_t at_most) {
    for (std::size_t i = 0; i < at_most && !queue.empty() && batches.has_room(); ++i) {
        auto mail = std::move(queue.front());
        queue.pop_front();
        std::visit([this](auto& what) { work(what); }, mail);
    }
}

void Shard::Inside::fire(const timer::Timer& timer) {
    const auto loaded = cache.load(timer.case_id, *catalog);
    if (!loaded) {
        note("cannot fire a timer: " + loaded.error().message);
        return;
    }
    ++counts.timers_fired;
    static const core::Principal engine{"engine", {"engine"}};
    const core::TimerId id{static_cast<core::TimerKind>(timer.kind), timer.number};
    const core::Command command{"timer/" + std::to_string(timer.kind) + "/" +
                                    std::to_string(timer.number) + "/" +
                                    std::to_string(timer.due.ms),
                                timer.case_id, engine, core::FireTimer{id}};
    Desk here = desk();
    const auto decided = decide_into(here, **loaded, command, &timer);
    if (const auto* rejection = std::get_if<core::Rejection>(&decided))
        note("a timer of case " + timer.case_id.text() + " was rejected: " + rejection->message.en);
    show_ended(**loaded);
}

result<void> Shard::Inside::fire_due() {
    for (std::size_t i = 0; i < timers_slice && !held && batches.has_room(); ++i) {
        const auto timer = timers.pop(now);
        if (!timer) return timer.error();
        if (!*timer) break;
        fire(**timer);
    }
    return {};
}

// ── Recovery and re-filing ───────────────────────────────────────────────────────────────────
result<void> Shard::Inside::recover() {
    recovered = true;
    for (unsigned i = 0; i < owned.count; ++i) {
        const auto partition = static_cast<std::uint8_t>(owned.first + i);
        const auto marked = is_marked(*config.store, partition);
        if (!marked) return marked.error();
        if (*marked) refiling.begin(partition);
    }
    return departments.find_missing([this](const std::string& id) { return is_home(id); });
}

result<void> Shard::Inside::refile() {
    if (refiling.is_done() || !batches.has_room()) return {};
    const auto rows =
        store::due_timers(*config.store, refiling.partition(), Instant{INT64_MIN},
                          Instant{INT64_MAX}, refile_slice, refiling.after());
    if (!rows) return rows.error();
    for (const store::FiledTimer& row : *rows) {
        if (row.movable) refile(row);
        refiling.advance(row.key);
    }
    if (rows->size() == refile_slice) return {};
    unmark(batches.rows(), refiling.partition());
    refiling.finish();
    return {};
}

void Shard::Inside::refile(const store::FiledTimer& row) {
    const auto loaded = cache.load(row.key.case_id, *catalog);
    if (!loaded) return note("cannot re-file a timer: " + loaded.error().message);
    CachedCase& cached = **loaded;
    if (!timers.file(cached, {row.key.timer}, context(cached), batches.rows(), batches.number()))
        return;
    cached.batch = batches.number();
    batches.add(row.key.case_id, {});
}

// ── After the commit ─────────────────────────────────────────────────────────────────────────
void Shard::Inside::release(const CaseId& id, const core::Effect& effect) {
    if (const auto* cancel = std::get_if<core::CancelCall>(&effect))
        return send(home_shard(cancel->department, config.shards), CancelMail{*cancel});
    const auto& dispatch = std::get<core::DispatchCall>(effect);
    const CachedCase* cached = cache.find(id);
    CHECK(cached != nullptr);
    auto job = job_of(*cached, dispatch, context(*cached));
    if (job) send(home_shard(dispatch.department, config.shards), DispatchMail{*std::move(job)});
}

// ── The face ─────────────────────────────────────────────────────────────────────────────────
Shard::Shard(ShardConfig config) : inside_(std::make_unique<Inside>(std::move(config))) {}

Shard::~Shard() = default;

void Shard::take(Mail mail) {
    std::visit([this](auto& what) { inside_->take(what); }, mail);
}

result<StepResult> Shard::step() {
    Inside& in = *inside_;
    in.advance();
    in.stepping = true;
    if (!in.recovered) {
        const auto recovered = in.recover();
        if (!recovered) return recovered.error();
    }
    in.work_off(in.reports, reports_slice);
    const auto fired = in.fire_due();
    if (!fired) return fired.error();
    in.work_off(in.outside, outside_slice);
    const auto refiled = in.refile();
    if (!refiled) return refiled.error();
    in.expire_waiters();
    const auto pumped = in.departments.pump();
    if (!pumped) return pumped.error();
    in.stepping = false;

    StepResult step;
    step.sealed = in.batches.seal(in.config.index, in.now);
    if (step.sealed) in.counts.batch_bytes += step.sealed->rows.bytes();
    if (!in.held) {
        const auto next = in.timers.next();
        if (!next) return next.error();
        step.next_timer = *next;
    }
    const bool due = step.next_timer && *step.next_timer <= in.now;
    const bool waiting =
        due || !in.reports.empty() || !in.outside.empty() || !in.refiling.is_done();
    step.more = waiting && in.batches.has_room();
    const auto dispatcher_wake = in.departments.next_wake();
    step.next_wake = in.waiters.next();
    if (dispatcher_wake && (!step.next_wake || *dispatcher_wake < *step.next_wake))
        step.next_wake = dispatcher_wake;
    return step;
}

void Shard::committed(std::uint64_t number) {
    Inside& in = *inside_;
    in.advance();
    in.stepping = true;
    Batches::Released released = in.batches.committed(number);
    in.timers.committed(number);
    in.keys.committed(number);
    for (const auto& [id, effect] : released.effects) in.release(id, effect);
    in.cache.committed(number);
    for (const auto& reply : released.replies) reply();
    in.stepping = false;
}

void Shard::hold_timers(bool held) { inside_->held = held; }

void Shard::refuse_outside() { inside_->refusing = true; }

bool Shard::idle() const { return inside_->outside.empty() && inside_->batches.idle(); }

ShardMetrics Shard::metrics() const {
    const Inside& in = *inside_;
    ShardMetrics metrics = in.counts;
    metrics.batches = in.batches.number() - 1;
    metrics.cases_loaded = in.cache.loads();
    metrics.mailbox = in.outside.size() + in.reports.size();
    metrics.cached = in.cache.size();
    metrics.timers_in_window = in.timers.in_window();
    return metrics;
}

std::vector<DepartmentMetrics> Shard::departments() const {
    return inside_->departments.metrics();
}

ShardMetrics& ShardMetrics::operator+=(const ShardMetrics& other) {
    commands += other.commands;
    rejections += other.rejections;
    records += other.records;
    opened += other.opened;
    ended += other.ended;
    timers_fired += other.timers_fired;
    batches += other.batches;
    batch_bytes += other.batch_bytes;
    snapshots += other.snapshots;
    cases_loaded += other.cases_loaded;
    refused_full += other.refused_full;
    mailbox += other.mailbox;
    cached += other.cached;
    timers_in_window += other.timers_in_window;
    return *this;
}

}  // namespace countersign::runtime
