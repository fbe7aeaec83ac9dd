// SPDX-License-Identifier: MIT
// Lvalues to places.  An anonymous member is no step of a path: a field is named
// with the record that declares it, on the object that C names.

#include "lower.h"

using namespace clang;

namespace klint {

// A macro that yields an lvalue: its result is taken for the address.
kir_id Body::place(const Expr *E) {
  Nesting Level(*this);
  if (Level.tooDeep() || (Function && !live()))
    return opaque();
  if (Expansion *X = replacedBy(E)) {
    kir_id V = expand(*X, E);
    return E->isGLValue() ? kir_v_deref(B, V) : V;
  }
  return plainPlace(E);
}

kir_id Body::plainPlace(const Expr *E) {
  switch (E->getStmtClass()) {
  case Stmt::ParenExprClass:
    return place(cast<ParenExpr>(E)->getSubExpr());
  case Stmt::DeclRefExprClass:
    return declPlace(cast<DeclRefExpr>(E));
  case Stmt::MemberExprClass:
    return memberPlace(cast<MemberExpr>(E));
  case Stmt::ArraySubscriptExprClass: {
    const auto *Sub = cast<ArraySubscriptExpr>(E);
    return elementPlace(Sub->getBase(), Sub->getIdx());
  }
  case Stmt::UnaryOperatorClass: {
    const auto *Op = cast<UnaryOperator>(E);
    if (Op->getOpcode() == UO_Deref)
      return dereference(Op->getSubExpr());
    if (Op->getOpcode() == UO_Extension)
      return place(Op->getSubExpr());
    return unaryValue(Op);
  }
  case Stmt::CompoundLiteralExprClass:
    return compoundLiteral(cast<CompoundLiteralExpr>(E));
  case Stmt::StringLiteralClass: {
    const auto *S = cast<StringLiteral>(E);
    std::string Text = S->getCharByteWidth() == 1 ? S->getString().str() : "";
    return kir_v_deref(B, kir_v_str(B, Text.c_str()));
  }
  case Stmt::PredefinedExprClass:
    if (const StringLiteral *S = cast<PredefinedExpr>(E)->getFunctionName())
      return plainPlace(S);
    return opaque();
  case Stmt::ImplicitCastExprClass:
  case Stmt::CStyleCastExprClass: {
    const auto *Cast = cast<CastExpr>(E);
    if (Cast->getCastKind() == CK_LValueToRValue || E->isGLValue())
      return isa<ImplicitCastExpr>(E) ? plainPlace(Cast->getSubExpr())
                                      : place(Cast->getSubExpr());
    return castValue(Cast);
  }
  case Stmt::ChooseExprClass:
    return place(cast<ChooseExpr>(E)->getChosenSubExpr());
  case Stmt::GenericSelectionExprClass:
    return place(cast<GenericSelectionExpr>(E)->getResultExpr());
  default:
    return plainValue(E);
  }
}

kir_id Body::declPlace(const DeclRefExpr *E) {
  const ValueDecl *D = E->getDecl();
  if (const auto *FD = dyn_cast<FunctionDecl>(D)) {
    if (live() || !Function)
      U.useFunction(FD);
    return kir_v_func(B, U.functionName(FD).str().c_str());
  }
  if (const auto *EC = dyn_cast<EnumConstantDecl>(D))
    return integer(EC->getInitVal().extOrTrunc(64).getSExtValue());
  if (const auto *VD = dyn_cast<VarDecl>(D))
    return variable(VD);
  return opaque();
}

kir_id Body::variable(const VarDecl *VD) {
  auto Known = Variables.find(VD);
  if (Known != Variables.end())
    return Known->second;
  if (VD->hasGlobalStorage())
    return U.useGlobal(VD);
  if (!Function || isa<ParmVarDecl>(VD))
    return opaque();
  // Not declared on any path that was walked: it still gets its place.
  uint32_t Index = kir_func_local(B, U.Macros.stableName(VD).str().c_str(),
                                  U.type(VD->getType()), U.loc(VD->getLocation()));
  return Variables[VD] = kir_v_local(B, Index);
}

kir_id Body::memberPlace(const MemberExpr *E) {
  const auto *FD = dyn_cast<FieldDecl>(E->getMemberDecl());
  if (!FD)
    return opaque();
  const MemberExpr *Root = E;
  while (const auto *Hop =
             dyn_cast<MemberExpr>(Root->getBase()->IgnoreParenImpCasts())) {
    const auto *Member = dyn_cast<FieldDecl>(Hop->getMemberDecl());
    if (Root->isArrow() || !Member || !Member->isAnonymousStructOrUnion())
      break;
    Root = Hop;
  }
  kir_id Base = Root->isArrow() ? dereference(Root->getBase())
                                : place(Root->getBase());
  return kir_v_field(B, Base, FD->getName().str().c_str(),
                     U.defineRecord(FD->getParent()));
}

// The array that a pointer value decayed from, or null.
static const Expr *decayedArray(const Expr *E) {
  const auto *Cast = dyn_cast<CastExpr>(E->IgnoreParens());
  if (Cast && Cast->getCastKind() == CK_ArrayToPointerDecay)
    return Cast->getSubExpr();
  return nullptr;
}

kir_id Body::elementPlace(const Expr *Base, const Expr *Index) {
  if (const Expr *Array = decayedArray(Base)) {
    kir_id P = place(Array);
    kir_id I = value(Index);
    return kir_v_index(B, P, I);
  }
  kir_id P = value(Base);
  kir_id I = value(Index);
  kir_id Pointee = kir_v_deref(B, P);
  return asInteger(I) == 0 ? Pointee : kir_v_index(B, Pointee, I);
}

// *(p + i) is p[i].
kir_id Body::dereference(const Expr *Pointer) {
  const Expr *Stripped = Pointer->IgnoreParens();
  if (const Expr *Array = decayedArray(Stripped)) {
    kir_id P = place(Array);
    return kir_v_index(B, P, integer(0));
  }
  if (const auto *Sum = dyn_cast<BinaryOperator>(Stripped))
    if (Sum->getOpcode() == BO_Add && !replacedBy(Sum)) {
      bool LeftIsPointer = Sum->getLHS()->getType()->isPointerType();
      return elementPlace(LeftIsPointer ? Sum->getLHS() : Sum->getRHS(),
                          LeftIsPointer ? Sum->getRHS() : Sum->getLHS());
    }
  kir_id P = value(Pointer);
  if (Pointer->getType()->isFunctionPointerType())
    return P;
  return kir_v_deref(B, P);
}

// A hidden local in a function, a global of its own at file scope.
kir_id Body::compoundLiteral(const CompoundLiteralExpr *E) {
  if (!Function || E->isFileScope())
    return U.useLiteral(E);
  auto [Known, New] = HiddenLocals.try_emplace(E, KIR_NONE);
  kir_id Local = Known->second;
  if (New) {
    uint32_t Index = kir_func_local(B, "", U.type(E->getType()),
                                    U.loc(E->getBeginLoc()));
    Local = HiddenLocals[E] = kir_v_local(B, Index);
  }
  initialise(Local, E->getType(), E->getInitializer(), E->getBeginLoc());
  return Local;
}

} // namespace klint
