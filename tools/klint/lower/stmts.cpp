// SPDX-License-Identifier: MIT
// Statements.  The AST is lowered as it stands, by recursion: that keeps scopes,
// cleanups, statement expressions and macro expansions exact.

#include "lower.h"

#include "clang/AST/Attr.h"

using namespace clang;

namespace klint {

std::string Body::lower(const FunctionDecl *FD) {
  Function = FD;
  for (const ParmVarDecl *P : FD->parameters()) {
    uint32_t Index = kir_func_param(B, P->getName().str().c_str(),
                                    U.type(P->getType()), U.loc(P->getLocation()));
    Variables[P] = kir_v_param(B, Index);
  }
  Cur = kir_block(B);
  const auto *Block = dyn_cast<CompoundStmt>(FD->getBody());
  if (!Block)
    return std::string("cannot lower ") + FD->getBody()->getStmtClassName();
  compound(Block);
  if (live()) {
    kir_id V = FD->getReturnType()->isVoidType() ? KIR_NONE : opaque();
    kir_t_return(B, Cur, V, U.loc(Block->getRBracLoc()));
  }
  settleGotos();
  return Why;
}

void Body::stmt(const Stmt *S) {
  Nesting Level(*this);
  if (Level.tooDeep() || !Why.empty())
    return;
  if (!live() && !containsLabel(S))
    return;
  if (const auto *E = dyn_cast<Expr>(S))
    return effect(E);
  if (const auto *Decls = dyn_cast<DeclStmt>(S)) {
    Expansion *X = U.Macros.outermost(S->getBeginLoc());
    if (X)
      X->IsHead = true;
    declStmt(Decls);
    if (X)
      expandDecl(Decls, *X);
    return;
  }
  if (Expansion *X = replacedBy(S)) {
    expand(*X, S);
    return;
  }
  expandHead(S);
  plainStmt(S);
}

void Body::plainStmt(const Stmt *S) {
  switch (S->getStmtClass()) {
  case Stmt::NullStmtClass:
    return nullStmt(cast<NullStmt>(S));
  case Stmt::CompoundStmtClass:
    return compound(cast<CompoundStmt>(S));
  case Stmt::IfStmtClass:
    return ifStmt(cast<IfStmt>(S));
  case Stmt::WhileStmtClass:
    return whileStmt(cast<WhileStmt>(S));
  case Stmt::DoStmtClass:
    return doStmt(cast<DoStmt>(S));
  case Stmt::ForStmtClass:
    return forStmt(cast<ForStmt>(S));
  case Stmt::SwitchStmtClass:
    return switchStmt(cast<SwitchStmt>(S));
  case Stmt::CaseStmtClass:
  case Stmt::DefaultStmtClass:
    return switchCase(cast<SwitchCase>(S));
  case Stmt::LabelStmtClass:
    labelStmt(cast<LabelStmt>(S));
    return stmt(cast<LabelStmt>(S)->getSubStmt());
  case Stmt::AttributedStmtClass:
    return stmt(cast<AttributedStmt>(S)->getSubStmt());
  case Stmt::ReturnStmtClass:
    return returnStmt(cast<ReturnStmt>(S));
  case Stmt::BreakStmtClass:
    return Break ? jump(*Break, S->getBeginLoc()) : unreachable(S->getBeginLoc());
  case Stmt::ContinueStmtClass:
    return Continue ? jump(*Continue, S->getBeginLoc())
                    : unreachable(S->getBeginLoc());
  case Stmt::GotoStmtClass:
    return gotoLabel(cast<GotoStmt>(S)->getLabel(), S->getBeginLoc());
  case Stmt::IndirectGotoStmtClass:
    return indirectGoto(cast<IndirectGotoStmt>(S));
  case Stmt::GCCAsmStmtClass:
    return asmStmt(cast<GCCAsmStmt>(S));
  default:
    fail(std::string("cannot lower ") + S->getStmtClassName());
  }
}

void Body::nullStmt(const NullStmt *S) {
  if (!S->hasLeadingEmptyMacro() || !live())
    return;
  if (Expansion *X = U.Macros.emptyBefore(S->getSemiLoc()))
    expand(*X, S);
}

void Body::compound(const CompoundStmt *S) {
  const Scope *Outside = Innermost;
  for (const Stmt *Child : S->body())
    stmt(Child);
  popTo(Outside, S->getRBracLoc());
}

static bool asksForConstant(const Stmt *S) {
  if (const auto *Call = dyn_cast<CallExpr>(S))
    if (Call->getBuiltinCallee() == Builtin::BI__builtin_constant_p)
      return true;
  return llvm::any_of(S->children(), [](const Stmt *Child) {
    return Child && asksForConstant(Child);
  });
}

void Body::ifStmt(const IfStmt *S) {
  uint32_t Then = newBlock(), Join = newBlock();
  uint32_t Else = S->getElse() ? newBlock() : Join;
  cond(S->getCond(), Then, Else);
  // Whether a parameter is constant is known where the function has been inlined.
  bool Before = NotInlined;
  NotInlined = reached(Then) && !reached(Else) && asksForConstant(S->getCond());
  enter(Then);
  stmt(S->getThen());
  NotInlined = Before;
  jump(Join, S->getThen()->getEndLoc());
  if (S->getElse()) {
    enter(Else);
    stmt(S->getElse());
  }
  enter(Join);
}

void Body::loopBody(const Stmt *S, Target &BreakTo, Target &ContinueTo) {
  Target *OldBreak = Break, *OldContinue = Continue;
  Break = &BreakTo;
  Continue = &ContinueTo;
  stmt(S);
  Break = OldBreak;
  Continue = OldContinue;
}

void Body::whileStmt(const WhileStmt *S) {
  Target Exit{newBlock(), Innermost}, Head{newBlock(true), Innermost};
  uint32_t Inside = newBlock();
  // A label in a dead loop brings the loop to life from the inside.
  if (!live())
    setTarget(Inside);
  enter(Head.Block);
  cond(S->getCond(), Inside, Exit.Block);
  enter(Inside);
  loopBody(S->getBody(), Exit, Head);
  bool HeadWasDead = live() && !reached(Head.Block);
  jump(Head, S->getEndLoc());
  if (HeadWasDead) {
    enter(Head.Block);
    cond(S->getCond(), Inside, Exit.Block);
  }
  enter(Exit.Block);
}

static bool isZero(const Expr *E) {
  const auto *Literal = dyn_cast<IntegerLiteral>(E->IgnoreParenImpCasts());
  return Literal && Literal->getValue().isZero();
}

void Body::doStmt(const DoStmt *S) {
  Target Exit{KIR_NONE, Innermost};
  if (isZero(S->getCond())) {
    loopBody(S->getBody(), Exit, Exit);
    return land(Exit, S->getEndLoc());
  }
  Target Again{KIR_NONE, Innermost};
  uint32_t Inside = newBlock(true);
  Exit.Block = newBlock();
  if (!live())
    setTarget(Inside);
  enter(Inside);
  loopBody(S->getBody(), Exit, Again);
  land(Again, S->getEndLoc());
  cond(S->getCond(), Inside, Exit.Block);
  enter(Exit.Block);
}

void Body::forStmt(const ForStmt *S) {
  const Scope *Outside = Innermost;
  if (S->getInit())
    stmt(S->getInit());
  Target Exit{newBlock(), Innermost}, Next{KIR_NONE, Innermost};
  uint32_t Head = newBlock(true), Inside = newBlock();
  if (!live())
    setTarget(Inside);
  auto Test = [&] {
    enter(Head);
    if (S->getCond())
      cond(S->getCond(), Inside, Exit.Block);
    else
      jump(Inside, S->getBeginLoc());
  };
  Test();
  enter(Inside);
  loopBody(S->getBody(), Exit, Next);
  land(Next, S->getEndLoc());
  if (S->getInc())
    effect(S->getInc());
  bool HeadWasDead = live() && !reached(Head);
  jump(Head, S->getEndLoc());
  if (HeadWasDead)
    Test();
  enter(Exit.Block);
  popTo(Outside, S->getEndLoc());
}

// The value is settled before the scopes are left; an aggregate is named as it
// stands, for what is returned is that object.
void Body::returnStmt(const ReturnStmt *S) {
  kir_id V = KIR_NONE;
  SourceLocation Loc = S->getReturnLoc();
  if (const Expr *E = S->getRetValue()) {
    if (E->getType()->isVoidType())
      effect(E);
    else
      V = value(E);
    if (V != KIR_NONE && Innermost && U.recordOf(E->getType()) == KIR_NONE)
      V = toTemp(V, E->getType(), Loc);
  }
  leaveTo(nullptr, Loc);
  if (live())
    kir_t_return(B, Cur, V, U.loc(Loc));
  Cur = KIR_NONE;
}

void Body::declStmt(const DeclStmt *S) {
  for (const Decl *D : S->decls())
    if (const auto *VD = dyn_cast<VarDecl>(D))
      variableDecl(VD);
}

void Body::variableDecl(const VarDecl *VD) {
  if (VD->hasGlobalStorage())
    return; // comes with its first use
  SourceLocation Loc = VD->getLocation();
  kir_id Local = variable(VD);
  push(VD, Local, false);
  if (live())
    kir_e_begin(B, Cur, Local, U.loc(Loc));
  if (const Expr *Init = VD->getInit())
    initialise(Local, VD->getType(), Init, Loc);
  if (const auto *Attr = VD->getAttr<CleanupAttr>())
    if (Attr->getFunctionDecl())
      push(VD, Local, true);
}

} // namespace klint
