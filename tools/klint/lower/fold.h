// SPDX-License-Identifier: MIT
// Arithmetic on integer constants in the widths of C.  A value is held in 64
// bits, extended by the signedness of its type.

#ifndef KLINT_LOWER_FOLD_H
#define KLINT_LOWER_FOLD_H

#include <cstdint>
#include <optional>

#include "kir/kir.h"

namespace klint {

/// V as a value of a type of Width bits.
int64_t wrap(uint64_t V, unsigned Width, bool Unsigned);

/// L op R, or nothing when C does not define it.  Unsigned is that of the
/// operands, Width that of the result.
std::optional<int64_t> fold(enum kir_op Op, int64_t L, int64_t R,
                            unsigned Width, bool Unsigned);

} // namespace klint

#endif
