// SPDX-License-Identifier: MIT
// Types and records.  A record is named when a type mentions it, and defined, with
// what it embeds, when a field of it or a variable of its type is used.

#include "lower.h"

#include <cstring>

using namespace clang;

namespace klint {

static struct kir_type makeType(uint8_t Kind, unsigned Bits = 0,
                                unsigned Depth = 0, kir_id Record = KIR_NONE) {
  struct kir_type T;
  memset(&T, 0, sizeof(T));
  T.kind = Kind;
  T.bits = Bits;
  T.depth = Depth;
  T.record = Record;
  return T;
}

struct kir_type Unit::type(QualType Q) {
  QualType T = Q.getCanonicalType().getUnqualifiedType();
  const Type *Key = T.getTypePtr();
  auto Known = Types.find(Key);
  if (Known != Types.end())
    return Known->second;
  struct kir_type Result = makeType(KIR_T_OTHER);
  if (T->isVoidType()) {
    Result = makeType(KIR_T_VOID);
  } else if (T->isBooleanType()) {
    Result = makeType(KIR_T_BOOL, 1);
  } else if (T->isIntegralOrEnumerationType() && !T->isIncompleteType()) {
    bool Signed = T->isSignedIntegerOrEnumerationType();
    unsigned Bits = Ctx.getIntWidth(T);
    Result = makeType(Signed ? KIR_T_INT : KIR_T_UINT, Bits > 255 ? 255 : Bits);
  } else if (T->isFunctionPointerType()) {
    Result = makeType(KIR_T_FUNCPTR);
  } else if (T->isPointerType()) {
    unsigned Depth = 0;
    for (; T->isPointerType() || T->isArrayType(); ++Depth)
      T = T->isPointerType() ? T->getPointeeType()
                             : QualType(T->getArrayElementTypeNoTypeQual(), 0);
    const RecordDecl *RD = T->getAsRecordDecl();
    Result = makeType(KIR_T_PTR, 0, Depth, RD ? record(RD) : KIR_NONE);
  } else if (T->isArrayType()) {
    unsigned Depth = 0;
    for (; T->isArrayType(); ++Depth)
      T = QualType(T->getArrayElementTypeNoTypeQual(), 0).getCanonicalType();
    const RecordDecl *RD = T->getAsRecordDecl();
    Result = makeType(KIR_T_ARRAY, 0, Depth, RD ? defineRecord(RD) : KIR_NONE);
  } else if (const RecordDecl *RD = T->getAsRecordDecl()) {
    Result = makeType(KIR_T_RECORD, 0, 0, defineRecord(RD));
  }
  return Types[Key] = Result;
}

std::string Unit::recordName(const RecordDecl *RD) {
  if (const IdentifierInfo *II = RD->getIdentifier())
    return II->getName().str();
  if (const TypedefNameDecl *Typedef = RD->getTypedefNameForAnonDecl())
    return Typedef->getName().str();
  PresumedLoc P = SM.getPresumedLoc(SM.getExpansionLoc(RD->getLocation()), false);
  if (P.isInvalid())
    return "anon@";
  std::string Name =
      "anon@" + fileName(SM.getFileID(SM.getExpansionLoc(RD->getLocation())));
  return Name + ":" + std::to_string(P.getLine()) + ":" +
         std::to_string(P.getColumn());
}

const RecordDecl *Unit::definition(const RecordDecl *RD) {
  const RecordDecl *Def = RD->getDefinition();
  return Def && isIncluded(Def) ? Def : nullptr;
}

kir_id Unit::record(const RecordDecl *RD) {
  if (const RecordDecl *Def = definition(RD))
    RD = Def;
  auto [Known, New] = Records.try_emplace(RD, KIR_NONE);
  if (!New)
    return Known->second;
  kir_id Id = kir_record(B, recordName(RD).c_str());
  return Records[RD] = Id;
}

// An anonymous member's record is told by the one that it is a part of.
kir_id Unit::defineRecord(const RecordDecl *RD) {
  if (const RecordDecl *Def = definition(RD)) {
    RecordsToDefine.insert(Def);
    if (Def->isAnonymousStructOrUnion())
      if (const auto *Outer = dyn_cast<RecordDecl>(Def->getParent()))
        defineRecord(Outer);
  }
  return record(RD);
}

kir_id Unit::recordOf(QualType T) {
  if (!T->isRecordType())
    return KIR_NONE;
  return defineRecord(T->getAsRecordDecl());
}

void Unit::emitRecord(const RecordDecl *RD) {
  kir_id Id = record(RD);
  if (kir_record_is_defined(B, Id))
    return;
  // Types first: they may name records, which must not come in between.
  SmallVector<std::pair<const FieldDecl *, struct kir_type>, 16> Fields;
  for (const FieldDecl *FD : RD->fields())
    if (!FD->isUnnamedBitField())
      Fields.push_back({FD, type(FD->getType())});
  kir_record_define(B, Id, RD->isUnion() ? KIR_R_UNION : 0,
                    loc(RD->getLocation()));
  for (auto &[FD, Type] : Fields) {
    kir_record_field(B, FD->getName().str().c_str(), Type);
    annotateField(FD);
  }
}

// Grows while it is walked: fields bring the records that they embed.
void Unit::emitRecords() {
  for (size_t I = 0; I < RecordsToDefine.size(); ++I)
    emitRecord(RecordsToDefine[I]);
}

} // namespace klint
