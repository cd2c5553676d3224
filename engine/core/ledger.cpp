// The ledger: who must move a case is kept by step while its records are read, so that each record
// costs what it changes; an interval ends when the answer to "whose turn is it" changes.
#include "engine/core/ledger.hpp"

#include "engine/base/check.hpp"
#include "engine/core/decide.hpp"
#include "engine/core/words.hpp"

#include <algorithm>
#include <type_traits>

namespace countersign::core {

namespace {

constexpr std::size_t number_of(Holder holder) { return static_cast<std::size_t>(holder); }

/// Returns the body that a role belongs to: "hall.clerk" → "hall", "supervisor" itself.
std::string body_of(const std::string& role) { return role.substr(0, role.find('.')); }

/// Whether the clocks of the case stand still for the papers of a notice that is out.
bool stands_for_papers(const CaseState& state, const model::Process& process) {
    return state.supplement.status == SupplementStatus::noticed && process.supplement &&
           process.supplement->pauses_case;
}

}  // namespace

std::string_view name_of(Holder holder) {
    switch (holder) {
        case Holder::government:
            return "government";
        case Holder::applicant:
            return "applicant";
        case Holder::third_party:
            return "third_party";
        case Holder::nobody:
            return "nobody";
    }
    CHECK(false);
}

std::string_view name_of(Duty duty) {
    switch (duty) {
        case Duty::entry:
            return "entry";
        case Duty::call:
            return "call";
        case Duty::task:
            return "task";
        case Duty::notice:
            return "notice";
        case Duty::supplement:
            return "supplement";
        case Duty::papers:
            return "papers";
        case Duty::incident:
            return "incident";
        case Duty::wait:
            return "wait";
    }
    CHECK(false);
}

Span& Span::operator+=(const Span& other) {
    working_ms += other.working_ms;
    elapsed_ms += other.elapsed_ms;
    return *this;
}

/// Whether the clocks of the case stand still for this instance or a stage around it.
bool LedgerReader::stands_aside(std::uint32_t number) const {
    for (; number != none; number = state_.instances[number].parent) {
        const std::uint32_t step = state_.instances[number].step;
        if (step != none && process_.steps[step].pauses_case) return true;
    }
    return false;
}

std::optional<LedgerReader::Key> LedgerReader::duty_of(std::uint32_t number) const {
    if (!state_.instances[number].is_open()) return std::nullopt;
    if (troubled_.contains(number)) return Key{Holder::government, {"operator", Duty::incident}};
    std::optional<Key> key = work_of(number);
    const bool others = key && key->first != Holder::applicant && stands_aside(number);
    if (others) key->first = Holder::third_party;
    return key;
}

/// Who must move a step that is not stuck, its pauses left aside.
std::optional<LedgerReader::Key> LedgerReader::work_of(std::uint32_t number) const {
    const Instance& instance = state_.instances[number];
    if (instance.step == none || instance.role == InstanceRole::set) return std::nullopt;
    const std::string asked = instance.call != 0   ? state_.calls[instance.call - 1].department
                              : instance.task != 0 ? body_of(state_.tasks[instance.task - 1].role)
                                                   : std::string();
    if (instance.status == StepStatus::supplementing)
        return state_.supplement.status == SupplementStatus::noticed
                   ? Key{Holder::applicant, {"applicant", Duty::supplement}}
                   : Key{Holder::government, {asked, Duty::notice}};
    const model::Verb& verb = process_.steps[instance.step].verb;
    if (std::holds_alternative<model::CallVerb>(verb) && instance.call != 0)
        return Key{Holder::government, {asked, Duty::call}};
    if (std::holds_alternative<model::AskVerb>(verb) && instance.task != 0)
        return Key{asked == "applicant" ? Holder::applicant : Holder::government,
                   {asked, Duty::task}};
    if (std::holds_alternative<model::WaitVerb>(verb)) return Key{Holder::nobody, {"", Duty::wait}};
    return std::nullopt;
}

void LedgerReader::look_at(std::uint32_t instance) {
    const std::optional<Key> now = duty_of(instance);
    const auto before = where_.find(instance);
    if (before != where_.end()) {
        if (now && before->second == *now) return;
        const auto group = open_.find(before->second);
        group->second.erase(instance);
        if (group->second.empty()) open_.erase(group);
        where_.erase(before);
    }
    if (!now) return;
    open_[*now].insert(instance);
    where_.emplace(instance, *now);
}

void LedgerReader::follow(const Event& event) {
    const auto one = [this](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, IncidentRaised>) {
            troubled_.insert(e.instance);
        } else if constexpr (std::is_same_v<E, IncidentResolved>) {
            const std::uint32_t instance = state_.incidents[e.incident - 1].instance;
            const bool more = std::any_of(
                state_.incidents.begin(), state_.incidents.end(),
                [instance](const Incident& i) { return i.instance == instance && !i.resolved; });
            if (!more) troubled_.erase(instance);
            look_at(instance);
        } else if constexpr (requires { e.clock; }) {
            if (state_.clocks[e.clock - 1].status == ClockStatus::paused)
                paused_.insert(e.clock);
            else
                paused_.erase(e.clock);
        }
        if constexpr (requires { e.instance; })
            look_at(e.instance);
        else if constexpr (requires { e.call; })
            look_at(state_.calls[e.call - 1].instance);
        else if constexpr (requires { e.task; })
            look_at(state_.tasks[e.task - 1].instance);
        // When the notice leaves, the papers are the applicant's turn, no longer the asker's.
        if constexpr (std::is_same_v<E, SupplementNoticed>)
            for (const auto& request : state_.supplement.requests) look_at(request.instance);
    };
    std::visit([&one](const auto& group) { std::visit(one, group.event); }, event);
}

