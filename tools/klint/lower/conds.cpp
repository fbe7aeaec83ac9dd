// SPDX-License-Identifier: MIT
// Conditions become branches; an arm that no branch goes to is not lowered, which
// is how IS_ENABLED() and the like disappear.  Statement expressions are here
// because they, too, are control flow inside an expression.

#include "lower.h"

#include "clang/Basic/Builtins.h"

using namespace clang;

namespace klint {

// Evaluates E for its side effects only.
void Body::effect(const Expr *E) {
  Nesting Level(*this);
  if (Level.tooDeep() || (Function && !live()))
    return;
  if (Expansion *X = replacedBy(E)) {
    expand(*X, E);
    return;
  }
  if (const auto *Paren = dyn_cast<ParenExpr>(E))
    return effect(Paren->getSubExpr());
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return effect(Cast->getSubExpr());
  if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (Unary->isIncrementDecrementOp())
      incDec(Unary, false);
    else
      effect(Unary->getSubExpr());
    return;
  }
  if (const auto *Cond = dyn_cast<ConditionalOperator>(E)) {
    conditional(Cond, false);
    return;
  }
  if (const auto *Block = dyn_cast<StmtExpr>(E)) {
    statementExpr(Block, false);
    return;
  }
  const auto *Binary = dyn_cast<BinaryOperator>(E);
  if (!Function || !Binary || !(Binary->isLogicalOp() || Binary->isCommaOp())) {
    plainValue(E);
    return;
  }
  if (Binary->isCommaOp()) {
    effect(Binary->getLHS());
    return effect(Binary->getRHS());
  }
  uint32_t Then = newBlock(), Join = newBlock();
  if (Binary->getOpcode() == BO_LAnd)
    cond(Binary->getLHS(), Then, Join);
  else
    cond(Binary->getLHS(), Join, Then);
  enter(Then);
  effect(Binary->getRHS());
  enter(Join);
}

// The first argument of __builtin_expect and its like.
static const Expr *expectedOperand(const CallExpr *E) {
  switch (E->getBuiltinCallee()) {
  case Builtin::BI__builtin_expect:
  case Builtin::BI__builtin_expect_with_probability:
    return E->getArg(0);
  default:
    return nullptr;
  }
}

static bool keepsTruth(CastKind Kind) {
  return Kind == CK_IntegralToBoolean || Kind == CK_PointerToBoolean ||
         Kind == CK_IntegralCast || Kind == CK_NoOp || Kind == CK_BitCast ||
         Kind == CK_PointerToIntegral;
}

// Goes to Yes or to No.  Both may stay without a predecessor.
void Body::cond(const Expr *E, uint32_t Yes, uint32_t No) {
  Nesting Level(*this);
  if (Level.tooDeep() || !live())
    return;
  SourceLocation Loc = E->getExprLoc();
  if (Expansion *X = replacedBy(E))
    return branch(expand(*X, E), Yes, No, Loc);
  if (const auto *Paren = dyn_cast<ParenExpr>(E))
    return cond(Paren->getSubExpr(), Yes, No);
  if (const auto *Full = dyn_cast<FullExpr>(E))
    return cond(Full->getSubExpr(), Yes, No);
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    if (keepsTruth(Cast->getCastKind()))
      return cond(Cast->getSubExpr(), Yes, No);
  if (const auto *Call = dyn_cast<CallExpr>(E))
    if (const Expr *Operand = expectedOperand(Call))
      return cond(Operand, Yes, No);
  if (const auto *Choose = dyn_cast<ChooseExpr>(E))
    return cond(Choose->getChosenSubExpr(), Yes, No);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E)) {
    if (Unary->getOpcode() == UO_LNot)
      return cond(Unary->getSubExpr(), No, Yes);
    if (Unary->getOpcode() == UO_Extension)
      return cond(Unary->getSubExpr(), Yes, No);
  }
  if (const auto *Binary = dyn_cast<BinaryOperator>(E)) {
    if (Binary->isCommaOp()) {
      effect(Binary->getLHS());
      return cond(Binary->getRHS(), Yes, No);
    }
    if (Binary->isLogicalOp()) {
      uint32_t Next = newBlock();
      if (Binary->getOpcode() == BO_LAnd)
        cond(Binary->getLHS(), Next, No);
      else
        cond(Binary->getLHS(), Yes, Next);
      enter(Next);
      return cond(Binary->getRHS(), Yes, No);
    }
  }
  if (const auto *Choice = dyn_cast<ConditionalOperator>(E)) {
    uint32_t Then = newBlock(), Else = newBlock();
    cond(Choice->getCond(), Then, Else);
    enter(Then);
    cond(Choice->getTrueExpr(), Yes, No);
    enter(Else);
    return cond(Choice->getFalseExpr(), Yes, No);
  }
  branch(plainValue(E), Yes, No, Loc);
}

// A condition as a value: 0 or 1, in a temporary unless it is known.
kir_id Body::condValue(const Expr *E) {
  if (!Function)
    return evaluated(E);
  if (!live())
    return opaque();
  uint32_t Yes = newBlock(), No = newBlock();
  cond(E, Yes, No);
  if (!reached(Yes) || !reached(No)) {
    bool Result = reached(Yes);
    enter(Result ? Yes : No);
    return integer(Result);
  }
  uint32_t Join = newBlock();
  kir_id Result = temp();
  enter(Yes);
  store(Result, integer(1), E->getExprLoc());
  jump(Join, E->getExprLoc());
  enter(No);
  store(Result, integer(0), E->getExprLoc());
  enter(Join);
  return Result;
}

