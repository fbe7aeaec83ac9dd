// SPDX-License-Identifier: MIT
// Which functions are lowered: those defined in the source file, and, by worklist,
// the header functions that they use.  A function with a contract in the rules is
// not followed into a header: its contract replaces its body.

#include "lower.h"

#include "clang/AST/Attr.h"

using namespace clang;

namespace klint {

Unit::Unit(Sema &S, MacroTable &Macros, const Names &Wanted, Guard *Common,
           kir_builder *B, bool All)
    : Ctx(S.getASTContext()), SM(S.getSourceManager()), S(S), Macros(Macros),
      B(B), Wanted(Wanted), Common(Common), All(All) {}

void Unit::run(ArrayRef<const Decl *> TopLevel) {
  collectRoots(TopLevel);
  findAddressTaken();
  // Initialisers use functions and functions use variables, until neither does.
  size_t Next = 0;
  do {
    while (Next < FunctionsToLower.size())
      lowerFunction(FunctionsToLower[Next++]);
    emitGlobals();
  } while (Next < FunctionsToLower.size());
  for (size_t I = 0; I < Referenced.size(); ++I) {
    auto [Name, FD] = *(Referenced.begin() + I);
    declareFunction(Name, FD);
  }
  emitConstants();
  emitRecords();
}

// A function whose body is lowered wherever it is used.
bool Unit::followed(const FunctionDecl *FD) {
  if (inSource(FD->getLocation()) || All)
    return true;
  return FD->getIdentifier() && !Macros.isContract(FD->getIdentifier());
}

bool Unit::isRoot(const FunctionDecl *FD) {
  if (!FD->isThisDeclarationADefinition() || !FD->hasBody())
    return false;
  return All || inSource(FD->getLocation()) ||
         (!FD->isInlined() && FD->isExternallyVisible());
}

// What a precompiled header declares and the unit does not include is not there.
bool Unit::isIncluded(const Decl *D) {
  return !Common || Common->isIncluded(D->getLocation());
}

void Unit::collectRoot(const Decl *D) {
  if (const auto *FD = dyn_cast<FunctionDecl>(D)) {
    if (isRoot(FD)) {
      if (Followed.insert(FD->getCanonicalDecl()).second)
        FunctionsToLower.push_back(FD);
    } else if (const auto *Alias = FD->getAttr<AliasAttr>()) {
      useFunction(FD);
      IdentifierInfo &II = Ctx.Idents.get(Alias->getAliasee());
      for (const NamedDecl *Aliasee : S.IdResolver.decls(&II))
        if (const auto *Target = dyn_cast<FunctionDecl>(Aliasee))
          AddressTaken.insert(Target->getCanonicalDecl());
    }
  } else if (const auto *VD = dyn_cast<VarDecl>(D)) {
    if (VD->hasInit() && inSource(VD->getLocation()))
      Globals.insert(VD);
  }
}

// Those of the precompiled header stand before all others.
void Unit::collectRoots(ArrayRef<const Decl *> TopLevel) {
  if (Common)
    for (const std::string &Name : Common->roots())
      for (const NamedDecl *ND : S.IdResolver.decls(&Ctx.Idents.get(Name)))
        if (const auto *FD = dyn_cast<FunctionDecl>(ND); FD && isIncluded(FD))
          for (const FunctionDecl *Decl : FD->redecls())
            collectRoot(Decl);
  for (const Decl *D : TopLevel)
    if (isIncluded(D))
      collectRoot(D);
}

// One that is only declared may have a name that is made for the place of its use.
StringRef Unit::functionName(const FunctionDecl *FD) {
  return FD->isDefined() ? FD->getName() : Macros.stableName(FD);
}

void Unit::useFunction(const FunctionDecl *FD) {
  if (!FD->getIdentifier())
    return;
  useFunctionName(functionName(FD), FD);
  const FunctionDecl *Def = FD->getDefinition();
  if (Def && Def->hasBody() && isIncluded(Def) && followed(Def) &&
      Followed.insert(Def->getCanonicalDecl()).second)
    FunctionsToLower.push_back(Def);
}

void Unit::useFunctionName(StringRef Name, const FunctionDecl *FD) {
  Referenced.insert({Name, FD});
}

// By file and place in it.
bool Unit::standsBefore(const Decl *A, const Decl *B) {
  auto [FileA, OffsetA] = SM.getDecomposedLoc(SM.getExpansionLoc(A->getLocation()));
  auto [FileB, OffsetB] = SM.getDecomposedLoc(SM.getExpansionLoc(B->getLocation()));
  if (FileA == FileB)
    return OffsetA < OffsetB;
  return fileName(FileA) < fileName(FileB);
}

// Of all declarations of one name the one to speak of: which comes first or last
// depends on the order of the headers.
template <typename Decl> const Decl *Unit::namesake(const Decl *D) {
  const Decl *Best = isIncluded(D) ? D : nullptr;
  for (const Decl *Other : D->redecls())
    if (isIncluded(Other) && (!Best || standsBefore(Other, Best)))
      Best = Other;
  return Best ? Best : D;
}

uint32_t Unit::functionFlags(const FunctionDecl *FD, const FunctionDecl *Def) {
  uint32_t Flags = 0;
  if (!FD->isExternallyVisible())
    Flags |= KIR_F_STATIC;
  if (FD->isInlined())
    Flags |= KIR_F_INLINE;
  if (FD->isNoReturn())
    Flags |= KIR_F_NORETURN;
  if (Def && !inSource(Def->getLocation()))
    Flags |= KIR_F_HEADER;
  if (AddressTaken.contains(FD->getCanonicalDecl()))
    Flags |= KIR_F_ADDRESS_TAKEN;
  if (FD->hasAttr<WeakAttr>())
    Flags |= KIR_F_WEAK;
  if (FD->isVariadic())
    Flags |= KIR_F_VARIADIC;
  return Flags;
}

void Unit::lowerFunction(const FunctionDecl *FD) {
  if (!Emitted.insert(FD->getName()).second)
    return;
  if (Common)
    Common->useFunction(FD);
  kir_func_begin(B, FD->getName().str().c_str(), functionFlags(FD, FD),
                 type(FD->getReturnType()), loc(FD->getLocation()),
                 loc(FD->getBody()->getEndLoc()));
  annotateFunction(FD);
  std::string Why = Body(*this).lower(FD);
  if (Why.empty())
    kir_func_end(B);
  else
    kir_func_fail(B, Why.c_str());
}

void Unit::declareFunction(StringRef Name, const FunctionDecl *FD) {
  if (!Emitted.insert(Name).second)
    return;
  FD = namesake(FD);
  const FunctionDecl *Def = FD->getDefinition();
  if (Def && !isIncluded(Def))
    Def = nullptr;
  kir_func_begin(B, Name.str().c_str(), functionFlags(FD, Def),
                 type(FD->getReturnType()), loc(FD->getLocation()),
                 loc(FD->getEndLoc()));
  annotateFunction(FD);
  for (const ParmVarDecl *P : FD->parameters())
    kir_func_param(B, P->getName().str().c_str(), type(P->getType()),
                   loc(P->getLocation()));
  kir_func_end(B);
}

kir_id Unit::useGlobal(const VarDecl *VD) {
  auto Known = GlobalPlaces.find(VD->getCanonicalDecl());
  if (Known != GlobalPlaces.end())
    return Known->second;
  const VarDecl *Def = VD->getDefinition();
  Globals.insert(Def ? Def : namesake(VD));
  return GlobalPlaces[VD->getCanonicalDecl()] =
             kir_v_global(B, globalName(VD).c_str());
}

std::optional<int64_t> Unit::constantVariable(const VarDecl *VD) {
  QualType T = VD->getType();
  if (!T.isConstQualified() || T.isVolatileQualified() ||
      !T->isIntegralOrEnumerationType() || isa<ParmVarDecl>(VD))
    return std::nullopt;
  auto [Known, New] = ConstantVars.try_emplace(VD, std::nullopt);
  if (!New)
    return Known->second;
  const Expr *Init = VD->getAnyInitializer();
  Expr::EvalResult Result;
  if (Init && Init->EvaluateAsInt(Result, Ctx))
    ConstantVars[VD] = Result.Val.getInt().extOrTrunc(64).getSExtValue();
  return ConstantVars[VD];
}

} // namespace klint
