// SPDX-License-Identifier: MIT
// Blocks, temporaries and the lifetime of variables.
//
// A variable is ended, and its cleanup called, on every edge that leaves its
// scope.  Scope links are never freed while a function is lowered, so a goto can
// remember where it stands until its label is known.
//
// A block of the lowering becomes one of the module only when it has more than one
// way in: much of what macros write (do {} while (0), if (0), constant switches) is
// then no block at all.

#include "lower.h"

#include "clang/AST/Attr.h"

using namespace clang;

namespace klint {

// IsBack: jumps to it may come after it was entered.
uint32_t Body::newBlock(bool IsBack) {
  BlockState New;
  New.IsBack = IsBack;
  Blocks.push_back(New);
  return Blocks.size() - 1;
}

// The block in the module; made when it turns out to be needed.
uint32_t Body::real(uint32_t Block) {
  BlockState &S = Blocks[Block];
  if (S.Real == KIR_NONE)
    S.Real = kir_block(B);
  if (S.From != KIR_NONE)
    kir_t_goto(B, S.From, S.Real, U.loc(S.Loc));
  S.From = KIR_NONE;
  return S.Real;
}

void Body::enter(uint32_t Block) {
  if (live())
    jump(Block, SourceLocation());
  BlockState &S = Blocks[Block];
  if (S.From != KIR_NONE)
    Cur = S.From; // the only way in: go on where it comes from
  else
    Cur = S.IsTarget ? real(Block) : KIR_NONE;
}

void Body::jump(uint32_t Block, SourceLocation Loc) {
  if (!live())
    return;
  BlockState &S = Blocks[Block];
  if (!S.IsTarget && !S.IsBack) {
    S.From = Cur;
    S.Loc = Loc;
  } else {
    kir_t_goto(B, Cur, real(Block), U.loc(Loc));
  }
  S.IsTarget = true;
  Cur = KIR_NONE;
}

void Body::jump(Target &T, SourceLocation Loc) {
  if (!live())
    return;
  leaveTo(T.Where, Loc);
  if (T.Block == KIR_NONE)
    T.Block = newBlock();
  jump(T.Block, Loc);
}

void Body::land(Target &T, SourceLocation Loc) {
  if (T.Block == KIR_NONE)
    return;
  enter(T.Block);
}

void Body::branch(kir_id V, uint32_t Yes, uint32_t No, SourceLocation Loc) {
  if (!live())
    return;
  const struct kir_value *Val = kir_builder_value(B, V);
  if (Val->kind == KIR_V_INT)
    return jump(Val->imm ? Yes : No, Loc);
  if (Val->kind == KIR_V_NULL)
    return jump(No, Loc);
  if (Val->kind == KIR_V_STR)
    return jump(Yes, Loc);
  kir_t_branch(B, Cur, V, real(Yes), real(No), U.loc(Loc));
  setTarget(Yes);
  setTarget(No);
  Cur = KIR_NONE;
}

void Body::unreachable(SourceLocation Loc) {
  if (live())
    kir_t_unreachable(B, Cur, U.loc(Loc));
  Cur = KIR_NONE;
}

kir_id Body::temp() {
  if (!Function)
    return opaque();
  return kir_v_temp(B, kir_func_temp(B));
}

void Body::store(kir_id Dst, kir_id V, SourceLocation Loc, uint8_t Flags) {
  uint8_t Kind = kindOf(Dst);
  bool IsPlace = Kind == KIR_V_TEMP || Kind == KIR_V_PARAM ||
                 Kind == KIR_V_LOCAL || Kind == KIR_V_GLOBAL ||
                 Kind == KIR_V_FIELD || Kind == KIR_V_DEREF ||
                 Kind == KIR_V_INDEX;
  if (live() && IsPlace)
    kir_e_store(B, Cur, Dst, V, Flags, U.loc(Loc));
}

void Body::copy(kir_id Dst, kir_id V, kir_id Record, SourceLocation Loc,
                uint8_t Flags) {
  if (live())
    kir_e_copy(B, Cur, Dst, V, Record, Flags, U.loc(Loc));
}

// The value as it is now, whatever happens to the places that it reads.
kir_id Body::toTemp(kir_id V, QualType T, SourceLocation Loc) {
  if (!live() || !readsPlace(V))
    return V;
  kir_id Result = temp();
  kir_id Record = U.recordOf(T);
  if (Record != KIR_NONE)
    copy(Result, V, Record, Loc);
  else
    store(Result, V, Loc);
  return Result;
}

bool Body::readsPlace(kir_id V) const {
  for (;;) {
    const struct kir_value *Val = kir_builder_value(B, V);
    switch (Val->kind) {
    case KIR_V_PARAM:
    case KIR_V_LOCAL:
    case KIR_V_GLOBAL:
    case KIR_V_FIELD:
    case KIR_V_DEREF:
    case KIR_V_INDEX:
      return true;
    case KIR_V_OP:
      if (Val->b != KIR_NONE && readsPlace(Val->b))
        return true;
      V = Val->a;
      break;
    case KIR_V_CONTAINER:
      V = Val->a;
      break;
    case KIR_V_ADDR: {
      // The address of a part of a variable is fixed; one that starts at a
      // pointer is read from it.
      V = Val->a;
      for (Val = kir_builder_value(B, V);
           Val->kind == KIR_V_FIELD || Val->kind == KIR_V_INDEX;
           Val = kir_builder_value(B, V)) {
        if (Val->kind == KIR_V_INDEX && readsPlace(Val->b))
          return true;
        V = Val->a;
      }
      if (Val->kind != KIR_V_DEREF)
        return false;
      V = Val->a;
      break;
    }
    default:
      return false;
    }
  }
}

std::optional<int64_t> Body::asInteger(kir_id V) const {
  const struct kir_value *Val = kir_builder_value(B, V);
  if (Val->kind == KIR_V_NULL)
    return 0;
  if (Val->kind == KIR_V_INT)
    return Val->imm;
  return std::nullopt;
}

void Body::push(const VarDecl *VD, kir_id Local, bool IsCleanup) {
  unsigned Level = Innermost ? Innermost->Depth + 1 : 1;
  Scopes.push_back({Innermost, Level, VD, Local, IsCleanup});
  Innermost = &Scopes.back();
}

// Emits what happens when control leaves for scope To, or for the scope that is
// common to both when To is not an outer one.
void Body::leaveTo(const Scope *To, SourceLocation Loc) {
  const Scope *From = Innermost;
  const Scope *Keep = To;
  while (From != Keep) {
    unsigned FromDepth = From ? From->Depth : 0;
    if (Keep && Keep->Depth >= FromDepth) {
      Keep = Keep->Parent;
      continue;
    }
    if (live() && From->IsCleanup) {
      const auto *Attr = From->Var->getAttr<CleanupAttr>();
      const FunctionDecl *FD = Attr->getFunctionDecl();
      U.useFunction(FD);
      kir_id Arg = kir_v_addr(B, From->Local);
      kir_e_call(B, Cur, KIR_NONE, kir_v_func(B, FD->getName().str().c_str()),
                 KIR_NONE, &Arg, 1, KIR_EF_CLEANUP,
                 U.loc(From->Var->getLocation()));
    } else if (live()) {
      kir_e_end(B, Cur, From->Local, U.loc(Loc));
    }
    From = From->Parent;
  }
}

void Body::popTo(const Scope *To, SourceLocation Loc) {
  leaveTo(To, Loc);
  Innermost = To;
}

void Body::fail(std::string Reason) {
  if (Why.empty())
    Why = std::move(Reason);
}

} // namespace klint
