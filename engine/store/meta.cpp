// Format and number of partitions: written once, checked at every opening.
#include "engine/store/meta.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/ids.hpp"

#include <fmt/format.h>

namespace countersign::store {

namespace {

result<std::optional<std::uint32_t>> number_of(const Store& store, std::string_view row,
                                               std::string_view where) {
    const auto bytes = store.get(Family::meta, row);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<std::uint32_t>();
    if ((*bytes)->size() != 4)
        return failure(ErrorKind::corrupt,
                       fmt::format("{}: the row '{}' is damaged; restore a backup", where, row));
    return std::optional(static_cast<std::uint32_t>(get_big_endian(**bytes, 4)));
}

}  // namespace

result<void> prepare_meta(Store& store, std::string_view where) {
    const auto format = number_of(store, format_row, where);
    if (!format) return format.error();
    const auto count = number_of(store, partitions_row, where);
    if (!count) return count.error();
    if (!*format) {
        Batch batch;
        std::string number;
        put_big_endian(number, store_format, 4);
        batch.put(Family::meta, format_row, number);
        number.clear();
        put_big_endian(number, partitions, 4);
        batch.put(Family::meta, partitions_row, number);
        const auto committed = store.commit(batch);
        if (!committed) return committed.error();
        return {};
    }
    if (**format > store_format) {
        return failure(
            ErrorKind::invalid,
            fmt::format("{}: the data has format {}, and this program reads formats up to {}; "
                        "use the newer program that wrote it",
                        where, **format, store_format));
    }
    if (*count != partitions) {
        return failure(ErrorKind::corrupt,
                       fmt::format("{}: the data must have {} partitions, but has {}", where,
                                   partitions, count->value_or(0)));
    }
    return {};
}

}  // namespace countersign::store
