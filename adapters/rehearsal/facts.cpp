// The journal as facts: each record is applied, then told with the addresses of its time.
#include "adapters/rehearsal/facts.hpp"

#include <type_traits>

namespace countersign::rehearsal {

namespace {

/// Takes the events of one record after another.
class Teller {
  public:
    explicit Teller(const model::Process& process) : process_(process) {}

    void take(const core::Record& record) {
        at_ = record.at;
        for (const core::Event& event : record.events) {
            core::evolve(facts.state, event, record.at);
            std::visit(
                [this](const auto& group) {
                    std::visit([this](const auto& inner) { tell(inner); }, group.event);
                },
                event);
        }
        facts.state.sequence = record.sequence;
        facts.state.last = record.at;
        facts.last = record.at;
        ++facts.records;
    }

    CaseFacts facts;

  private:
    std::vector<RoundFacts>& rounds(std::uint32_t instance) {
        return facts.steps[plain_address(facts.state, process_, instance)];
    }
    /// The round that runs; there is one, since events of a step follow its start.
    RoundFacts& round(std::uint32_t instance) {
        std::vector<RoundFacts>& all = rounds(instance);
        if (all.empty()) all.emplace_back();
        return all.back();
    }
    void begin(std::uint32_t instance) {
        RoundFacts fresh;
        fresh.instance = instance;
        fresh.started = at_;
        rounds(instance).push_back(std::move(fresh));
    }

    void tell(const core::StepStarted& e) { begin(e.instance); }
    void tell(const core::StepRedone& e) { begin(e.instance); }
    void tell(const core::StepForwarded& e) { begin(e.instance); }
    void tell(const core::StepSkipped& e) {
        if (e.fresh) {
            RoundFacts skipped;
            skipped.instance = e.instance;
            rounds(e.instance).push_back(std::move(skipped));
        }
        round(e.instance).skipped = e.reason;
    }
    void tell(const core::StepEnded& e) {
        RoundFacts& ended = round(e.instance);
        ended.ended = e.happened;
        ended.outcome = e.outcome;
        ended.deemed = e.deemed;
        ended.note = e.note;
        ended.result = e.result.value;
    }
    void tell(const core::StepCancelled& e) { round(e.instance).cancelled = true; }
    void tell(const core::StepSupplementing& e) {
        RoundFacts& asking = round(e.instance);
        asking.outcome = e.outcome;
        asking.note = e.note;
    }
    void tell(const core::NoticeGiven& e) {
        facts.notices.push_back({at_, e.kind, e.to, e.text});
        if (e.kind == model::ActionKind::warn) round(e.instance).warned = true;
        if (e.kind == model::ActionKind::escalate) round(e.instance).escalated_to.push_back(e.to);
    }
    void tell(const core::SupplementNoticed&) { ++facts.papers_asked; }
    void tell(const core::ClockDuePassed& e) {
        const std::uint32_t owner = facts.state.clocks[e.clock - 1].owner;
        round(owner).overdue = true;
    }
    template <class T>
    void tell(const T&) {}

    const model::Process& process_;
    Instant at_;
};

}  // namespace

std::string plain_address(const core::CaseState& state, const model::Process& process,
                          std::uint32_t instance) {
    std::string address = core::address_of(state, process, instance);
    if (const std::size_t mark = address.rfind('#'); mark != std::string::npos)
        address.resize(mark);
    return address;
}

result<CaseFacts> read_facts(const store::Store& store, const CaseId& id,
                             const model::Process& process) {
    Teller teller(process);
    const auto read =
        store::read_journal(store, id, [&](const core::Record& record, const store::Head&) {
            teller.take(record);
            return true;
        });
    if (!read) return read.error();
    return std::move(teller.facts);
}

}  // namespace countersign::rehearsal
