// SPDX-License-Identifier: MIT
// Constant arithmetic.  The builder folds signed 64-bit values; masks such as
// ~0UL >> 3 need the width and signedness that only the front end knows.

#include "fold.h"

namespace klint {

int64_t wrap(uint64_t V, unsigned Width, bool Unsigned) {
  if (Width >= 64 || !Width)
    return (int64_t)V;
  V &= (UINT64_C(1) << Width) - 1;
  if (!Unsigned && (V >> (Width - 1)))
    V |= ~UINT64_C(0) << Width;
  return (int64_t)V;
}

static std::optional<int64_t> divide(enum kir_op Op, int64_t L, int64_t R,
                                     bool Unsigned) {
  if (!R || (!Unsigned && L == INT64_MIN && R == -1))
    return std::nullopt;
  bool Div = Op == KIR_OP_DIV;
  if (Unsigned)
    return (int64_t)(Div ? (uint64_t)L / (uint64_t)R : (uint64_t)L % (uint64_t)R);
  return Div ? L / R : L % R;
}

std::optional<int64_t> fold(enum kir_op Op, int64_t L, int64_t R,
                            unsigned Width, bool Unsigned) {
  uint64_t A = L, C = R;
  switch (Op) {
  case KIR_OP_ADD: return wrap(A + C, Width, Unsigned);
  case KIR_OP_SUB: return wrap(A - C, Width, Unsigned);
  case KIR_OP_MUL: return wrap(A * C, Width, Unsigned);
  case KIR_OP_AND: return wrap(A & C, Width, Unsigned);
  case KIR_OP_OR: return wrap(A | C, Width, Unsigned);
  case KIR_OP_XOR: return wrap(A ^ C, Width, Unsigned);
  case KIR_OP_DIV:
  case KIR_OP_REM: return divide(Op, L, R, Unsigned);
  case KIR_OP_SHL:
  case KIR_OP_SHR:
    if (R < 0 || R >= 64)
      return std::nullopt;
    if (Op == KIR_OP_SHL)
      return wrap(A << R, Width, Unsigned);
    return Unsigned ? (int64_t)(A >> R) : L >> R;
  case KIR_OP_EQ: return L == R;
  case KIR_OP_NE: return L != R;
  case KIR_OP_LT: return L < R;
  case KIR_OP_LE: return L <= R;
  case KIR_OP_GT: return L > R;
  case KIR_OP_GE: return L >= R;
  case KIR_OP_ULT: return A < C;
  case KIR_OP_ULE: return A <= C;
  case KIR_OP_UGT: return A > C;
  case KIR_OP_UGE: return A >= C;
  default: return std::nullopt;
  }
}

} // namespace klint
