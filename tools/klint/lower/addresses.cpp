// SPDX-License-Identifier: MIT
// Functions whose address is taken, in anything that may be lowered.  This must be
// known before the first function is begun, so it is a pass of its own over all
// that can be reached; what the lowering prunes is still counted here.

#include "lower.h"

#include "clang/AST/Attr.h"

using namespace clang;

namespace klint {

// A variable that the linker drops: it only keeps a symbol alive (an exported
// function, say), so nobody calls through it.
bool Unit::isDiscarded(const VarDecl *VD) {
  const auto *Section = VD->getAttr<SectionAttr>();
  return Section && Section->getName().starts_with(".discard.");
}

void Unit::findAddressTaken() {
  llvm::SetVector<const FunctionDecl *> Functions;
  llvm::SetVector<const VarDecl *> Vars;
  SmallVector<const Stmt *, 64> Todo;
  for (const FunctionDecl *FD : FunctionsToLower)
    Functions.insert(FD);
  for (const VarDecl *VD : Globals)
    Vars.insert(VD);
  Globals.remove_if(isDiscarded);

  auto Reach = [&](const FunctionDecl *FD) {
    const FunctionDecl *Def = FD->getDefinition();
    if (Def && isIncluded(Def) && followed(Def))
      Functions.insert(Def);
  };
  bool Discarded = false;
  auto Reference = [&](const Decl *D) {
    if (const auto *FD = dyn_cast<FunctionDecl>(D)) {
      if (!Discarded || !FD->isExternallyVisible())
        AddressTaken.insert(FD->getCanonicalDecl());
      Reach(FD);
    } else if (const auto *VD = dyn_cast<VarDecl>(D)) {
      if (VD->hasGlobalStorage() && VD->hasInit())
        Vars.insert(VD);
    }
  };
  auto Walk = [&](const Stmt *Root) {
    Todo.push_back(Root);
    while (!Todo.empty()) {
      const Stmt *S = Todo.pop_back_val();
      const Stmt *Skip = nullptr;
      if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
        Reference(Ref->getDecl());
        continue;
      }
      if (isa<UnaryExprOrTypeTraitExpr>(S))
        continue;
      if (const auto *Call = dyn_cast<CallExpr>(S))
        if (const FunctionDecl *FD = Call->getDirectCallee()) {
          Reach(FD);
          Skip = Call->getCallee();
        }
      if (const auto *Decls = dyn_cast<DeclStmt>(S))
        for (const Decl *D : Decls->decls())
          if (const auto *Attr = D->getAttr<CleanupAttr>())
            if (Attr->getFunctionDecl())
              Reach(Attr->getFunctionDecl());
      for (const Stmt *Child : S->children())
        if (Child && Child != Skip)
          Todo.push_back(Child);
    }
  };
  size_t F = 0, V = 0;
  while (F < Functions.size() || V < Vars.size()) {
    if (V < Vars.size()) {
      Discarded = isDiscarded(Vars[V]);
      if (const Expr *Init = Vars[V++]->getInit())
        Walk(Init);
      Discarded = false;
      continue;
    }
    if (const Stmt *Block = Functions[F++]->getBody())
      Walk(Block);
  }
}

} // namespace klint