/// Whoever the clocks of the case stand still for; else whoever could go on.
Holder LedgerReader::holder_of(const std::vector<Busy>& busy) const {
    std::array<bool, holders> open{};
    for (const Busy& one : busy) open[number_of(one.side)] = true;
    if (stands_for_papers(state_, process_)) return Holder::applicant;
    for (const Holder side : {Holder::third_party, Holder::government, Holder::applicant})
        if (open[number_of(side)]) return side;
    return Holder::nobody;
}

LedgerInterval LedgerReader::present(Instant at) const {
    LedgerInterval now;
    now.from = at;
    for (const auto& [key, instances] : open_) {
        Busy busy{key.first, key.second.first, key.second.second, instances.size(), {}};
        for (const std::uint32_t instance : instances) {
            if (busy.steps.size() == ledger_steps_max) break;
            busy.steps.push_back(
                {address_of(state_, process_, instance), titles_of(state_, process_, instance)});
        }
        now.busy.push_back(std::move(busy));
    }
    // Who waits for its turn has nothing in hand; what is being fetched is its department's.
    const auto is_applicants = [&](const HeldStep& held) {
        return std::any_of(
            held.materials.begin(), held.materials.end(),
            [&](const std::string& id) { return fetching_call(state_, process_, id) == nullptr; });
    };
    const auto follow = std::count_if(state_.held.begin(), state_.held.end(), is_applicants);
    if (follow != 0) {
        Busy busy{
            Holder::applicant, "applicant", Duty::papers, static_cast<std::size_t>(follow), {}};
        for (const HeldStep& held : state_.held) {
            if (busy.steps.size() == ledger_steps_max) break;
            if (!is_applicants(held)) continue;
            busy.steps.push_back(
                {address_of(state_, process_, held), titles_of(state_, process_, held)});
        }
        now.busy.push_back(std::move(busy));
    }
    now.holder = holder_of(now.busy);
    std::stable_partition(now.busy.begin(), now.busy.end(),
                          [&](const Busy& busy) { return busy.side == now.holder; });
    now.paused.assign(paused_.begin(), paused_.end());
    return now;
}

void LedgerReader::read(const Record& record) {
    CHECK(record.sequence == state_.sequence + 1);
    const bool over = state_.end.has_value();
    for (const Event& event : record.events) {
        evolve(state_, event, record.at);
        if (!over) follow(event);
    }
    state_.sequence = record.sequence;
    state_.last = record.at;
    if (over || state_.end) return;
    if (begun_.empty() && state_.received < state_.opened) {
        LedgerInterval entry;
        entry.from = state_.received;
        entry.holder = Holder::government;
        entry.busy = {{Holder::government, "", Duty::entry, 1, {}}};
        begun_.push_back(std::move(entry));
    }
    LedgerInterval now = present(record.at);
    if (begun_.empty() || !begun_.back().same_as(now)) begun_.push_back(std::move(now));
}

Span LedgerReader::between(Instant from, Instant to) const {
    return {calendar::working_ms_between(calendar_, from, to), (to - from).ms};
}

void LedgerReader::add(Ledger& ledger, LedgerInterval interval) const {
    interval.span = between(interval.from, interval.to);
    const std::size_t side = number_of(interval.holder);
    ledger.held[side] += interval.span;
    std::set<std::string> holding;
    std::set<std::pair<Holder, std::string>> seen;
    for (const Busy& busy : interval.busy) {
        if (busy.side == Holder::nobody) continue;
        if (busy.side == interval.holder) holding.insert(busy.who);
        if (seen.insert({busy.side, busy.who}).second)
            ledger.shares[{busy.side, busy.who}].busy += interval.span;
    }
    if (holding.size() == 1)
        ledger.shares[{interval.holder, *holding.begin()}].alone += interval.span;
    else
        ledger.together[side] += interval.span;
    ledger.intervals.push_back(std::move(interval));
}

Ledger LedgerReader::ledger(Instant now) const {
    Ledger ledger;
    ledger.from = std::min(state_.received, state_.opened);
    ledger.ended = state_.end.has_value();
    ledger.to = std::max(ledger.from, ledger.ended ? state_.end->at : std::max(now, state_.last));
    ledger.whole = between(ledger.from, ledger.to);
    // Of several records of one instant the last one says how it stands.
    std::vector<LedgerInterval> intervals;
    for (std::size_t i = 0; i < begun_.size(); ++i) {
        LedgerInterval next = begun_[i];
        next.to = i + 1 < begun_.size() ? begun_[i + 1].from : ledger.to;
        if (next.to <= next.from) continue;
        if (!intervals.empty() && intervals.back().same_as(next))
            intervals.back().to = next.to;
        else
            intervals.push_back(std::move(next));
    }
    for (LedgerInterval& interval : intervals) add(ledger, std::move(interval));
    return ledger;
}

Ledger ledger_of(const std::vector<Record>& records, const model::Process& process,
                 const calendar::Calendar& calendar, Instant now) {
    LedgerReader reader(process, calendar);
    for (const Record& record : records) reader.read(record);
    return reader.ledger(now);
}

}  // namespace countersign::core
