// SPDX-License-Identifier: MIT
// While a unit is read that begins with a precompiled header: would the plain parse
// see the same?

#include "common.h"

#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Serialization/ASTReader.h"
#include "clang/Serialization/ModuleManager.h"
#include <algorithm>

using namespace clang;

namespace klint {

class Guard::Callbacks : public PPCallbacks {
public:
  explicit Callbacks(Guard &G) : G(G) {}

  void InclusionDirective(SourceLocation, const Token &, StringRef, bool,
                          CharSourceRange, OptionalFileEntryRef File, StringRef,
                          StringRef, const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    G.include(File);
  }
  void MacroExpands(const Token &Name, const MacroDefinition &MD, SourceRange,
                    const MacroArgs *) override {
    G.used(Name, MD.getMacroInfo());
  }
  void MacroDefined(const Token &Name, const MacroDirective *) override {
    G.changed(Name);
  }
  void MacroUndefined(const Token &Name, const MacroDefinition &,
                      const MacroDirective *) override {
    G.changed(Name);
  }
  void Defined(const Token &Name, const MacroDefinition &MD,
               SourceRange) override {
    G.used(Name, MD.getMacroInfo());
  }
  void Ifdef(SourceLocation, const Token &Name,
             const MacroDefinition &MD) override {
    G.used(Name, MD.getMacroInfo());
  }
  void Ifndef(SourceLocation, const Token &Name,
              const MacroDefinition &MD) override {
    G.used(Name, MD.getMacroInfo());
  }
  void Elifdef(SourceLocation, const Token &Name,
               const MacroDefinition &MD) override {
    G.used(Name, MD.getMacroInfo());
  }
  void Elifndef(SourceLocation, const Token &Name,
                const MacroDefinition &MD) override {
    G.used(Name, MD.getMacroInfo());
  }

private:
  Guard &G;
};

bool Guard::load(const std::string &Path, std::string &Problem) {
  if (!CommonFile::load(Path, Table, Macros, Problem))
    return false;
  for (uint32_t I = 0; I < Table.Files.size(); ++I)
    FileOf[Table.Files[I].Path] = I;
  Included.resize(Table.Files.size());
  return true;
}

void Guard::attach() {
  CI.getPreprocessor().addPPCallbacks(std::make_unique<Callbacks>(*this));
}

// The header is loaded only after the callbacks were installed.
void Guard::begin() {
  if (Begun)
    return;
  Begun = true;
  IntrusiveRefCntPtr<ASTReader> Reader = CI.getASTReader();
  if (!Reader || !Reader->getModuleManager().size())
    return GiveUp("the precompiled header was not loaded");
  const serialization::ModuleFile &File =
      Reader->getModuleManager().getPrimaryModule();
  Delta = (int32_t)File.SLocEntryBaseOffset - 2;
  Macros.place(Delta);
  llvm::StringSet<> Mine, Theirs;
  for (const std::string &Define : Table.Defines)
    Theirs.insert(Define);
  for (auto &[Name, Value] : CI.getPreprocessorOpts().Macros) {
    std::string Define = (Value ? "-U" : "-D") + Name;
    Mine.insert(Define);
    if (!Theirs.contains(Define))
      change(StringRef(Name).split('=').first);
  }
  for (const std::string &Define : Table.Defines)
    if (!Mine.contains(Define))
      return GiveUp("the header was made with " + Define);
  SmallVector<uint32_t, 16> New;
  for (uint32_t I = 0; I < Table.Files.size(); ++I)
    if (Table.Files[I].Always)
      mark(I, New);
  check(New);
}

uint32_t Guard::local(SourceLocation Loc) {
  return Loc.getLocWithOffset(-Delta).getRawEncoding();
}

const CommonTable::Buffer *Guard::bufferAt(SourceLocation Loc) {
  return bufferOf(local(Loc));
}

const CommonTable::Buffer *Guard::bufferOf(uint32_t Raw) {
  auto After = std::upper_bound(
      Table.Buffers.begin(), Table.Buffers.end(), Raw,
      [](uint32_t R, const CommonTable::Buffer &B) { return R < B.Start; });
  return After == Table.Buffers.begin() ? nullptr : &*std::prev(After);
}

bool Guard::isIncluded(SourceLocation Loc) {
  SourceManager &SM = CI.getSourceManager();
  Loc = SM.getExpansionLoc(Loc);
  if (!SM.isLoadedSourceLocation(Loc))
    return true;
  const CommonTable::Buffer *B = bufferAt(Loc);
  return !B || B->File == CommonTable::NoFile || Included.test(B->File);
}

StringRef Guard::requestedName(SourceLocation Start) {
  if (!CI.getSourceManager().isLoadedSourceLocation(Start))
    return "";
  const CommonTable::Buffer *B = bufferAt(Start);
  return B ? StringRef(B->Requested) : "";
}

void Guard::mark(uint32_t File, SmallVectorImpl<uint32_t> &New) {
  SmallVector<uint32_t, 64> Todo = {File};
  while (!Todo.empty()) {
    uint32_t F = Todo.pop_back_val();
    if (Included.test(F))
      continue;
    Included.set(F);
    New.push_back(F);
    Todo.append(Table.Files[F].Includes.begin(), Table.Files[F].Includes.end());
  }
}

void Guard::include(OptionalFileEntryRef File) {
  begin();
  if (!File)
    return;
  auto Known = FileOf.find(CI.getFileManager().getCanonicalName(*File));
  if (Known == FileOf.end())
    return;
  SmallVector<uint32_t, 16> New;
  mark(Known->second, New);
  if (!New.empty())
    check(New);
}

// Headers were read before the unit changed a macro; plainly they would be read
// now.
void Guard::check(ArrayRef<uint32_t> New) {
  llvm::BitVector IsNew(Table.Files.size());
  for (uint32_t F : New)
    IsNew.set(F);
  auto IsHere = [&](uint32_t F) { return IsNew.test(F); };
  for (const IdentifierInfo *II : Changed) {
    StringRef Name = II->getName();
    auto Tested = Table.Tested.find(Name);
    if (Tested != Table.Tested.end() && llvm::any_of(Tested->second, IsHere))
      return GiveUp("it changes " + Name.str() + ", for which headers ask");
    auto Default = Table.Overridable.find(Name);
    bool IsDefault = Default != Table.Overridable.end() && !Default->second;
    auto Binds = [&](CommonTable::InFile F) { return F.Bound && IsHere(F.File); };
    if (!IsDefault && llvm::any_of(Table.filesWith(Name), Binds))
      return GiveUp("it changes " + Name.str() + ", which headers use");
    for (uint32_t Begin : Table.functionsWith(Name)) {
      const CommonTable::Buffer *B = bufferOf(Begin);
      if (B && B->File != CommonTable::NoFile && IsHere(B->File))
        Other.try_emplace(Begin, II);
    }
  }
}

void Guard::change(StringRef Name) {
  if (!Table.filesWith(Name).empty())
    Changed.insert(CI.getPreprocessor().getIdentifierInfo(Name));
}

// begin() has seen those of the command line.
void Guard::changed(const Token &Name) {
  begin();
  SourceManager &SM = CI.getSourceManager();
  if (SM.getFileID(Name.getLocation()) != CI.getPreprocessor().getPredefinesFileID())
    change(Name.getIdentifierInfo()->getName());
}

// Attributes may be written with underscores around their names.
static bool isAlike(const MacroInfo &A, const MacroInfo &B, Preprocessor &PP) {
  if (A.isFunctionLike() || B.isFunctionLike())
    return A.isIdenticalTo(B, PP, /*Syntactically=*/true);
  return std::equal(A.tokens_begin(), A.tokens_end(), B.tokens_begin(),
                    B.tokens_end(), [&](const Token &X, const Token &Y) {
                      return X.getKind() == Y.getKind() &&
                             StringRef(PP.getSpelling(X)).trim('_') ==
                                 StringRef(PP.getSpelling(Y)).trim('_');
                    });
}

// A header that is included says the same.
bool Guard::isDefinedAlike(const Token &Name, const MacroInfo *MI) {
  Preprocessor &PP = CI.getPreprocessor();
  const MacroDirective *MD =
      PP.getLocalMacroDirectiveHistory(Name.getIdentifierInfo());
  for (; MD; MD = MD->getPrevious()) {
    const auto *Other = dyn_cast<DefMacroDirective>(MD);
    if (Other && isIncluded(Other->getInfo()->getDefinitionLoc()) &&
        isAlike(*MI, *Other->getInfo(), PP))
      return true;
  }
  return false;
}

void Guard::used(const Token &Name, const MacroInfo *MI) {
  begin();
  if (Stopped || !MI || Fine.contains(MI))
    return;
  SourceLocation Loc = MI->getDefinitionLoc();
  if (Loc.isValid() && !isIncluded(Loc) && !isDefinedAlike(Name, MI))
    return GiveUp("it uses the macro " + Name.getIdentifierInfo()->getName().str() +
                  " of " + requestedName(Loc).str() +
                  ", which it does not include");
  Fine.insert(MI);
}

void Guard::useFunction(const FunctionDecl *FD) {
  SourceManager &SM = CI.getSourceManager();
  SourceLocation Begin = SM.getExpansionLoc(FD->getBeginLoc());
  if (Other.empty() || !SM.isLoadedSourceLocation(Begin))
    return;
  auto By = Other.find(local(Begin));
  if (By != Other.end())
    GiveUp(FD->getName().str() + " depends on its " + By->second->getName().str());
}

} // namespace klint
