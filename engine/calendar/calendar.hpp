#pragma once
// Calendars and working-time arithmetic (language.md, "Units"; domain.md §2). Pure, indexed: the
// cost of a due time does not depend on how far away it is.

#include "engine/base/archive.hpp"
#include "engine/base/date.hpp"
#include "engine/base/text.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::calendar {

/// Units of a limit. The numbers are stored: never reused.
enum class Unit : std::uint8_t {
    working_day = 0,
    working_hour = 1,
    day = 2,
    hour = 3,
    minute = 4,
    second = 5,
    month = 6,
    year = 7,
};

/// A limit as written: "3wd", "4wh", "10d", "30s". `count` >= 0.
struct Limit {
    std::int64_t count = 0;
    Unit unit = Unit::working_day;
    bool operator==(const Limit&) const = default;

    std::string text() const;  ///< "3wd"
    /// Reads text(); ErrorKind::invalid when it is none, is negative or exceeds the unit's bound.
    static result<Limit> parse(std::string_view text);
    /// Whether a due of this limit depends on a calendar's tables (wd, wh, and the roll of d).
    bool uses_calendar() const;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("count", count) & make_field("unit", unit);
    }
};

/// Working hours of a day: minutes since midnight, [from, to), ordered, not overlapping.
struct Hours {
    std::uint16_t from = 0;
    std::uint16_t to = 0;
    bool operator==(const Hours&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("from", from) & make_field("to", to);
    }
};

/// One day that is not what its weekday says.
struct SpecialDay {
    Date date;
    std::vector<Hours> hours;  ///< empty: no working day; else its hours (make-up or half day)
    bool usual_hours = false;  ///< a make-up day with the hours of a usual working day
    Text name;                 ///< "Spring Festival"; rows of format 1 had one language
    std::uint16_t notice = 0;  ///< index into Calendar::notices
    template <class Archive>
    void serialize(Archive& ar, unsigned format) {
        ar& make_field("date", date) & make_field("hours", hours) &
            make_field("usual_hours", usual_hours);
        if (has_since<Archive>(format, 2)) {
            ar& make_field("name", name);
        } else {
            ar& make_field("name", name.en);
            if (name.zh.empty()) name.zh = name.en;
        }
        ar& make_field("notice", notice);
    }
};

/// A State Council notice or order that a table comes from.
struct Notice {
    std::string number;  ///< "国办发明电〔2025〕7号" or "unverified"
    std::optional<Date> issued;
    std::int32_t year = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("number", number) & make_field("issued", issued) & make_field("year", year);
    }
};

/// What a calendar document says, after its layers are merged: plain data, stored with the
/// deployment. From it `make_calendar` builds the index.
struct CalendarData {
    std::string id;
    Text title;  ///< empty where rows of before had none, and of the weekdays without a document
    std::uint32_t version = 0;
    std::int32_t offset_minutes = 480;     ///< east of UTC, without daylight saving
    std::vector<std::vector<Hours>> week;  ///< 7 entries, Monday first; empty = no working day
    std::vector<SpecialDay> days;          ///< ordered by date, unique
    std::vector<Notice> notices;
    std::int32_t first_year = 0;  ///< years with a notice: [first_year, last_year]
    std::int32_t last_year = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned format) {
        ar& make_field("id", id) & make_field("version", version) &
            make_field("offset_minutes", offset_minutes) & make_field("week", week) &
            make_field("days", days) & make_field("notices", notices) &
            make_field("first_year", first_year) & make_field("last_year", last_year);
        if (has_since<Archive>(format, 2)) ar& make_field("title", title);
    }
};

/// The index over a calendar. Immutable; shared by threads.
class Calendar;

/// Builds the index. The data must be sane (the loader in `definitions` has checked it): CHECKed.
std::shared_ptr<const Calendar> make_calendar(CalendarData data);

const CalendarData& data_of(const Calendar& calendar);

/// The calendars of a deployment by id. Read anew by every command (language.md, "Calendars are
/// read, not pinned").
struct Calendars {
    std::map<std::string, std::shared_ptr<const Calendar>, std::less<>> by_id;
    /// Returns the calendar of that id, or null.
    const Calendar* find(std::string_view id) const;
};

