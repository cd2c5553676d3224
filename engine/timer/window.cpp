// The window's bookkeeping. A partition's memory is cut back at twice its share, so that timers
// that come and go at the border do not make it scan again and again.

#include "engine/timer/window.hpp"

#include "engine/base/check.hpp"

#include <algorithm>
#include <iterator>

namespace countersign::timer {

bool Window::Part::covers(const Timer& timer) const {
    return complete || (horizon && timer <= *horizon);
}

Window::Window(std::uint8_t first, std::uint8_t count, std::size_t timers_max)
    : first_(first), part_max_(std::max<std::size_t>(timers_max / count, 1)), parts_(count) {
    CHECK(count > 0 && first + count <= static_cast<int>(partitions));
}

Window::Part& Window::part_of(const Timer& timer) {
    CHECK(timer.case_id.partition >= first_ && timer.case_id.partition < first_ + parts_.size());
    return parts_[timer.case_id.partition - first_];
}

void Window::insert(const Timer& timer, std::uint64_t batch) {
    Part& part = part_of(timer);
    pending_.emplace_back(batch, timer);
    if (!part.covers(timer)) return;
    if (part.timers.insert(timer).second) ++size_;
    trim(part);
}

void Window::erase(const Timer& timer) { size_ -= part_of(timer).timers.erase(timer); }

void Window::committed(std::uint64_t batch) {
    while (!pending_.empty() && pending_.front().first <= batch) pending_.pop_front();
}

std::optional<Timer> Window::pop(Instant now) {
    Part* nearest = nullptr;
    for (Part& part : parts_) {
        if (part.wants()) return std::nullopt;
        if (part.timers.empty()) continue;
        if (nearest == nullptr || *part.timers.begin() < *nearest->timers.begin()) nearest = &part;
    }
    if (nearest == nullptr || nearest->timers.begin()->due > now) return std::nullopt;
    const Timer timer = *nearest->timers.begin();
    nearest->timers.erase(nearest->timers.begin());
    --size_;
    return timer;
}

std::optional<Instant> Window::next() const {
    std::optional<Instant> nearest;
    for (const Part& part : parts_) {
        if (part.timers.empty()) continue;
        const Instant due = part.timers.begin()->due;
        if (!nearest || due < *nearest) nearest = due;
    }
    return nearest;
}

std::optional<Wanted> Window::wanted() const {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        if (!parts_[i].wants()) continue;
        return Wanted{static_cast<std::uint8_t>(first_ + i), parts_[i].horizon, part_max_};
    }
    return std::nullopt;
}

void Window::refill(const Wanted& wanted, const std::vector<Timer>& rows, bool complete) {
    Part& part = parts_[wanted.partition - first_];
    CHECK(part.wants() && (complete || !rows.empty()));
    part.complete = complete;
    if (!complete) part.horizon = rows.back();
    part.timers.insert(rows.begin(), rows.end());
    // The scan could not see what is not yet durable.
    for (const auto& [batch, timer] : pending_) {
        const bool before = wanted.after && timer <= *wanted.after;
        if (timer.case_id.partition == wanted.partition && !before && part.covers(timer))
            part.timers.insert(timer);
    }
    size_ += part.timers.size();
    trim(part);
}

void Window::trim(Part& part) {
    if (part.timers.size() <= 2 * part_max_) return;
    const auto cut = std::next(part.timers.begin(), static_cast<std::ptrdiff_t>(part_max_));
    part.horizon = *std::prev(cut);
    part.complete = false;
    size_ -= static_cast<std::size_t>(std::distance(cut, part.timers.end()));
    part.timers.erase(cut, part.timers.end());
}

}  // namespace countersign::timer
