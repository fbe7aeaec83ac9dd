// SPDX-License-Identifier: MIT
// Calls.  A builtin that stands for a library function is a call of that function;
// the other builtins are values.

#include "lower.h"

#include "clang/Basic/Builtins.h"

using namespace clang;

namespace klint {

// An aggregate that is passed by value is a copy of it.
kir_id Body::argument(const Expr *E) {
  kir_id V = value(E);
  kir_id Record = U.recordOf(E->getType());
  if (Record == KIR_NONE || kindOf(V) == KIR_V_TEMP || kindOf(V) == KIR_V_OPAQUE)
    return V;
  return toTemp(V, E->getType(), E->getExprLoc());
}

// 1 when the compiler can tell the value here, else 0.
kir_id Body::isConstant(const Expr *E) {
  Expr::EvalResult Result;
  if (isa<StringLiteral>(E->IgnoreParenImpCasts()))
    return integer(1);
  if (!E->EvaluateAsRValue(Result, Ctx) || Result.HasSideEffects)
    return integer(0);
  return integer(Result.Val.isInt() || Result.Val.isFloat());
}

// Something that KIR cannot say: the arguments are evaluated, what they point to
// may have changed, the result is unknown.
kir_id Body::unknownEffect(ArrayRef<const Expr *> Args) {
  for (const Expr *Arg : Args) {
    kir_id V = value(Arg);
    QualType T = Arg->getType();
    if (T->isPointerType() && T->getPointeeType()->isScalarType() &&
        !T->getPointeeType().isConstQualified())
      store(kir_v_deref(B, V), opaque(), Arg->getExprLoc());
  }
  return opaque();
}

// Builtins that are not functions.  Returns false for a plain call.
bool Body::builtin(const CallExpr *E, const FunctionDecl *FD, unsigned ID,
                   kir_id &Result) {
  switch (ID) {
  case Builtin::BI__builtin_expect:
  case Builtin::BI__builtin_expect_with_probability:
    Result = value(E->getArg(0));
    return true;
  case Builtin::BI__builtin_constant_p:
    Result = isConstant(E->getArg(0));
    return true;
  case Builtin::BI__builtin_unreachable:
  case Builtin::BI__builtin_trap:
    unreachable(E->getExprLoc());
    Result = opaque();
    return true;
  case Builtin::BI__builtin_assume:
  case Builtin::BI__builtin_object_size:
  case Builtin::BI__builtin_dynamic_object_size:
    Result = opaque();
    return true;
  default:
    break;
  }
  if (Ctx.BuiltinInfo.isPredefinedLibFunction(ID) ||
      Ctx.BuiltinInfo.isLibFunction(ID))
    return false;
  SmallVector<const Expr *, 6> Args(E->arg_begin(), E->arg_end());
  Result = unknownEffect(Args);
  return true;
}

static bool neverReturns(const CallExpr *E, const FunctionDecl *FD) {
  if (FD)
    return FD->isNoReturn();
  QualType T = E->getCallee()->getType();
  if (const auto *Pointer = T->getAs<PointerType>())
    T = Pointer->getPointeeType();
  const auto *Type = T->getAs<FunctionType>();
  return Type && Type->getNoReturnAttr();
}

// The member through which a function is called: a.ops->open, a.ops->fn[i].
static kir_id memberRecord(const kir_builder *B, kir_id Callee) {
  const struct kir_value *V = kir_builder_value(B, Callee);
  while (V->kind == KIR_V_INDEX)
    V = kir_builder_value(B, V->a);
  return V->kind == KIR_V_FIELD ? V->c : KIR_NONE;
}

kir_id Body::call(const CallExpr *E) {
  const FunctionDecl *FD = E->getDirectCallee();
  unsigned ID = FD ? FD->getBuiltinID() : 0;
  kir_id Result;
  if (ID && builtin(E, FD, ID, Result))
    return Result;
  if (!live())
    return opaque();
  // BUILD_BUG_ON(!__builtin_constant_p(x)): since it was built, x is one.
  if (NotInlined && FD && FD->hasAttr<ErrorAttr>())
    return opaque();
  kir_id Callee, Record = KIR_NONE;
  if (FD) {
    StringRef Name = U.functionName(FD);
    size_t Full = Name.size();
    if (ID)
      Name.consume_front("__builtin_");
    if (Name.size() == Full)
      U.useFunction(FD);
    else
      U.useFunctionName(Name, FD);
    Callee = kir_v_func(B, Name.str().c_str());
  } else {
    Callee = value(E->getCallee());
    Record = memberRecord(B, Callee);
  }
  SmallVector<kir_id, 8> Args;
  for (const Expr *Arg : E->arguments())
    Args.push_back(argument(Arg));
  bool Void = E->getCallReturnType(Ctx)->isVoidType();
  Result = Void ? KIR_NONE : temp();
  if (live())
    kir_e_call(B, Cur, Result, Callee, Record, Args.data(), Args.size(), 0,
               U.loc(E->getExprLoc()));
  if (neverReturns(E, FD))
    unreachable(E->getExprLoc());
  return Void ? opaque() : Result;
}

} // namespace klint
