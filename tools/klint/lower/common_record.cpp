// SPDX-License-Identifier: MIT
// While a common header is precompiled: what its headers ask of whoever includes
// them.  A header asks for a macro when it tests one that is not defined there.  A
// default,
//
//     #ifndef NAME
//     #define NAME ...
//     #endif
//
// asks for nothing but the value of NAME; then those functions depend on it in
// which it is expanded, and no others.

#include "common.h"

#include "clang/Lex/Lexer.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Support/xxhash.h"
#include <algorithm>

using namespace clang;

namespace klint {

class Recorder::Callbacks : public PPCallbacks {
public:
  explicit Callbacks(Recorder &R) : R(R) {}

  void InclusionDirective(SourceLocation HashLoc, const Token &, StringRef,
                          bool, CharSourceRange, OptionalFileEntryRef File,
                          StringRef, StringRef, const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    R.included(HashLoc, File);
  }
  void MacroExpands(const Token &Name, const MacroDefinition &, SourceRange,
                    const MacroArgs *) override {
    R.expanded(Name);
  }
  void MacroDefined(const Token &Name, const MacroDirective *) override {
    R.defined(Name);
  }
  void Defined(const Token &Name, const MacroDefinition &MD,
               SourceRange) override {
    R.tested(Name, (bool)MD);
  }
  void If(SourceLocation, SourceRange Range, ConditionValueKind) override {
    R.condition(Range);
  }
  void Elif(SourceLocation, SourceRange Range, ConditionValueKind,
            SourceLocation) override {
    R.condition(Range);
  }
  void Ifdef(SourceLocation, const Token &Name,
             const MacroDefinition &MD) override {
    R.tested(Name, (bool)MD);
  }
  void Ifndef(SourceLocation If, const Token &Name,
              const MacroDefinition &MD) override {
    R.opened(Name, (bool)MD, If);
  }
  void Elifdef(SourceLocation, const Token &Name,
               const MacroDefinition &MD) override {
    R.tested(Name, (bool)MD);
  }
  void Elifndef(SourceLocation, const Token &Name,
                const MacroDefinition &MD) override {
    R.tested(Name, (bool)MD);
  }
  void Endif(SourceLocation Endif, SourceLocation If) override {
    R.closed(If, Endif);
  }

private:
  Recorder &R;
};

void Recorder::attach() {
  CI.getPreprocessor().addPPCallbacks(std::make_unique<Callbacks>(*this));
}

uint32_t Recorder::file(OptionalFileEntryRef Entry) {
  if (!Entry)
    return CommonTable::NoFile;
  std::string Path = CI.getFileManager().getCanonicalName(*Entry).str();
  auto [Known, New] = FileOf.try_emplace(Path, Table.Files.size());
  if (New)
    Table.Files.push_back({Path, {}, false});
  return Known->second;
}

uint32_t Recorder::fileAt(SourceLocation Loc) {
  SourceManager &SM = CI.getSourceManager();
  FileID File = SM.getFileID(SM.getExpansionLoc(Loc));
  return File == SM.getMainFileID() ? CommonTable::NoFile
                                    : file(SM.getFileEntryRefForID(File));
}

// From a buffer that is no file come the includes of the command line.
void Recorder::included(SourceLocation From, OptionalFileEntryRef What) {
  uint32_t To = file(What);
  if (To == CommonTable::NoFile)
    return;
  SourceManager &SM = CI.getSourceManager();
  FileID In = SM.getFileID(From);
  if (In == SM.getMainFileID())
    return;
  uint32_t By = file(SM.getFileEntryRefForID(In));
  if (By == CommonTable::NoFile)
    Table.Files[To].Always = true;
  else
    Table.Files[By].Includes.insert(To);
}

void Recorder::testedAt(StringRef Name, SourceLocation Loc) {
  uint32_t File = fileAt(Loc);
  if (File != CommonTable::NoFile)
    TestedIn[Name].insert(File);
}

void Recorder::tested(const Token &Name, bool IsDefined) {
  StringRef Macro = Name.getIdentifierInfo()->getName();
  if (!IsDefined || Watched.contains(Macro))
    testedAt(Macro, Name.getLocation());
}

// A macro that is not defined counts as 0, and nobody tells of it.
void Recorder::condition(SourceRange Range) {
  SourceManager &SM = CI.getSourceManager();
  auto [File, Offset] = SM.getDecomposedLoc(SM.getExpansionLoc(Range.getBegin()));
  StringRef Text = SM.getBufferData(File).substr(Offset);
  size_t End = Text.find('\n');
  while (End != StringRef::npos && End && Text[End - 1] == '\\')
    End = Text.find('\n', End + 1);
  Text = Text.substr(0, End);
  while (!Text.empty()) {
    StringRef Word = Text.take_while(
        [](char C) { return llvm::isAlnum(C) || C == '_'; });
    Text = Text.drop_front(Word.empty() ? 1 : Word.size());
    if (Word.empty() || llvm::isDigit(Word[0]))
      continue;
    Preprocessor &PP = CI.getPreprocessor();
    if (!PP.isMacroDefined(Word) || Watched.contains(Word))
      testedAt(Word, Range.getBegin());
  }
}

void Recorder::opened(const Token &Name, bool IsDefined, SourceLocation If) {
  StringRef Macro = Name.getIdentifierInfo()->getName();
  if (!IsDefined || Watched.contains(Macro))
    Open.push_back({Macro.str(), If, Name.getEndLoc()});
}

/// The text is one #define of the name and nothing else.
static bool isOneDefine(StringRef Text, StringRef Name) {
  std::string Plain;
  for (size_t I = 0; I < Text.size();) {
    StringRef Rest = Text.substr(I);
    if (Rest.starts_with("\\\n")) {
      I += 2;
    } else if (Rest.starts_with("/*")) {
      size_t End = Rest.find("*/");
      I = End == StringRef::npos ? Text.size() : I + End + 2;
    } else if (Rest.starts_with("//")) {
      I += std::min(Rest.find('\n'), Rest.size());
    } else {
      Plain += Text[I++];
    }
  }
  StringRef Line = StringRef(Plain).trim();
  if (Line.contains('\n') || !Line.consume_front("#"))
    return false;
  Line = Line.ltrim();
  if (!Line.consume_front("define"))
    return false;
  Line = Line.ltrim();
  return Line.consume_front(Name) &&
         (Line.empty() || !(llvm::isAlnum(Line[0]) || Line[0] == '_'));
}

void Recorder::closed(SourceLocation If, SourceLocation Endif) {
  if (Open.empty() || Open.back().If != If)
    return;
  Default D = std::move(Open.back());
  Open.pop_back();
  SourceManager &SM = CI.getSourceManager();
  auto [File, From] = SM.getDecomposedLoc(D.After);
  unsigned To = SM.getFileOffset(Endif);
  // `Endif` stands at the word, behind the '#'.
  StringRef Text = SM.getBufferData(File).slice(From, To).rtrim();
  Text.consume_back("#");
  if (!isOneDefine(Text, D.Name))
    testedAt(D.Name, If);
}

// A default is watched from its definition on: it may be expanded before #endif
// only in what makes it no default.
void Recorder::defined(const Token &Name) {
  SourceManager &SM = CI.getSourceManager();
  StringRef Macro = Name.getIdentifierInfo()->getName();
  bool InMain = SM.getFileID(Name.getLocation()) == SM.getMainFileID();
  if (InMain || (!Open.empty() && Open.back().Name == Macro))
    Watched.insert(Macro);
}

void Recorder::expanded(const Token &Name) {
  StringRef Macro = Name.getIdentifierInfo()->getName();
  if (Watched.contains(Macro))
    Expanded.push_back(
        {CI.getSourceManager().getExpansionLoc(Name.getLocation()), Macro.str()});
}

void Recorder::collectBuffers() {
  SourceManager &SM = CI.getSourceManager();
  for (unsigned I = 1; I < SM.local_sloc_entry_size(); ++I) {
    const SrcMgr::SLocEntry &Entry = SM.getLocalSLocEntry(I);
    if (!Entry.isFile())
      continue;
    OptionalFileEntryRef Ref = Entry.getFile().getContentCache().OrigEntry;
    bool IsMain = SM.getComposedLoc(SM.getMainFileID(), 0).getRawEncoding() ==
                  Entry.getOffset();
    Table.Buffers.push_back({(uint32_t)Entry.getOffset(),
                             IsMain ? CommonTable::NoFile : file(Ref),
                             Ref ? Ref->getName().str() : ""});
  }
}

// An expansion in a function concerns those who use the function.
void Recorder::collectExpansions(ASTContext &Ctx) {
  SourceManager &SM = Ctx.getSourceManager();
  std::vector<std::pair<uint32_t, uint32_t>> Functions;
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (const auto *FD = dyn_cast<FunctionDecl>(D))
      if (FD->doesThisDeclarationHaveABody())
        Functions.push_back(
            {SM.getExpansionLoc(FD->getBeginLoc()).getRawEncoding(),
             SM.getExpansionRange(FD->getEndLoc()).getEnd().getRawEncoding()});
  llvm::sort(Functions);
  for (const std::string &Name : llvm::map_range(
           Watched, [](const auto &W) { return W.getKey().str(); }))
    Table.Overridable[Name] = false;
  for (const auto &[Loc, Name] : Expanded) {
    std::pair<uint32_t, uint32_t> Key(Loc.getRawEncoding(), UINT32_MAX);
    auto After = llvm::upper_bound(Functions, Key);
    if (After != Functions.begin() && std::prev(After)->second >= Key.first)
      Table.Soft.push_back({Key.first, Name});
    else
      Table.Overridable[Name] = true;
  }
  llvm::sort(Table.Soft);
  Table.Soft.erase(std::unique(Table.Soft.begin(), Table.Soft.end()),
                   Table.Soft.end());
}

void Recorder::collectWords() {
  SourceManager &SM = CI.getSourceManager();
  std::vector<std::pair<uint64_t, uint32_t>> Found;
  llvm::BitVector Done(Table.Files.size());
  for (const CommonTable::Buffer &B : Table.Buffers) {
    if (B.File == CommonTable::NoFile || Done.test(B.File))
      continue;
    Done.set(B.File);
    FileID ID = SM.getFileID(SourceLocation::getFromRawEncoding(B.Start));
    Lexer Raw(ID, SM.getBufferOrFake(ID), SM, CI.getLangOpts());
    Token T;
    for (Raw.LexFromRawLexer(T); T.isNot(tok::eof); Raw.LexFromRawLexer(T))
      if (T.is(tok::raw_identifier))
        Found.push_back({llvm::xxh3_64bits(T.getRawIdentifier()), B.File});
  }
  llvm::sort(Found);
  Found.erase(std::unique(Found.begin(), Found.end()), Found.end());
  for (const auto &[Hash, File] : Found) {
    if (Table.Words.empty() || Table.Words.back().Hash != Hash)
      Table.Words.push_back({Hash, 0});
    Table.WordFiles.push_back(File);
    Table.Words.back().End = Table.WordFiles.size();
  }
}

// A header that defines a variable or a function for others is none that many
// units could share.
bool Recorder::collectRoots(ASTContext &Ctx, std::string &Problem) {
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls()) {
    const auto *FD = dyn_cast<FunctionDecl>(D);
    if (!FD)
      continue;
    if (FD->hasAttr<AliasAttr>() ||
        (FD->doesThisDeclarationHaveABody() && !FD->isInlined() &&
         FD->isExternallyVisible()))
      Table.Roots.push_back(FD->getName().str());
  }
  if (Table.Roots.size() > 100)
    Problem = "the headers define functions";
  return Problem.empty();
}

bool Recorder::finish(ASTContext &Ctx, const MacroTable &Macros,
                      const std::string &Path, std::string &Problem) {
  collectBuffers();
  collectExpansions(Ctx);
  collectWords();
  for (auto &[Name, Value] : CI.getPreprocessorOpts().Macros)
    Table.Defines.push_back((Value ? "-U" : "-D") + Name);
  for (const auto &T : TestedIn)
    Table.Tested[T.getKey()].assign(T.getValue().begin(), T.getValue().end());
  return collectRoots(Ctx, Problem) &&
         CommonFile::save(Path, Table, Macros, Problem);
}

} // namespace klint
