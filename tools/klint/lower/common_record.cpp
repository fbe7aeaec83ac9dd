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
  void SourceRangeSkipped(SourceRange Range, SourceLocation) override {
    R.skipped(Range);
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
  if (InMain)
    Units.insert(Macro);
}

void Recorder::skipped(SourceRange Range) {
  Skipped.push_back({Range.getBegin().getRawEncoding(), Range.getEnd().getRawEncoding()});
}

bool Recorder::isSkipped(uint32_t Loc) {
  auto After = llvm::upper_bound(Skipped, std::pair(Loc, UINT32_MAX));
  return After != Skipped.begin() && std::prev(After)->second >= Loc;
}

void Recorder::expanded(const Token &Name) {
  SourceManager &SM = CI.getSourceManager();
  SourceLocation Loc = Name.getLocation();
  Expanded.push_back({SM.getExpansionLoc(Loc),
                      SM.getSpellingLoc(Loc).getRawEncoding(),
                      Name.getIdentifierInfo()});
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

// What a header makes of the unit's name outside of functions is another thing in each
// unit.  Klint leaves those out in whose lines of the main file there are errors.
void Recorder::refuse(SourceLocation Loc, StringRef Macro) {
  SourceManager &SM = CI.getSourceManager();
  while (Loc.isValid() && SM.getFileID(Loc) != SM.getMainFileID())
    Loc = SM.getIncludeLoc(SM.getFileID(Loc));
  if (Loc.isInvalid() || !Refused.insert(SM.getSpellingLineNumber(Loc)).second)
    return;
  DiagnosticsEngine &Diags = CI.getDiagnostics();
  unsigned ID = Diags.getDiagnosticIDs()->getCustomDiagID(
      DiagnosticIDs::Error, "the header is the unit's own: it uses " + Macro.str());
  Diags.Report(Loc, ID);
}

/// The elements of each hash, one after the other.
template <typename T, typename Add>
static void group(std::vector<std::pair<uint64_t, T>> &Found,
                  std::vector<CommonTable::Word> &Words, std::vector<T> &All,
                  Add Same) {
  for (const auto &[Hash, What] : Found) {
    bool New = Words.empty() || Words.back().Hash != Hash;
    if (New)
      Words.push_back({Hash, 0});
    if (New || !Same(All.back(), What))
      All.push_back(What);
    Words.back().End = All.size();
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
  for (const auto &W : Watched)
    Table.Overridable[W.getKey()] = false;
  std::vector<std::pair<uint64_t, uint32_t>> In;
  for (const Expansion &E : Expanded) {
    StringRef Name = E.Macro->getName();
    std::pair<uint32_t, uint32_t> Key(E.At.getRawEncoding(), UINT32_MAX);
    auto After = llvm::upper_bound(Functions, Key);
    if (After != Functions.begin() && std::prev(After)->second >= Key.first) {
      In.push_back({llvm::xxh3_64bits(Name), std::prev(After)->first});
      InFunction.insert(E.Name);
      continue;
    }
    uint32_t File = fileAt(E.At);
    if (File != CommonTable::NoFile)
      Found.push_back({llvm::xxh3_64bits(Name), {File, true}});
    if (Watched.contains(Name))
      Table.Overridable[Name] = true;
    if (Units.contains(Name))
      refuse(E.At, Name);
  }
  llvm::sort(In);
  group(In, Table.Macros, Table.Expansions, std::equal_to<uint32_t>());
}

// In the body of a #define a word means nothing until the macro is expanded, and then
// it is an expansion there.  In what was skipped it means nothing, as long as the
// conditions hold, whose words are bound.
void Recorder::collectWordsOf(const CommonTable::Buffer &B) {
  SourceManager &SM = CI.getSourceManager();
  FileID ID = SM.getFileID(SourceLocation::getFromRawEncoding(B.Start));
  Lexer Raw(ID, SM.getBufferOrFake(ID), SM, CI.getLangOpts());
  enum { Text, Hash, Define, Name, Body, Other } At = Text;
  Token T;
  for (Raw.LexFromRawLexer(T); T.isNot(tok::eof); Raw.LexFromRawLexer(T)) {
    bool IsWord = T.is(tok::raw_identifier);
    if (T.isAtStartOfLine())
      At = T.is(tok::hash) ? Hash : Text;
    else if (At == Hash)
      At = IsWord && T.getRawIdentifier() == "define" ? Define : Other;
    else if (At == Define)
      At = Name;
    else if (At == Name)
      At = Body;
    if (!IsWord)
      continue;
    uint32_t Loc = T.getLocation().getRawEncoding();
    bool Free = At == Body || (At == Text && InFunction.contains(Loc)) || isSkipped(Loc);
    Found.push_back({llvm::xxh3_64bits(T.getRawIdentifier()), {B.File, !Free}});
  }
}

void Recorder::collectWords() {
  llvm::sort(Skipped);
  llvm::BitVector Done(Table.Files.size());
  for (const CommonTable::Buffer &B : Table.Buffers) {
    if (B.File == CommonTable::NoFile || Done.test(B.File))
      continue;
    Done.set(B.File);
    collectWordsOf(B);
  }
  // What binds comes first.
  llvm::sort(Found, [](const auto &A, const auto &B) {
    return std::tuple(A.first, A.second.File, !A.second.Bound) <
           std::tuple(B.first, B.second.File, !B.second.Bound);
  });
  group(Found, Table.Words, Table.WordFiles,
        [](CommonTable::InFile A, CommonTable::InFile B) { return A.File == B.File; });
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
