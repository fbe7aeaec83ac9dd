// SPDX-License-Identifier: MIT
// switch, labels, goto and inline assembly.
//
// A goto waits until the whole body is lowered: only then is the scope of its
// label known, and with it what the jump leaves.

#include "lower.h"

using namespace clang;

namespace klint {

// Something in S that control can come to without coming to S.
bool Body::containsLabel(const Stmt *S) {
  SmallVector<const Stmt *, 32> Todo{S};
  while (!Todo.empty()) {
    const Stmt *Next = Todo.pop_back_val();
    if (isa<LabelStmt>(Next) || isa<SwitchCase>(Next))
      return true;
    for (const Stmt *Child : Next->children())
      if (Child)
        Todo.push_back(Child);
  }
  return false;
}

static bool inRange(const struct kir_succ &Case, int64_t V) {
  return !Case.is_default && V >= Case.lo && V <= Case.hi;
}

static int64_t caseValue(const Expr *E, const ASTContext &Ctx) {
  llvm::APSInt V = E->EvaluateKnownConstInt(Ctx);
  return V.extOrTrunc(64).getSExtValue();
}

void Body::switchStmt(const SwitchStmt *S) {
  SourceLocation Loc = S->getSwitchLoc();
  kir_id V = value(S->getCond());
  Target Exit{newBlock(), Innermost};
  SmallVector<struct kir_succ, 16> Succs;
  struct kir_succ Default = {Exit.Block, 1, 0, 0};
  for (const SwitchCase *C = S->getSwitchCaseList(); C;
       C = C->getNextSwitchCase()) {
    uint32_t Block = newBlock();
    Cases[C] = Block;
    if (const auto *Case = dyn_cast<CaseStmt>(C)) {
      int64_t Low = caseValue(Case->getLHS(), Ctx);
      int64_t High = Case->getRHS() ? caseValue(Case->getRHS(), Ctx) : Low;
      Succs.push_back({Block, 0, Low, High});
    } else {
      Default.block = Block;
    }
  }
  std::reverse(Succs.begin(), Succs.end()); // the list has the last one first
  Succs.push_back(Default);
  if (std::optional<int64_t> Known = asInteger(V)) {
    uint32_t To = Default.block;
    for (const struct kir_succ &Case : Succs)
      if (inRange(Case, *Known))
        To = Case.block;
    jump(To, Loc);
  } else if (live()) {
    for (struct kir_succ &Case : Succs) {
      setTarget(Case.block);
      Case.block = real(Case.block);
    }
    kir_t_switch(B, Cur, V, Succs.data(), Succs.size(), U.loc(Loc));
    Cur = KIR_NONE;
  }
  Target *OldBreak = Break;
  Break = &Exit;
  stmt(S->getBody());
  Break = OldBreak;
  enter(Exit.Block);
}

// A row of cases is one nest of statements: it is walked, not recursed into.
void Body::switchCase(const SwitchCase *S) {
  for (;;) {
    auto Known = Cases.find(S);
    if (Known != Cases.end())
      enter(Known->second);
    const auto *Next = dyn_cast<SwitchCase>(S->getSubStmt());
    if (!Next)
      break;
    S = Next;
  }
  stmt(S->getSubStmt());
}

void Body::labelStmt(const LabelStmt *S) {
  uint32_t Block = newBlock(true);
  Labels[S->getDecl()] = {Block, Innermost};
  setTarget(Block);
  enter(Block);
}

void Body::gotoLabel(const LabelDecl *L, SourceLocation Loc) {
  if (live())
    Gotos.push_back({Cur, Innermost, L, Loc});
  Cur = KIR_NONE;
}

void Body::indirectGoto(const IndirectGotoStmt *S) {
  if (const LabelDecl *L = S->getConstantTarget())
    return gotoLabel(L, S->getGotoLoc());
  effect(S->getTarget());
  if (live())
    IndirectGotos.push_back({Cur, Innermost});
  Cur = KIR_NONE;
}

// Control goes on, or to one of the labels.
void Body::choice(ArrayRef<const LabelDecl *> To, bool FallsThrough,
                  SourceLocation Loc) {
  if (!live())
    return;
  SmallVector<uint32_t, 4> Ways;
  uint32_t Next = KIR_NONE;
  if (FallsThrough)
    Ways.push_back(Next = kir_block(B));
  for (const LabelDecl *L : To) {
    Ways.push_back(kir_block(B));
    Gotos.push_back({Ways.back(), Innermost, L, Loc});
  }
  kir_t_choice(B, Cur, Ways.data(), Ways.size(), U.loc(Loc));
  Cur = Next;
}

void Body::asmStmt(const GCCAsmStmt *S) {
  if (!live())
    return;
  for (const Expr *Input : S->inputs())
    if (Input->isGLValue())
      place(Input);
    else
      value(Input);
  for (const Expr *Output : S->outputs()) {
    kir_id P = place(Output);
    if (live())
      kir_e_asm(B, Cur, P, U.loc(S->getAsmLoc()));
  }
  if (!S->getNumOutputs() && live())
    kir_e_asm(B, Cur, KIR_NONE, U.loc(S->getAsmLoc()));
  if (!S->isAsmGoto())
    return;
  SmallVector<const LabelDecl *, 4> To;
  for (const AddrLabelExpr *L : S->labels())
    To.push_back(L->getLabel());
  choice(To, true, S->getAsmLoc());
}

static void labelsIn(const Stmt *Init,
                     llvm::SetVector<const LabelDecl *> &Result) {
  SmallVector<const Stmt *, 32> Todo{Init};
  while (!Todo.empty()) {
    const Stmt *Next = Todo.pop_back_val();
    if (const auto *Addr = dyn_cast<AddrLabelExpr>(Next))
      Result.insert(Addr->getLabel());
    for (const Stmt *Child : Next->children())
      if (Child)
        Todo.push_back(Child);
  }
}

void Body::settleGotos() {
  if (!IndirectGotos.empty())
    labelsIn(Function->getBody(), AddressLabels);
  for (auto [Block, From] : IndirectGotos) {
    Cur = Block;
    Innermost = From;
    choice(AddressLabels.getArrayRef(), false, SourceLocation());
  }
  for (const PendingGoto &G : Gotos) {
    auto Known = Labels.find(G.To);
    Cur = G.Block;
    Innermost = G.From;
    if (Known == Labels.end()) {
      unreachable(G.Loc);
      continue;
    }
    leaveTo(Known->second.Where, G.Loc);
    setTarget(Known->second.Block);
    kir_t_jump(B, Cur, real(Known->second.Block), U.loc(G.Loc));
    Cur = KIR_NONE;
  }
}

} // namespace klint
