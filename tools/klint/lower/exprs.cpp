// SPDX-License-Identifier: MIT
// Expressions to values.  Side effects become events in the order in which they
// stand; what has no meaning for KIR is an opaque value, never a failure.
//
// A value that reads a place reads it when an event uses it.  Where a place may
// change in between (x++, the value of a statement expression, return), the value
// is copied to a temporary first.

#include "lower.h"

#include "fold.h"

using namespace clang;

namespace klint {

kir_id Body::value(const Expr *E) {
  Nesting Level(*this);
  if (Level.tooDeep() || (Function && !live()))
    return opaque();
  if (Expansion *X = replacedBy(E))
    return expand(*X, E);
  return plainValue(E);
}

// For what the compiler knows: sizeof, offsetof, type traits.
kir_id Body::evaluated(const Expr *E) {
  Expr::EvalResult Result;
  if (E->isValueDependent() || !E->EvaluateAsInt(Result, Ctx))
    return opaque();
  return integer(Result.Val.getInt().extOrTrunc(64).getSExtValue());
}

kir_id Body::plainValue(const Expr *E) {
  switch (E->getStmtClass()) {
  case Stmt::ParenExprClass:
    return value(cast<ParenExpr>(E)->getSubExpr());
  case Stmt::ConstantExprClass:
  case Stmt::ExprWithCleanupsClass:
    return value(cast<FullExpr>(E)->getSubExpr());
  case Stmt::IntegerLiteralClass: {
    llvm::APInt V = cast<IntegerLiteral>(E)->getValue();
    if (U.Macros.isCounter(E->getExprLoc(), V.getLimitedValue()))
      return opaque();
    bool Signed = E->getType()->isSignedIntegerType();
    return integer((Signed ? V.sextOrTrunc(64) : V.zextOrTrunc(64)).getSExtValue());
  }
  case Stmt::CharacterLiteralClass:
    return integer(cast<CharacterLiteral>(E)->getValue());
  case Stmt::UnaryExprOrTypeTraitExprClass:
  case Stmt::OffsetOfExprClass:
  case Stmt::TypeTraitExprClass:
    return evaluated(E);
  case Stmt::StringLiteralClass:
  case Stmt::PredefinedExprClass:
  case Stmt::DeclRefExprClass:
  case Stmt::MemberExprClass:
  case Stmt::ArraySubscriptExprClass:
  case Stmt::CompoundLiteralExprClass:
    return plainPlace(E);
  case Stmt::ImplicitCastExprClass:
  case Stmt::CStyleCastExprClass:
    return castValue(cast<CastExpr>(E));
  case Stmt::UnaryOperatorClass:
    return unaryValue(cast<UnaryOperator>(E));
  case Stmt::BinaryOperatorClass:
    return binaryValue(cast<BinaryOperator>(E));
  case Stmt::CompoundAssignOperatorClass:
    return compoundAssign(cast<CompoundAssignOperator>(E));
  case Stmt::ConditionalOperatorClass:
    return conditional(cast<ConditionalOperator>(E), true);
  case Stmt::BinaryConditionalOperatorClass:
    return elvis(cast<BinaryConditionalOperator>(E));
  case Stmt::OpaqueValueExprClass: {
    auto Known = OpaqueValues.find(E);
    return Known != OpaqueValues.end() ? Known->second : opaque();
  }
  case Stmt::ChooseExprClass:
    return value(cast<ChooseExpr>(E)->getChosenSubExpr());
  case Stmt::GenericSelectionExprClass:
    return value(cast<GenericSelectionExpr>(E)->getResultExpr());
  case Stmt::CallExprClass:
    return call(cast<CallExpr>(E));
  case Stmt::StmtExprClass:
    return statementExpr(cast<StmtExpr>(E), true);
  case Stmt::InitListExprClass: {
    const auto *List = cast<InitListExpr>(E);
    return List->getNumInits() == 1 ? value(List->getInit(0)) : integer(0);
  }
  case Stmt::ImplicitValueInitExprClass:
    return integer(0);
  case Stmt::AddrLabelExprClass:
    AddressLabels.insert(cast<AddrLabelExpr>(E)->getLabel());
    return opaque();
  case Stmt::AtomicExprClass: {
    const auto *Atomic = cast<AtomicExpr>(E);
    SmallVector<const Expr *, 6> Args(Atomic->getSubExprs(),
                                      Atomic->getSubExprs() +
                                          Atomic->getNumSubExprs());
    return unknownEffect(Args);
  }
  default:
    return opaque();
  }
}

kir_id Body::castValue(const CastExpr *E) {
  const Expr *Sub = E->getSubExpr();
  // An implicit cast spans the tokens of its operand: no need to ask twice which
  // macro they are from.
  auto SubValue = [&] {
    return isa<ImplicitCastExpr>(E) ? plainValue(Sub) : value(Sub);
  };
  switch (E->getCastKind()) {
  case CK_LValueToRValue:
    return readPlace(Sub);
  case CK_ArrayToPointerDecay: {
    kir_id P = place(Sub);
    return kir_v_addr(B, P);
  }
  case CK_FunctionToPointerDecay:
  case CK_BuiltinFnToFnPtr:
    return plainPlace(Sub->IgnoreParens());
  case CK_NullToPointer:
    effect(Sub);
    return kir_v_null(B);
  case CK_IntegralToBoolean:
  case CK_PointerToBoolean:
  case CK_FloatingToBoolean:
    return toBool(SubValue(), Sub->getType());
  case CK_IntegralCast: {
    kir_id V = SubValue();
    if (kindOf(V) != KIR_V_INT)
      return V;
    return integer(wrap(*asInteger(V), Ctx.getIntWidth(E->getType()),
                        E->getType()->isUnsignedIntegerOrEnumerationType()));
  }
  case CK_IntegralToPointer: {
    kir_id V = SubValue();
    return asInteger(V) == 0 ? kir_v_null(B) : V;
  }
  case CK_PointerToIntegral: {
    kir_id V = SubValue();
    return kindOf(V) == KIR_V_NULL ? integer(0) : V;
  }
  case CK_ToVoid:
    effect(Sub);
    return opaque();
  case CK_IntegralToFloating:
  case CK_FloatingToIntegral:
    effect(Sub);
    return opaque();
  default:
    return SubValue();
  }
}

// An lvalue is read.  What is read through volatile may differ each time.
kir_id Body::readPlace(const Expr *E) {
  const Expr *Stripped = E->IgnoreParens();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Stripped))
    if (const auto *VD = dyn_cast<VarDecl>(Ref->getDecl()))
      if (std::optional<int64_t> Known = U.constantVariable(VD))
        return integer(*Known);
  kir_id P = plainPlace(E);
  if (E->getType().isVolatileQualified() && !E->getType()->isRecordType())
    return kir_v_op(B, KIR_OP_ONCE, P, KIR_NONE);
  return P;
}

