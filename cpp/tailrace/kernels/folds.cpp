// Folds of blocks; compiled once per instruction set, apart from the draws, which take
// minutes to compile.

#include "tailrace/folds/buckets.hpp"
#include "tailrace/folds/exact.hpp"
#include "tailrace/folds/keys.hpp"
#include "tailrace/folds/total.hpp"
#include "tailrace/kernels/fold_table.hpp"

namespace tailrace {
inline namespace TAILRACE_ISA {

extern const FoldTable kFolds;
const FoldTable kFolds{
    .sum_and_largest = sum_and_largest,
    .span_of_keys = span_of_keys,
    .least_size = least_size,
    .keep_between = keep_between,
    .exact_parts = exact_parts,
    .exact_squares = exact_squares,
    .bucket_numbers = bucket_numbers,
    .count_in_pages = count_in_pages<uint32_t>,
    .count_in_wide_pages = count_in_pages<uint64_t>,
};

}  // namespace TAILRACE_ISA
}  // namespace tailrace