kir_id Body::conditional(const ConditionalOperator *E, bool Used) {
  if (!Function) {
    bool Result;
    if (!E->getCond()->EvaluateAsBooleanCondition(Result, Ctx))
      return opaque();
    return value(Result ? E->getTrueExpr() : E->getFalseExpr());
  }
  if (!live())
    return opaque();
  Used = Used && !E->getType()->isVoidType();
  uint32_t Yes = newBlock(), No = newBlock();
  cond(E->getCond(), Yes, No);
  auto Arm = [&](const Expr *Value) {
    if (Used)
      return value(Value);
    effect(Value);
    return opaque();
  };
  if (!reached(Yes) || !reached(No)) {
    bool Taken = reached(Yes);
    enter(Taken ? Yes : No);
    return Arm(Taken ? E->getTrueExpr() : E->getFalseExpr());
  }
  uint32_t Join = newBlock();
  kir_id Result = Used ? temp() : KIR_NONE;
  kir_id Record = Used ? U.recordOf(E->getType()) : KIR_NONE;
  for (bool Taken : {true, false}) {
    const Expr *Value = Taken ? E->getTrueExpr() : E->getFalseExpr();
    enter(Taken ? Yes : No);
    kir_id V = Arm(Value);
    if (Record != KIR_NONE)
      copy(Result, V, Record, Value->getExprLoc());
    else if (Used)
      store(Result, V, Value->getExprLoc());
    jump(Join, Value->getExprLoc());
  }
  enter(Join);
  return Used ? Result : opaque();
}

// a ?: b
kir_id Body::elvis(const BinaryConditionalOperator *E) {
  kir_id V = value(E->getCommon());
  OpaqueValues[E->getOpaqueValue()] = V;
  if (std::optional<int64_t> I = asInteger(V))
    return *I ? V : value(E->getFalseExpr());
  if (!live())
    return opaque();
  uint32_t Yes = newBlock(), No = newBlock(), Join = newBlock();
  kir_id Result = temp();
  branch(V, Yes, No, E->getExprLoc());
  enter(Yes);
  store(Result, V, E->getExprLoc());
  jump(Join, E->getExprLoc());
  enter(No);
  store(Result, value(E->getFalseExpr()), E->getExprLoc());
  enter(Join);
  return Result;
}

// ({ void *p = x; ...; (T *)(p - offsetof(T, m)); }) without other effects is
// container(x, m, T); KIR_NONE for any other statement expression.
kir_id Body::containerStatement(const StmtExpr *E) {
  const VarDecl *Pointer = nullptr;
  const Expr *Last = nullptr;
  for (const Stmt *S : E->getSubStmt()->body()) {
    if (isa<NullStmt>(S))
      continue;
    if (const auto *Decls = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : Decls->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D)) {
          if (Pointer)
            return KIR_NONE;
          Pointer = VD;
        }
      continue;
    }
    if (Last || !isa<Expr>(S))
      return KIR_NONE;
    Last = cast<Expr>(S);
  }
  if (!Last || !Pointer || !Pointer->getInit())
    return KIR_NONE;
  const auto *Sub = dyn_cast<BinaryOperator>(Last->IgnoreParenCasts());
  if (!Sub || Sub->getOpcode() != BO_Sub)
    return KIR_NONE;
  const auto *Offset = dyn_cast<OffsetOfExpr>(Sub->getRHS()->IgnoreParenCasts());
  const auto *Ref = dyn_cast<DeclRefExpr>(Sub->getLHS()->IgnoreParenCasts());
  if (!Offset || !Ref || Ref->getDecl() != Pointer)
    return KIR_NONE;
  return containerOf(value(Pointer->getInit()), Offset);
}

// The statement whose value is that of the whole.
static const Stmt *resultOf(const CompoundStmt *Block) {
  for (const Stmt *S : llvm::reverse(Block->body()))
    if (!isa<NullStmt>(S))
      return S;
  return nullptr;
}

kir_id Body::statementExpr(const StmtExpr *E, bool Used) {
  if (!live())
    return opaque();
  kir_id Result = containerStatement(E);
  if (Result != KIR_NONE)
    return Result;
  const CompoundStmt *Block = E->getSubStmt();
  const Scope *Outside = Innermost;
  const Stmt *Last = resultOf(Block);
  for (const Stmt *S : Block->body()) {
    if (S != Last) {
      stmt(S);
      continue;
    }
    while (const auto *Labelled = dyn_cast<LabelStmt>(S)) {
      labelStmt(Labelled);
      S = Labelled->getSubStmt();
    }
    if (const auto *Attributed = dyn_cast<AttributedStmt>(S))
      S = Attributed->getSubStmt();
    const auto *V = dyn_cast<Expr>(S);
    if (!V || !Used || V->getType()->isVoidType()) {
      stmt(S);
      continue;
    }
    Result = value(V);
    if (Innermost != Outside)
      Result = toTemp(Result, V->getType(), V->getExprLoc());
  }
  popTo(Outside, Block->getRBracLoc());
  return Result == KIR_NONE ? opaque() : Result;
}

} // namespace klint
