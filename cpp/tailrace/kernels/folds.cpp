// Folds of blocks; compiled once per instruction set, apart from the draws, which take
// minutes to compile.

#include "tailrace/folds/buckets.hpp"
#include "tailrace/folds/exact.hpp"
#include "tailrace/folds/keys.hpp"
#include "tailrace/folds/look.hpp"
#include "tailrace/folds/total.hpp"
#include "tailrace/kernels/fold_table.hpp"

namespace tailrace {
inline namespace TAILRACE_ISA {

extern const FoldTable kFolds;
const FoldTable kFolds{
    .sum_and_largest = sum_and_largest,
    .look = look,
    .smallest_size = smallest_size,
    .exact_parts = exact_parts,
    .exact_parts_of_squares = exact_parts_of_squares,
    .find_between = find_between,
    .find_beyond = find_beyond,
    .count_keys = count_keys,
    .zeros_among = zeros_among,
    .first_without_page = first_without_page,
    .narrow = {count_side_by_side<uint32_t>, count_in_pages<uint32_t>},
    .wide = {count_side_by_side<uint64_t>, count_in_pages<uint64_t>},
};

}  // namespace TAILRACE_ISA
}  // namespace tailrace
