// SPDX-License-Identifier: MIT
// Annotations of functions and fields: macros that stand in the declaration and
// may expand to nothing, capability attributes by their spelling, and annotate()
// strings that begin with "klint::".

#include "lower.h"

#include "clang/AST/Attr.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace klint {

static bool isCapabilityAttribute(StringRef Spelling) {
  static const llvm::StringSet<> Spellings = {
      "guarded_by",
      "pt_guarded_by",
      "acquired_after",
      "acquired_before",
      "acquire_capability",
      "acquire_shared_capability",
      "release_capability",
      "release_shared_capability",
      "release_generic_capability",
      "try_acquire_capability",
      "try_acquire_shared_capability",
      "requires_capability",
      "requires_shared_capability",
      "exclusive_locks_required",
      "shared_locks_required",
      "exclusive_lock_function",
      "shared_lock_function",
      "exclusive_trylock_function",
      "shared_trylock_function",
      "unlock_function",
      "locks_excluded",
      "lock_returned",
      "assert_capability",
      "assert_shared_capability",
      "assert_exclusive_lock",
      "assert_shared_lock",
      "no_thread_safety_analysis",
  };
  return Spellings.contains(Spelling);
}

// Splits "name(text)"; without parentheses the text is empty.
static std::pair<std::string, std::string> splitCall(StringRef Call) {
  auto [Name, Rest] = Call.split('(');
  Rest = Rest.substr(0, Rest.rfind(')'));
  return {Name.trim().str(), Rest.trim().str()};
}

template <typename Range>
static std::string exprs(const Range &Args, const ASTContext &Ctx) {
  std::string Text;
  llvm::raw_string_ostream Stream(Text);
  for (const Expr *E : Args) {
    Stream << (Text.empty() ? "" : ", ");
    E->printPretty(Stream, nullptr, Ctx.getPrintingPolicy());
  }
  return Stream.str();
}

// The arguments of a capability attribute as text.  Clang's own way to print an
// attribute writes some of them as addresses.
static std::string argumentsOf(const Attr *A, const ASTContext &Ctx) {
  if (const auto *X = dyn_cast<AcquireCapabilityAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<ReleaseCapabilityAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<RequiresCapabilityAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<AssertCapabilityAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<LocksExcludedAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<AcquiredAfterAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<AcquiredBeforeAttr>(A))
    return exprs(X->args(), Ctx);
  if (const auto *X = dyn_cast<TryAcquireCapabilityAttr>(A)) {
    std::string Rest = exprs(X->args(), Ctx);
    return exprs(ArrayRef<const Expr *>(X->getSuccessValue()), Ctx) +
           (Rest.empty() ? "" : ", ") + Rest;
  }
  if (const auto *X = dyn_cast<GuardedByAttr>(A))
    return exprs(ArrayRef<const Expr *>(X->getArg()), Ctx);
  if (const auto *X = dyn_cast<PtGuardedByAttr>(A))
    return exprs(ArrayRef<const Expr *>(X->getArg()), Ctx);
  if (const auto *X = dyn_cast<LockReturnedAttr>(A))
    return exprs(ArrayRef<const Expr *>(X->getArg()), Ctx);
  if (const auto *X = dyn_cast<CapabilityAttr>(A))
    return '"' + X->getName().str() + '"';
  return "";
}

// A location at or behind the ';', ',' or '{' that ends the declarator.
SourceLocation Unit::declarationEnd(const Decl *D, SourceLocation End) {
  End = SM.getExpansionRange(End).getEnd();
  auto [File, Offset] = SM.getDecomposedLoc(End);
  StringRef Buffer = SM.getBufferData(File);
  size_t Stop = Buffer.find_first_of(isa<FunctionDecl>(D) ? ";{" : ";,{", Offset);
  if (Stop == StringRef::npos)
    return End;
  return End.getLocWithOffset(Stop - Offset);
}

template <typename Emit>
void Unit::annotations(const Decl *D, SourceLocation From, SourceLocation To,
                       Emit Add) {
  for (const AnnotationUse &Use : Macros.annotations(From, To))
    Add(Use.Name->getName().str(), Macros.annotationText(Use), Use.Loc);
  for (const Attr *A : D->attrs()) {
    if (const auto *Annotate = dyn_cast<AnnotateAttr>(A)) {
      StringRef Text = Annotate->getAnnotation();
      if (Text.consume_front("klint::")) {
        auto [Name, Arguments] = splitCall(Text);
        Add(Name, Arguments, A->getLocation());
      }
    } else if (const auto *Alias = dyn_cast<AliasAttr>(A)) {
      Add("alias", Alias->getAliasee().str(), A->getLocation());
    } else if (isCapabilityAttribute(A->getSpelling())) {
      Add(A->getSpelling(), argumentsOf(A, Ctx), A->getLocation());
    }
  }
}

void Unit::annotateFunction(const FunctionDecl *FD) {
  llvm::StringSet<> Seen;
  auto Add = [&](std::string Name, std::string Text, SourceLocation Loc) {
    if (Seen.insert(Name + "(" + Text).second)
      kir_func_annot(B, Name.c_str(), Text.c_str(), loc(Loc));
  };
  StringRef Section;
  SmallVector<const FunctionDecl *, 4> Decls;
  for (const FunctionDecl *Decl : FD->redecls())
    if (isIncluded(Decl))
      Decls.push_back(Decl);
  llvm::stable_sort(Decls, [&](const FunctionDecl *A, const FunctionDecl *B) {
    bool First = A->isThisDeclarationADefinition();
    if (First != B->isThisDeclarationADefinition())
      return First;
    return standsBefore(A, B);
  });
  for (const FunctionDecl *Decl : Decls) {
    SourceLocation From = SM.getExpansionLoc(Decl->getBeginLoc()), To;
    if (Decl->isThisDeclarationADefinition() && Decl->getBody())
      To = SM.getExpansionLoc(Decl->getBody()->getBeginLoc());
    else
      To = declarationEnd(Decl, Decl->getEndLoc());
    annotations(Decl, From, To, Add);
    if (const auto *Attr = Decl->getAttr<SectionAttr>())
      Section = Attr->getName();
  }
  if (!Section.empty())
    kir_func_section(B, Section.str().c_str());
}

// A member whose type is defined in place: what is written inside of the braces
// belongs to the members there.
static SourceLocation fieldBegin(const FieldDecl *FD, const SourceManager &SM) {
  QualType T = FD->getType();
  while (T->isPointerType() || T->isArrayType())
    T = T->isPointerType() ? T->getPointeeType()
                           : QualType(T->getArrayElementTypeNoTypeQual(), 0);
  SourceLocation Begin = FD->getBeginLoc();
  if (const RecordDecl *RD = T->getAsRecordDecl())
    if (const RecordDecl *Def = RD->getDefinition()) {
      SourceLocation Brace = Def->getBraceRange().getEnd();
      if (Brace.isValid() && SM.isBeforeInTranslationUnit(Begin, Brace) &&
          SM.isBeforeInTranslationUnit(Brace, FD->getLocation()))
        return Brace;
    }
  return Begin;
}

void Unit::annotateField(const FieldDecl *FD) {
  auto Add = [&](std::string Name, std::string Text, SourceLocation Loc) {
    kir_field_annot(B, Name.c_str(), Text.c_str(), loc(Loc));
  };
  if (!FD->hasAttrs() && Wanted.Annotations.empty())
    return;
  SourceLocation From = SM.getExpansionLoc(fieldBegin(FD, SM));
  annotations(FD, From, declarationEnd(FD, FD->getEndLoc()), Add);
}

} // namespace klint
