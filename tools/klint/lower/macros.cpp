// SPDX-License-Identifier: MIT
// Records macro expansions and finds the expansion that a token came from.
//
// A token's location is climbed outwards: a token of a macro argument is taken to
// where it was written, a token of a macro body to where the macro was named.
// All tokens of one body share one FileID, so the answer is cached for it.

#include "macros.h"

#include "clang/Lex/Lexer.h"
#include "clang/Lex/MacroArgs.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/PPCallbacks.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace clang;

namespace klint {

class MacroTable::Recorder : public PPCallbacks {
public:
  explicit Recorder(MacroTable &Table) : Table(Table) {}

  void MacroExpands(const Token &Name, const MacroDefinition &MD,
                    SourceRange Range, const MacroArgs *Args) override {
    if (Table.Stopped)
      return;
    const IdentifierInfo *II = Name.getIdentifierInfo();
    if (Table.Contracts.contains(II) || Table.Watched.contains(II))
      Table.record(Name, MD.getMacroInfo(), Range, Args);
    if (Table.Annotations.contains(II))
      Table.recordAnnotation(Name, Range, Args);
    if (II == Table.Counter)
      Table.recordCounter(Name);
  }

private:
  MacroTable &Table;
};

MacroTable::MacroTable(Preprocessor &PP)
    : PP(PP), SM(PP.getSourceManager()),
      Counter(PP.getIdentifierInfo("__COUNTER__")) {}

void MacroTable::watchContract(StringRef Name) {
  Contracts.insert(PP.getIdentifierInfo(Name));
}

void MacroTable::watchMacro(StringRef Name) {
  Watched.insert(PP.getIdentifierInfo(Name));
}

void MacroTable::watchAnnotation(StringRef Name) {
  Annotations.insert(PP.getIdentifierInfo(Name));
}

void MacroTable::attach() {
  PP.addPPCallbacks(std::make_unique<Recorder>(*this));
}

void MacroTable::stop() { Stopped = true; }

// The tokens of argument Index; the preprocessor ends them with an eof token.
static ArrayRef<Token> argumentTokens(const MacroArgs &Args, unsigned Index) {
  const Token *First = Args.getUnexpArgument(Index);
  return ArrayRef<Token>(First, MacroArgs::getArgLength(First));
}

void MacroTable::record(const Token &Name, const MacroInfo *MI,
                        SourceRange Range, const MacroArgs *Args) {
  Expansion &X = Expansions.emplace_back();
  X.Name = Name.getIdentifierInfo();
  X.Range = Range;
  ByName[Range.getBegin().getRawEncoding()] = &X;
  if (!Args || !MI)
    return;
  unsigned NumParams = MI->getNumParams();
  for (unsigned I = 0; I < NumParams && I < Args->getNumMacroArguments(); ++I) {
    bool Split = MI->isVariadic() && I + 1 == NumParams;
    ArrayRef<Token> Toks = argumentTokens(*Args, I);
    if (Split && Toks.empty())
      break;
    unsigned Depth = 0;
    for (const Token &T : Toks) {
      if (T.isOneOf(tok::l_paren, tok::l_brace, tok::l_square))
        ++Depth;
      else if (T.isOneOf(tok::r_paren, tok::r_brace, tok::r_square) && Depth)
        --Depth;
      if (Split && !Depth && T.is(tok::comma)) {
        ++X.NumArgs;
        continue;
      }
      X.Tokens.push_back({T.getLocation().getRawEncoding(), X.NumArgs});
    }
    ++X.NumArgs;
  }
}

void MacroTable::recordAnnotation(const Token &Name, SourceRange Range,
                                  const MacroArgs *Args) {
  AnnotationUse Use;
  Use.Name = Name.getIdentifierInfo();
  Use.Loc = Name.getLocation();
  Use.End = Range.getEnd();
  if (Use.Loc.isMacroID() && Args)
    for (unsigned I = 0; I < Args->getNumMacroArguments(); ++I) {
      if (I)
        Use.Text += ", ";
      for (const Token &T : argumentTokens(*Args, I))
        Use.Text += PP.getSpelling(T);
    }
  Use.Loc = SM.getExpansionLoc(Use.Loc);
  Uses.push_back(std::move(Use));
}

// Where in a file the macro, or the argument of one, was written.
unsigned MacroTable::written(SourceLocation Loc) const {
  return SM.getFileLoc(Loc).getRawEncoding();
}

// The callback comes before the number is taken.
void MacroTable::recordCounter(const Token &Name) {
  Counters[written(Name.getLocation())].push_back(PP.getCounterValue());
}

// All numbers that were taken in the macro of the file that Loc comes out of.
SmallVector<unsigned, 8> MacroTable::countersAt(SourceLocation Loc) const {
  CharSourceRange Range = SM.getExpansionRange(Loc);
  SmallVector<unsigned, 8> Result;
  auto End = Counters.upper_bound(Range.getEnd().getRawEncoding());
  for (auto At = Counters.lower_bound(Range.getBegin().getRawEncoding());
       At != End; ++At)
    Result.append(At->second.begin(), At->second.end());
  return Result;
}

bool MacroTable::isCounter(SourceLocation Loc, uint64_t Value) const {
  if (!Loc.isMacroID() || !SM.isWrittenInScratchSpace(SM.getSpellingLoc(Loc)))
    return false;
  return llvm::is_contained(countersAt(Loc), Value);
}

// Where the number stands for itself: a small one in the middle of a name may have
// been written by somebody.
static size_t findNumber(StringRef Name, StringRef Digits) {
  size_t At = Name.rfind(Digits);
  if (At == StringRef::npos || !At || Digits.size() < 2)
    return StringRef::npos;
  StringRef Rest = Name.drop_front(At + Digits.size());
  bool Apart = Name[At - 1] == '_' && Rest.starts_with("_");
  return Rest.empty() || Apart ? At : StringRef::npos;
}

StringRef MacroTable::stableName(const NamedDecl *D) {
  if (!D->getLocation().isMacroID())
    return D->getName();
  auto [Cached, New] = StableNames.try_emplace(D, D->getName().str());
  std::string &Name = Cached->second;
  if (!New)
    return Name;
  for (unsigned Value : countersAt(D->getLocation())) {
    std::string Digits = std::to_string(Value);
    size_t At = findNumber(Name, Digits);
    if (At == StringRef::npos)
      continue;
    Name.erase(At, Digits.size());
    break;
  }
  return Name;
}

Expansion *MacroTable::innermost(SourceLocation Loc) {
  while (Loc.isMacroID()) {
    FileID File = SM.getFileID(Loc);
    const SrcMgr::ExpansionInfo &Info = SM.getSLocEntry(File).getExpansion();
    if (Info.isMacroArgExpansion()) {
      Loc = SM.getImmediateSpellingLoc(Loc);
      continue;
    }
    auto Cached = BodyCache.find(File);
    if (Cached != BodyCache.end())
      return Cached->second;
    SourceLocation Start = Info.getExpansionLocStart();
    Expansion *Result = innermost(Start);
    auto Named = ByName.find(Start.getRawEncoding());
    if (Named != ByName.end()) {
      Named->second->Outer = Result;
      Result = Named->second;
    }
    BodyCache[File] = Result;
    return Result;
  }
  return nullptr;
}

Expansion *MacroTable::outermost(SourceLocation Loc) {
  if (Expansions.empty())
    return nullptr;
  Expansion *Result = nullptr;
  for (Expansion *X = innermost(Loc); X; X = X->Outer)
    if (!X->IsHead)
      Result = X;
  return Result;
}

Expansion *MacroTable::enclosing(SourceLocation Begin, SourceLocation End) {
  if (Expansions.empty() || !Begin.isMacroID() || !End.isMacroID())
    return nullptr;
  Expansion *Inner = innermost(Begin);
  if (!Inner)
    return nullptr;
  Expansion *Result = nullptr;
  Expansion *EndInner = innermost(End);
  for (Expansion *X = Inner; X; X = X->Outer) {
    if (X->IsHead)
      continue;
    for (Expansion *Y = EndInner; Y; Y = Y->Outer)
      if (X == Y)
        Result = X;
  }
  return Result;
}

int MacroTable::argumentOf(const Expansion &X, SourceLocation Loc) const {
  while (Loc.isValid()) {
    unsigned Raw = Loc.getRawEncoding();
    for (const auto &T : X.Tokens)
      if (T.first == Raw)
        return T.second;
    if (!Loc.isMacroID())
      break;
    const SrcMgr::ExpansionInfo &Info =
        SM.getSLocEntry(SM.getFileID(Loc)).getExpansion();
    Loc = Info.isMacroArgExpansion() ? SM.getImmediateSpellingLoc(Loc)
                                     : Info.getExpansionLocStart();
  }
  return -1;
}

// Both must be spelled in one buffer with nothing but blanks between them.
static bool standsBefore(const SourceManager &SM, const LangOptions &Opts,
                         SourceLocation Before, SourceLocation Semi) {
  Before = SM.getSpellingLoc(Before);
  Semi = SM.getSpellingLoc(Semi);
  auto [File, From] = SM.getDecomposedLoc(Before);
  auto [SemiFile, To] = SM.getDecomposedLoc(Semi);
  if (File != SemiFile || From >= To)
    return false;
  From += Lexer::MeasureTokenLength(Before, SM, Opts);
  StringRef Buffer = SM.getBufferData(File);
  return From <= To && Buffer.slice(From, To).trim().empty();
}

Expansion *MacroTable::emptyBefore(SourceLocation Semi) {
  for (Expansion &X : Expansions)
    if (!X.IsDone &&
        standsBefore(SM, PP.getLangOpts(), X.Range.getEnd(), Semi))
      return &X;
  return nullptr;
}

ArrayRef<AnnotationUse> MacroTable::annotations(SourceLocation From,
                                                SourceLocation To) {
  auto Less = [](const AnnotationUse &A, const AnnotationUse &B) {
    return A.Loc < B.Loc;
  };
  if (!UsesSorted) {
    llvm::sort(Uses, Less);
    UsesSorted = true;
  }
  AnnotationUse Key;
  Key.Loc = From;
  auto First = std::lower_bound(Uses.begin(), Uses.end(), Key, Less);
  auto Last = First;
  while (Last != Uses.end() && Last->Loc < To)
    ++Last;
  if (First == Last)
    return {};
  return ArrayRef<AnnotationUse>(&*First, Last - First);
}

std::string MacroTable::annotationText(const AnnotationUse &Use) const {
  if (!Use.Text.empty() || Use.End.isMacroID() || Use.Loc == Use.End)
    return Use.Text;
  auto [File, From] = SM.getDecomposedLoc(Use.Loc);
  auto [EndFile, To] = SM.getDecomposedLoc(Use.End);
  if (File != EndFile)
    return Use.Text;
  StringRef Text = SM.getBufferData(File).slice(From, To);
  return Text.substr(Text.find('(') + 1).trim().str();
}

} // namespace klint