kir_id Body::toBool(kir_id V, QualType From) {
  const struct kir_value *Val = kir_builder_value(B, V);
  if (From->isBooleanType())
    return V;
  if (Val->kind == KIR_V_OP &&
      ((Val->op >= KIR_OP_EQ && Val->op <= KIR_OP_UGE) || Val->op == KIR_OP_NOT))
    return V;
  if (std::optional<int64_t> I = asInteger(V))
    return integer(*I != 0);
  return kir_v_op(B, KIR_OP_NE, V, integer(0));
}

static bool branches(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *Op = dyn_cast<BinaryOperator>(E))
    return Op->isLogicalOp();
  return isa<ConditionalOperator>(E);
}

kir_id Body::unaryValue(const UnaryOperator *E) {
  const Expr *Sub = E->getSubExpr();
  switch (E->getOpcode()) {
  case UO_AddrOf: {
    if (Sub->getType()->isFunctionType())
      return place(Sub);
    kir_id P = place(Sub);
    return kir_v_addr(B, P);
  }
  case UO_Deref:
    return plainPlace(E);
  case UO_Plus:
  case UO_Extension:
    return value(Sub);
  case UO_LNot: {
    if (branches(Sub))
      return condValue(E);
    if (const auto *Inner = dyn_cast<UnaryOperator>(Sub->IgnoreParenImpCasts()))
      if (Inner->getOpcode() == UO_LNot && !replacedBy(Inner))
        return toBool(value(Inner->getSubExpr()), Inner->getSubExpr()->getType());
    kir_id V = value(Sub);
    if (std::optional<int64_t> I = asInteger(V))
      return integer(*I == 0);
    return kir_v_op(B, KIR_OP_NOT, V, KIR_NONE);
  }
  case UO_Minus:
  case UO_Not: {
    kir_id V = value(Sub);
    enum kir_op Op = E->getOpcode() == UO_Not ? KIR_OP_INV : KIR_OP_NEG;
    std::optional<int64_t> I = asInteger(V);
    if (!I || !E->getType()->isIntegralOrEnumerationType())
      return kir_v_op(B, Op, V, KIR_NONE);
    uint64_t R = Op == KIR_OP_INV ? ~(uint64_t)*I : -(uint64_t)*I;
    return integer(wrap(R, Ctx.getIntWidth(E->getType()),
                        E->getType()->isUnsignedIntegerOrEnumerationType()));
  }
  case UO_PreInc:
  case UO_PreDec:
  case UO_PostInc:
  case UO_PostDec:
    return incDec(E, true);
  default:
    effect(Sub);
    return opaque();
  }
}

kir_id Body::incDec(const UnaryOperator *E, bool Used) {
  kir_id P = place(E->getSubExpr());
  kir_id Old = P;
  if (Used && E->isPostfix()) {
    Old = temp();
    store(Old, P, E->getOperatorLoc());
  }
  kir_id One = integer(1);
  store(P, kir_v_op(B, E->isIncrementOp() ? KIR_OP_ADD : KIR_OP_SUB, P, One),
        E->getOperatorLoc());
  return Old;
}

