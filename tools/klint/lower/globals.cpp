// SPDX-License-Identifier: MIT
// Variables with static storage and the leaves of their initialisers: tables of
// operations above all.

#include "lower.h"

using namespace clang;

namespace klint {

static constexpr uint64_t MaxPlainElements = 4096;

// Two variables whose names differ by a __COUNTER__ are told apart by their order.
std::string Unit::globalName(const VarDecl *VD) {
  auto [Known, New] = GlobalNames.try_emplace(VD->getCanonicalDecl());
  if (!New)
    return Known->second;
  std::string Name = Macros.stableName(VD).str();
  if (const auto *FD = dyn_cast<FunctionDecl>(VD->getDeclContext()))
    if (VD->isStaticLocal())
      Name = FD->getName().str() + "." + Name;
  if (Macros.stableName(VD).size() < VD->getName().size())
    if (unsigned Before = CounterNames[Name]++)
      Name += "." + std::to_string(Before + 1);
  return GlobalNames[VD->getCanonicalDecl()] = Name;
}

kir_id Unit::useLiteral(const CompoundLiteralExpr *E) {
  auto Known = Literals.find(E);
  if (Known == Literals.end()) {
    std::string Name = "literal." + std::to_string(Literals.size() + 1);
    Known = Literals.insert({E, Name}).first;
  }
  return kir_v_global(B, Known->second.c_str());
}

// Initialisers mention further globals and literals: both lists grow while they
// are walked.
void Unit::emitGlobals() {
  for (; NextGlobal < Globals.size() || NextLiteral < Literals.size();) {
    if (NextGlobal < Globals.size()) {
      emitGlobal(Globals[NextGlobal++]);
      continue;
    }
    auto Literal = *(Literals.begin() + NextLiteral++);
    emitLiteral(Literal.first, Literal.second);
  }
}

static uint32_t globalFlags(const VarDecl *VD) {
  uint32_t Flags = 0;
  if (!VD->isExternallyVisible())
    Flags |= KIR_G_STATIC;
  if (VD->getType().isConstQualified())
    Flags |= KIR_G_CONST;
  if (VD->getDefinition() || VD->getActingDefinition())
    Flags |= KIR_G_DEFINED;
  return Flags;
}

void Unit::emitGlobal(const VarDecl *VD) {
  std::string Name = globalName(VD);
  if (!EmittedGlobals.insert(Name).second)
    return;
  kir_global(B, Name.c_str(), globalFlags(VD), type(VD->getType()),
             loc(VD->getLocation()));
  if (const Expr *Init = VD->getAnyInitializer())
    emitInit(kir_v_global(B, Name.c_str()), Init, KIR_NONE, "", 0);
}

void Unit::emitLiteral(const CompoundLiteralExpr *E, const std::string &Name) {
  kir_global(B, Name.c_str(), KIR_G_STATIC | KIR_G_DEFINED, type(E->getType()),
             loc(E->getBeginLoc()));
  emitInit(kir_v_global(B, Name.c_str()), E->getInitializer(), KIR_NONE, "", 0);
}

// One leaf, or all leaves of a list.  Zeros that nobody wrote are left out.
void Unit::emitInit(kir_id Place, const Expr *Init, kir_id Record,
                    StringRef Field, unsigned Depth) {
  if (Depth > 64 || !Init || isa<ImplicitValueInitExpr>(Init) ||
      isa<NoInitExpr>(Init))
    return;
  QualType T = Init->getType();
  const Expr *Stripped = Init->IgnoreParenImpCasts();
  if (const auto *Literal = dyn_cast<CompoundLiteralExpr>(Stripped))
    if (T->isRecordType() || T->isArrayType())
      return emitInit(Place, Literal->getInitializer(), Record, Field, Depth + 1);
  const auto *List = dyn_cast<InitListExpr>(Stripped);
  if (!List) {
    if (isa<StringLiteral>(Stripped) && T->isArrayType())
      return;
    kir_id Value = Body(*this).staticValue(Init);
    if (kir_builder_value(B, Value)->kind != KIR_V_OPAQUE)
      kir_global_init(B, Place, Value, Record, Field.str().c_str(),
                      loc(Init->getExprLoc()));
    return;
  }
  if (!List->isSemanticForm() && List->getSemanticForm())
    List = List->getSemanticForm();
  if (const ConstantArrayType *Array = Ctx.getAsConstantArrayType(T)) {
    if (Array->getElementType()->isIntegralOrEnumerationType() &&
        Array->getSize().ugt(MaxPlainElements))
      return;
    for (unsigned I = 0; I < List->getNumInits(); ++I)
      emitInit(kir_v_index(B, Place, kir_v_int(B, I)), List->getInit(I), Record,
               Field, Depth + 1);
    return;
  }
  const RecordDecl *RD = T->getAsRecordDecl();
  if (!RD || !(RD = RD->getDefinition())) {
    if (List->getNumInits() == 1)
      emitInit(Place, List->getInit(0), Record, Field, Depth + 1);
    return;
  }
  unsigned Index = 0;
  for (const FieldDecl *FD : RD->fields()) {
    const FieldDecl *Chosen = List->getInitializedFieldInUnion();
    if (FD->isUnnamedBitField() || (RD->isUnion() && Chosen != FD))
      continue;
    if (Index >= List->getNumInits())
      break;
    const Expr *Member = List->getInit(Index++);
    if (isa<ImplicitValueInitExpr>(Member))
      continue;
    bool Anonymous = FD->isAnonymousStructOrUnion();
    kir_id Of = Anonymous ? Record : defineRecord(RD);
    std::string Name = Anonymous ? Field.str() : FD->getName().str();
    kir_id P = Anonymous ? Place : kir_v_field(B, Place, Name.c_str(), Of);
    emitInit(P, Member, Of, Name, Depth + 1);
  }
}

} // namespace klint