/// A due time. `provisional`: it lies past the last year that a notice covers, so the weekly
/// pattern alone was used.
struct Due {
    Instant at;
    bool provisional = false;
    bool operator==(const Due&) const = default;
};

/// A time in which a clock stood still: [from, to); `to` absent while it still stands.
struct Pause {
    Instant from;
    std::optional<Instant> to;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("from", from) & make_field("to", to);
    }
};

/// Rules of counting that a definition may change (language.md, "Units").
struct Counting {
    bool count_start_day =
        false;  ///< wd: count the date of the starting event if it precedes the close
    bool ends_midnight = false;  ///< wd: due at 24:00 instead of close of business
    bool roll = true;            ///< d, month, year: a last day that is no working day rolls on
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("count_start_day", count_start_day) &
            make_field("ends_midnight", ends_midnight) & make_field("roll", roll);
    }
};

/// Returns the due of `limit` that starts at `from`, shifted by `pauses` (ordered, not
/// overlapping, all but the last closed). wd: the close of the count-th counted date; a date
/// counts if it is a working day, lies after the local date of `from` and the clock runs at its
/// close. wh: working time consumed from the moment on. d, month, year: like-numbered date, at
/// midnight, rolled to the next working day's midnight (Civil Code Art. 203). h, min, s: elapsed.
/// While the last pause is open, the due is what it would be if the pause ended at `now`.
/// A limit of 0 is due at `from`. `limit.count` is bounded by limits::working_days_max (wd, and wh
/// at 24 a day), elapsed_seconds_max and calendar_years_max; beyond, the bound is used. Never
/// fails.
Due due_after(const Calendar& calendar, Instant from, Limit limit, const Counting& counting,
              const std::vector<Pause>& pauses, Instant now);

/// Without pauses and with the usual counting.
Due due_after(const Calendar& calendar, Instant from, Limit limit);

/// Returns the last moment that still lies `limit` before `at`: wd: when work begins on the
/// count-th working day before its date; d, month, year: when the date begins that many before; wh,
/// h, min, s: exactly. What may happen then at the latest happens in time.
Due latest_before(const Calendar& calendar, Instant at, Limit limit);

/// Returns the instant at which `percent` (0 … 100) of `limit` is used: for N wd floor(pN/100)
/// whole days counted, and the rest as that fraction of the next day's working time.
Due point_of(const Calendar& calendar, Instant from, Limit limit, unsigned percent,
             const Counting& counting, const std::vector<Pause>& pauses, Instant now);

/// Returns how many working days are counted in (from, to]: dates d that are working days with
/// date(from) < d and close(d) <= to. Negative never: 0 when to <= from.
std::int64_t working_days_between(const Calendar& calendar, Instant from, Instant to);

/// Returns the working time in [from, to) in milliseconds; 0 when to <= from.
std::int64_t working_ms_between(const Calendar& calendar, Instant from, Instant to);

/// Returns how much of a limit in `unit` a clock has used that runs from `from` and is looked at
/// at `until`: of wd the working days counted, of d, month and year the dates, of all others the
/// milliseconds. The inverse of due_after(): at the due of N it is N, just before it less.
std::int64_t used_of(const Calendar& calendar, Instant from, Unit unit, const Counting& counting,
                     const std::vector<Pause>& pauses, Instant until);

/// Returns the working milliseconds of the longest usual day of the week: what "1wd" of working
/// time is when people read it. Never 0.
std::int64_t usual_day_ms(const Calendar& calendar);

bool is_working_day(const Calendar& calendar, Date date);

/// Returns the close of business of a date that is a working day; nothing otherwise.
std::optional<Instant> close_of(const Calendar& calendar, Date date);

/// Returns what remains until `due` for people and departments: "2.5wd" for limits in wd (cut to
/// tenths of a day's working time), else hours and minutes "3h20min" (wh: of working time), days
/// and hours "9d4h" from 48 elapsed hours on; "overdue 1wd" after it. Display only.
std::string remaining_text(const Calendar& calendar, Instant now, Instant due, Unit unit);

/// Returns a length of time that Limit::text or remaining_text wrote, in words: "2.5wd" as it is,
/// 2.5个工作日; "overdue 9d4h" and 逾期9天4小时. Anything else stays as it is in both languages.
Text length_words(std::string_view length);

}  // namespace countersign::calendar
