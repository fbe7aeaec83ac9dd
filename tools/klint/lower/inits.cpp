// SPDX-License-Identifier: MIT
// Initialisers of local variables: one store for each scalar that is mentioned,
// and zeros for the rest of an aggregate that is not large.  Long arrays (addresses,
// names) are left out: nobody branches on what they hold.

#include "lower.h"

using namespace clang;

namespace klint {

static constexpr unsigned MaxZeroedLeaves = 40;
static constexpr unsigned MaxZeroedElements = 8;

static bool isLong(const ConstantArrayType *Array) {
  return Array->getSize().ugt(MaxZeroedElements) &&
         Array->getElementType()->isScalarType();
}

// Scalars in T that zero() stores to, counted no further than Limit.
unsigned Body::leaves(QualType T, unsigned Limit) {
  if (const ConstantArrayType *Array = Ctx.getAsConstantArrayType(T)) {
    if (isLong(Array))
      return 0;
    uint64_t N = Array->getSize().getLimitedValue(Limit + 1);
    unsigned Each = leaves(Array->getElementType(), Limit);
    return N * Each > Limit ? Limit + 1 : N * Each;
  }
  const RecordDecl *RD = T->getAsRecordDecl();
  if (!RD || !(RD = RD->getDefinition()))
    return 1;
  unsigned Sum = 0;
  for (const FieldDecl *FD : RD->fields()) {
    Sum += leaves(FD->getType(), Limit);
    if (Sum > Limit || RD->isUnion())
      break;
  }
  return Sum;
}

void Body::initialise(kir_id Place, QualType T, const Expr *Init,
                      SourceLocation Loc) {
  if (!Init || (Function && !live()))
    return;
  const Expr *Stripped = Init->IgnoreParens();
  if (const auto *Literal = dyn_cast<CompoundLiteralExpr>(
          Stripped->IgnoreParenImpCasts()))
    if (!T->isPointerType() && !replacedBy(Literal))
      Stripped = Literal->getInitializer()->IgnoreParens();
  kir_id Record = U.recordOf(T);
  if (const auto *List = dyn_cast<InitListExpr>(Stripped)) {
    if (Record != KIR_NONE || T->isArrayType())
      return initialiseList(Place, T, List,
                            leaves(T, MaxZeroedLeaves) <= MaxZeroedLeaves, Loc);
    if (List->getNumInits() == 1)
      return initialise(Place, T, List->getInit(0), Loc);
  }
  kir_id V = value(Init);
  if (Record != KIR_NONE)
    copy(Place, V, Record, Loc, KIR_EF_INIT);
  else
    store(Place, V, Loc, KIR_EF_INIT);
}

void Body::zero(kir_id Place, QualType T, SourceLocation Loc) {
  if (const ConstantArrayType *Array = Ctx.getAsConstantArrayType(T)) {
    if (isLong(Array))
      return;
    for (uint64_t I = 0, N = Array->getSize().getZExtValue(); I < N; ++I)
      zero(kir_v_index(B, Place, integer(I)), Array->getElementType(), Loc);
    return;
  }
  const RecordDecl *RD = T->getAsRecordDecl();
  if (!RD || !(RD = RD->getDefinition())) {
    kir_id Zero = T->isPointerType() ? kir_v_null(B) : integer(0);
    return store(Place, Zero, Loc, KIR_EF_INIT);
  }
  for (const FieldDecl *FD : RD->fields()) {
    if (FD->isUnnamedBitField())
      continue;
    kir_id Member = FD->isAnonymousStructOrUnion()
                        ? Place
                        : kir_v_field(B, Place, FD->getName().str().c_str(),
                                      U.defineRecord(RD));
    zero(Member, FD->getType(), Loc);
    if (RD->isUnion())
      break;
  }
}

// List is in semantic form: one initialiser for each member, in order.
void Body::initialiseList(kir_id Place, QualType T, const InitListExpr *List,
                          bool Zero, SourceLocation Loc) {
  auto Member = [&](kir_id P, QualType MT, const Expr *Init) {
    if (!Init || isa<ImplicitValueInitExpr>(Init)) {
      if (Zero)
        zero(P, MT, Loc);
      return;
    }
    const auto *Nested = dyn_cast<InitListExpr>(Init);
    if (Nested && (MT->isRecordType() || MT->isArrayType()))
      initialiseList(P, MT, Nested, Zero, Loc);
    else if (!isa<NoInitExpr>(Init))
      initialise(P, MT, Init, Init->getExprLoc());
  };
  if (List->isSemanticForm() == false && List->getSemanticForm())
    List = List->getSemanticForm();
  if (const ConstantArrayType *Array = Ctx.getAsConstantArrayType(T)) {
    QualType ET = Array->getElementType();
    for (unsigned I = 0; I < List->getNumInits(); ++I)
      Member(kir_v_index(B, Place, integer(I)), ET, List->getInit(I));
    uint64_t N = Array->getSize().getZExtValue();
    for (uint64_t I = List->getNumInits(); Zero && !isLong(Array) && I < N; ++I)
      zero(kir_v_index(B, Place, integer(I)), ET, Loc);
    return;
  }
  const RecordDecl *RD = T->getAsRecordDecl();
  if (!RD || !(RD = RD->getDefinition()))
    return;
  unsigned Index = 0;
  for (const FieldDecl *FD : RD->fields()) {
    if (FD->isUnnamedBitField())
      continue;
    const FieldDecl *Chosen = List->getInitializedFieldInUnion();
    if (RD->isUnion() && Chosen && Chosen != FD)
      continue;
    const Expr *Init =
        Index < List->getNumInits() ? List->getInit(Index) : nullptr;
    ++Index;
    kir_id P = FD->isAnonymousStructOrUnion()
                   ? Place
                   : kir_v_field(B, Place, FD->getName().str().c_str(),
                                 U.defineRecord(RD));
    Member(P, FD->getType(), Init);
    if (RD->isUnion())
      break;
  }
}

} // namespace klint
