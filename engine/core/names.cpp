// Names of events and commands, for histories and messages.
#include "engine/core/command.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

struct EventName {
    std::string_view operator()(const CaseOpened&) const { return "CaseOpened"; }
    std::string_view operator()(const FormChanged&) const { return "FormChanged"; }
    std::string_view operator()(const MaterialGiven&) const { return "MaterialGiven"; }
    std::string_view operator()(const SupplementRequested&) const { return "SupplementRequested"; }
    std::string_view operator()(const SupplementNoticed&) const { return "SupplementNoticed"; }
    std::string_view operator()(const SupplementSettled&) const { return "SupplementSettled"; }
    std::string_view operator()(const MissingItemSupplied&) const { return "MissingItemSupplied"; }
    std::string_view operator()(const CaseEnded&) const { return "CaseEnded"; }
    std::string_view operator()(const CaseClosed&) const { return "CaseClosed"; }
    std::string_view operator()(const IncidentRaised&) const { return "IncidentRaised"; }
    std::string_view operator()(const IncidentResolved&) const { return "IncidentResolved"; }
    std::string_view operator()(const SignalReceived&) const { return "SignalReceived"; }
    std::string_view operator()(const SuspiciousFieldAccepted&) const {
        return "SuspiciousFieldAccepted";
    }
    std::string_view operator()(const AcceptanceLapsed&) const { return "AcceptanceLapsed"; }
    std::string_view operator()(const UndoBegun&) const { return "UndoBegun"; }
    std::string_view operator()(const CasePartOf&) const { return "CasePartOf"; }
    std::string_view operator()(const ParentTold&) const { return "ParentTold"; }
    std::string_view operator()(const PersonalNoticeGiven&) const { return "PersonalNoticeGiven"; }
    std::string_view operator()(const UndoPrepared&) const { return "UndoPrepared"; }
    std::string_view operator()(const StepUndone&) const { return "StepUndone"; }
    std::string_view operator()(const UndoRequested&) const { return "UndoRequested"; }
    std::string_view operator()(const StepStarted&) const { return "StepStarted"; }
    std::string_view operator()(const EachStarted&) const { return "EachStarted"; }
    std::string_view operator()(const StepSkipped&) const { return "StepSkipped"; }
    std::string_view operator()(const StepEnded&) const { return "StepEnded"; }
    std::string_view operator()(const StepCancelled&) const { return "StepCancelled"; }
    std::string_view operator()(const StepRedone&) const { return "StepRedone"; }
    std::string_view operator()(const WentBack&) const { return "WentBack"; }
    std::string_view operator()(const DocumentIssued&) const { return "DocumentIssued"; }
    std::string_view operator()(const ItemAdded&) const { return "ItemAdded"; }
    std::string_view operator()(const StepForwarded&) const { return "StepForwarded"; }
    std::string_view operator()(const UndoFirst&) const { return "UndoFirst"; }
    std::string_view operator()(const HandedOver&) const { return "HandedOver"; }
    std::string_view operator()(const NoticeGiven&) const { return "NoticeGiven"; }
    std::string_view operator()(const StepSupplementing&) const { return "StepSupplementing"; }
    std::string_view operator()(const StepHeld&) const { return "StepHeld"; }
    std::string_view operator()(const CallRequested&) const { return "CallRequested"; }
    std::string_view operator()(const CallAccepted&) const { return "CallAccepted"; }
    std::string_view operator()(const CallAnswered&) const { return "CallAnswered"; }
    std::string_view operator()(const CallAnsweredLate&) const { return "CallAnsweredLate"; }
    std::string_view operator()(const CallRetryScheduled&) const { return "CallRetryScheduled"; }
    std::string_view operator()(const CallRetried&) const { return "CallRetried"; }
    std::string_view operator()(const CallBlocked&) const { return "CallBlocked"; }
    std::string_view operator()(const CallCancelled&) const { return "CallCancelled"; }
    std::string_view operator()(const CallClaimed&) const { return "CallClaimed"; }
    std::string_view operator()(const CallReleased&) const { return "CallReleased"; }
    std::string_view operator()(const ChildOpened&) const { return "ChildOpened"; }
    std::string_view operator()(const RecallRequested&) const { return "RecallRequested"; }
    std::string_view operator()(const RecallTaken&) const { return "RecallTaken"; }
    std::string_view operator()(const TaskOpened&) const { return "TaskOpened"; }
    std::string_view operator()(const TaskClaimed&) const { return "TaskClaimed"; }
    std::string_view operator()(const TaskReleased&) const { return "TaskReleased"; }
    std::string_view operator()(const TaskCompleted&) const { return "TaskCompleted"; }
    std::string_view operator()(const TaskCancelled&) const { return "TaskCancelled"; }
    std::string_view operator()(const SigningOpened&) const { return "SigningOpened"; }
    std::string_view operator()(const TaskSigned&) const { return "TaskSigned"; }
    std::string_view operator()(const ClockStarted&) const { return "ClockStarted"; }
    std::string_view operator()(const ClockPaused&) const { return "ClockPaused"; }
    std::string_view operator()(const ClockResumed&) const { return "ClockResumed"; }
    std::string_view operator()(const ClockStopped&) const { return "ClockStopped"; }
    std::string_view operator()(const ClockRungReached&) const { return "ClockRungReached"; }
    std::string_view operator()(const ClockDuePassed&) const { return "ClockDuePassed"; }
    std::string_view operator()(const ClockExtended&) const { return "ClockExtended"; }
};

struct CommandName {
    std::string_view operator()(const OpenCase&) const { return "OpenCase"; }
    std::string_view operator()(const AnswerCall&) const { return "AnswerCall"; }
    std::string_view operator()(const ReportAttempt&) const { return "ReportAttempt"; }
    std::string_view operator()(const ClaimTask&) const { return "ClaimTask"; }
    std::string_view operator()(const ReleaseTask&) const { return "ReleaseTask"; }
    std::string_view operator()(const CompleteTask&) const { return "CompleteTask"; }
    std::string_view operator()(const FireTimer&) const { return "FireTimer"; }
    std::string_view operator()(const Supply&) const { return "Supply"; }
    std::string_view operator()(const WithdrawCase&) const { return "WithdrawCase"; }
    std::string_view operator()(const RetryIncident&) const { return "RetryIncident"; }
    std::string_view operator()(const SignalCase&) const { return "SignalCase"; }
    std::string_view operator()(const ClaimCall&) const { return "ClaimCall"; }
    std::string_view operator()(const ReleaseCall&) const { return "ReleaseCall"; }
    std::string_view operator()(const RecallCase&) const { return "RecallCase"; }
    std::string_view operator()(const AddItem&) const { return "AddItem"; }
    std::string_view operator()(const ExtendClock&) const { return "ExtendClock"; }
};

}  // namespace

std::string_view name_of(const Event& event) {
    return std::visit([](const auto& group) { return std::visit(EventName{}, group.event); },
                      event);
}

std::string_view name_of(const CommandBody& body) { return std::visit(CommandName{}, body); }

bool Principal::is_only_applicant() const { return roles.size() == 1 && roles[0] == "applicant"; }

bool Principal::has(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace countersign::core