static enum kir_op operatorOf(BinaryOperatorKind Kind, bool Unsigned) {
  switch (Kind) {
  case BO_Mul: case BO_MulAssign: return KIR_OP_MUL;
  case BO_Div: case BO_DivAssign: return KIR_OP_DIV;
  case BO_Rem: case BO_RemAssign: return KIR_OP_REM;
  case BO_Add: case BO_AddAssign: return KIR_OP_ADD;
  case BO_Sub: case BO_SubAssign: return KIR_OP_SUB;
  case BO_Shl: case BO_ShlAssign: return KIR_OP_SHL;
  case BO_Shr: case BO_ShrAssign: return KIR_OP_SHR;
  case BO_And: case BO_AndAssign: return KIR_OP_AND;
  case BO_Xor: case BO_XorAssign: return KIR_OP_XOR;
  case BO_Or: case BO_OrAssign: return KIR_OP_OR;
  case BO_LT: return Unsigned ? KIR_OP_ULT : KIR_OP_LT;
  case BO_GT: return Unsigned ? KIR_OP_UGT : KIR_OP_GT;
  case BO_LE: return Unsigned ? KIR_OP_ULE : KIR_OP_LE;
  case BO_GE: return Unsigned ? KIR_OP_UGE : KIR_OP_GE;
  case BO_EQ: return KIR_OP_EQ;
  case BO_NE: return KIR_OP_NE;
  default: return KIR_OP_NOPS;
  }
}

static bool isUnsignedOrPointer(QualType T) {
  return T->isUnsignedIntegerOrEnumerationType() || T->isAnyPointerType();
}

kir_id Body::binaryValue(const BinaryOperator *E) {
  if (E->getOpcode() == BO_Comma) {
    effect(E->getLHS());
    return value(E->getRHS());
  }
  if (E->getOpcode() == BO_Assign)
    return assign(E);
  if (E->isLogicalOp())
    return condValue(E);
  if (E->getOpcode() == BO_Sub && E->getLHS()->getType()->isPointerType())
    if (isa<OffsetOfExpr>(E->getRHS()->IgnoreParenCasts()))
      return containerOf(E, E->getLHS());

  QualType T = E->getLHS()->getType();
  bool Unsigned = isUnsignedOrPointer(T);
  enum kir_op Op = operatorOf(E->getOpcode(), Unsigned);
  kir_id L = value(E->getLHS());
  kir_id R = value(E->getRHS());
  if (Op == KIR_OP_NOPS)
    return opaque();
  std::optional<int64_t> LI = asInteger(L), RI = asInteger(R);
  if (LI && RI && E->getType()->isIntegralOrEnumerationType()) {
    bool Cmp = E->isComparisonOp();
    unsigned Width = Cmp ? 64 : Ctx.getIntWidth(E->getType());
    if (std::optional<int64_t> V = fold(Op, *LI, *RI, Width, Unsigned))
      return integer(*V);
    return opaque();
  }
  return kir_v_op(B, Op, L, R);
}

kir_id Body::assign(const BinaryOperator *E) {
  QualType T = E->getLHS()->getType();
  kir_id Record = U.recordOf(T);
  SourceLocation Loc = E->getOperatorLoc();
  kir_id V = value(E->getRHS());
  kir_id P = place(E->getLHS());
  if (Record != KIR_NONE)
    copy(P, V, Record, Loc);
  else
    store(P, V, Loc);
  return T.isVolatileQualified() ? V : P;
}

kir_id Body::compoundAssign(const CompoundAssignOperator *E) {
  kir_id V = value(E->getRHS());
  kir_id P = place(E->getLHS());
  bool Unsigned = isUnsignedOrPointer(E->getLHS()->getType());
  enum kir_op Op = operatorOf(E->getOpcode(), Unsigned);
  store(P, Op == KIR_OP_NOPS ? opaque() : kir_v_op(B, Op, P, V),
        E->getOperatorLoc());
  return E->getType().isVolatileQualified() ? opaque() : P;
}

// pointer - offsetof(T, member): the object around the member.
kir_id Body::containerOf(const BinaryOperator *E, const Expr *Pointer) {
  kir_id V = value(Pointer);
  return containerOf(V, cast<OffsetOfExpr>(E->getRHS()->IgnoreParenCasts()));
}

kir_id Body::containerOf(kir_id Pointer, const OffsetOfExpr *Offset) {
  for (unsigned I = Offset->getNumComponents(); I-- > 0;) {
    const OffsetOfNode &Node = Offset->getComponent(I);
    if (Node.getKind() != OffsetOfNode::Field)
      continue;
    const FieldDecl *FD = Node.getField();
    if (FD->isAnonymousStructOrUnion())
      continue;
    Pointer = kir_v_container(B, Pointer, FD->getName().str().c_str(),
                              U.defineRecord(FD->getParent()));
  }
  return Pointer;
}

} // namespace klint
