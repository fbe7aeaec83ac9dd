// SPDX-License-Identifier: MIT
// Contract-bearing macros.  The topmost statement or expression whose tokens all
// come from the body of such an expansion is not lowered: it is one event with the
// macro's arguments, so that every configuration gives the same event.  Where the
// expansion is only the head of a statement, the event stands before it and the
// statement is lowered as written.

#include "lower.h"

#include "clang/Basic/Builtins.h"

using namespace clang;

namespace klint {

/// What the tree below an expansion tells of its arguments and of control flow.
struct Body::Found {
  SmallVector<const Expr *, 4> Args;
  SmallVector<const VarDecl *, 4> Vars; ///< Arguments that name a declaration.
  SmallVector<bool, 4> Assigned;
  SmallVector<const LabelDecl *, 2> Gotos;
  bool NoReturn = false;

  explicit Found(unsigned N)
      : Args(N, nullptr), Vars(N, nullptr), Assigned(N, false) {}
};

Expansion *Body::replacedBy(const Stmt *S) {
  SourceLocation Begin = S->getBeginLoc();
  if (!Function || !Begin.isMacroID())
    return nullptr;
  return U.Macros.enclosing(Begin, S->getEndLoc());
}

// An assignment target that was written as an argument.
static const Expr *assignedOperand(const Stmt *S) {
  if (const auto *Op = dyn_cast<BinaryOperator>(S))
    return Op->isAssignmentOp() ? Op->getLHS() : nullptr;
  if (const auto *Op = dyn_cast<UnaryOperator>(S))
    return Op->isIncrementDecrementOp() ? Op->getSubExpr() : nullptr;
  return nullptr;
}

void Body::findArguments(const Stmt *Node, Expansion &X, Found &F) {
  auto ArgumentOf = [&](const Expr *E) {
    int Index = U.Macros.argumentOf(X, E->getBeginLoc());
    if (Index >= 0 && U.Macros.argumentOf(X, E->getEndLoc()) != Index)
      Index = -1;
    return Index;
  };
  auto NoteAssigned = [&](const Expr *Operand) {
    int Index = ArgumentOf(Operand->IgnoreParens());
    if (Index >= 0)
      F.Assigned[Index] = true;
  };
  llvm::DenseSet<const LabelDecl *> Inside;
  SmallVector<const Stmt *, 32> Todo{Node};
  SmallVector<const Stmt *, 16> Children;
  while (!Todo.empty()) {
    const Stmt *S = Todo.pop_back_val();
    if (const auto *E = dyn_cast<Expr>(S)) {
      int Index = ArgumentOf(E);
      if (Index >= 0) {
        if (!F.Args[Index])
          F.Args[Index] = E;
        continue;
      }
    }
    if (const Expr *Operand = assignedOperand(S))
      NoteAssigned(Operand);
    if (const auto *Asm = dyn_cast<GCCAsmStmt>(S)) {
      for (const Expr *Output : Asm->outputs())
        NoteAssigned(Output);
      for (const AddrLabelExpr *L : Asm->labels())
        F.Gotos.push_back(L->getLabel());
    }
    if (const auto *Goto = dyn_cast<GotoStmt>(S))
      F.Gotos.push_back(Goto->getLabel());
    if (const auto *L = dyn_cast<LabelStmt>(S))
      Inside.insert(L->getDecl());
    if (const auto *Decls = dyn_cast<DeclStmt>(S))
      for (const Decl *D : Decls->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D)) {
          int Index = U.Macros.argumentOf(X, VD->getLocation());
          if (Index >= 0)
            F.Vars[Index] = VD;
        }
    Children.clear();
    for (const Stmt *Child : S->children())
      if (Child)
        Children.push_back(Child);
    Todo.append(Children.rbegin(), Children.rend());
  }
  llvm::erase_if(F.Gotos, [&](const LabelDecl *L) { return Inside.contains(L); });
}

// Whether control surely does not come out of S, as far as statements in a row
// tell; conditions are not looked into.
static bool endsControl(const Stmt *S) {
  if (const auto *Paren = dyn_cast<ParenExpr>(S))
    return endsControl(Paren->getSubExpr());
  if (const auto *Do = dyn_cast<DoStmt>(S))
    return endsControl(Do->getBody());
  if (const auto *E = dyn_cast<StmtExpr>(S))
    return endsControl(E->getSubStmt());
  if (const auto *Block = dyn_cast<CompoundStmt>(S)) {
    for (const Stmt *Child : Block->body())
      if (endsControl(Child))
        return true;
    return false;
  }
  if (const auto *Call = dyn_cast<CallExpr>(S)) {
    unsigned ID = Call->getBuiltinCallee();
    const FunctionDecl *FD = Call->getDirectCallee();
    return ID == Builtin::BI__builtin_unreachable ||
           ID == Builtin::BI__builtin_trap || (FD && FD->isNoReturn());
  }
  return false;
}

// Pure: only arguments that can be evaluated once more are lowered.
kir_id Body::emitExpansion(Expansion &X, Found &F, bool Pure, QualType T) {
  X.IsDone = true;
  SmallVector<kir_id, 4> Args;
  for (unsigned I = 0; I < X.NumArgs; ++I) {
    const Expr *E = F.Args[I];
    if (F.Vars[I])
      Args.push_back(variable(F.Vars[I]));
    else if (!E || (Pure && E->HasSideEffects(Ctx)))
      Args.push_back(opaque());
    else if (E->getType()->isVoidType()) {
      effect(E);
      Args.push_back(opaque());
    } else if (E->getType()->isArrayType())
      Args.push_back(kir_v_addr(B, place(E)));
    else
      Args.push_back(E->isGLValue() ? place(E) : value(E));
  }
  kir_id Result = KIR_NONE;
  if (!T.isNull() && !T->isVoidType() && Function)
    Result = temp();
  SourceLocation Loc = X.Range.getBegin();
  if (live())
    kir_e_macro(B, Cur, Result, X.Name->getNameStart(), Args.data(), Args.size(),
                U.loc(Loc));
  for (unsigned I = 0; I < X.NumArgs; ++I)
    if (F.Assigned[I])
      store(Args[I], opaque(), Loc);
  if (F.NoReturn)
    unreachable(Loc);
  else if (!F.Gotos.empty())
    choice(F.Gotos, true, Loc);
  return Result == KIR_NONE ? opaque() : Result;
}

kir_id Body::expand(Expansion &X, const Stmt *Node) {
  if (X.IsDone || !live())
    return opaque();
  Found F(X.NumArgs);
  findArguments(Node, X, F);
  F.NoReturn = endsControl(Node);
  const auto *E = dyn_cast<Expr>(Node);
  return emitExpansion(X, F, false, E ? E->getType() : QualType());
}

// S begins in an expansion and ends outside of it.
void Body::expandHead(const Stmt *S) {
  if (!S->getBeginLoc().isMacroID() || !live())
    return;
  Expansion *X = U.Macros.outermost(S->getBeginLoc());
  if (!X)
    return;
  X->IsHead = true;
  if (X->IsDone)
    return;
  Found F(X->NumArgs);
  findArguments(S, *X, F);
  F.Gotos.clear();
  F.Assigned.assign(X->NumArgs, false);
  emitExpansion(*X, F, true, QualType());
}

// A declaration made by the expansion stands; the event follows it.
void Body::expandDecl(const DeclStmt *S, Expansion &X) {
  if (X.IsDone || !live())
    return;
  Found F(X.NumArgs);
  findArguments(S, X, F);
  F.Assigned.assign(X.NumArgs, false);
  emitExpansion(X, F, true, QualType());
}

} // namespace klint
