// SPDX-License-Identifier: MIT
// Source locations.  A token that a macro made stands where the macro is named; a
// token of a macro's argument stands where it was written.  Either way the name of
// the outermost macro is kept.

#include "lower.h"

#include "clang/Lex/Lexer.h"

using namespace clang;

namespace klint {

std::string Unit::fileName(FileID File) {
  if (Common) {
    StringRef Requested = Common->requestedName(SM.getLocForStartOfFile(File));
    if (!Requested.empty())
      return Requested.str();
  }
  OptionalFileEntryRef Entry = SM.getFileEntryRefForID(File);
  return Entry ? Entry->getName().str() : "";
}

kir_id Unit::loc(SourceLocation Loc) {
  if (Loc.isInvalid())
    return kir_loc(B, "", 0, 0, nullptr);
  auto [Known, New] = Locs.try_emplace(Loc.getRawEncoding(), KIR_NONE);
  if (!New)
    return Known->second;
  std::string Macro;
  SourceLocation Written = Loc;
  if (Loc.isMacroID()) {
    Written = SM.getFileLoc(Loc);
    SourceLocation Name = SM.getExpansionLoc(Loc);
    unsigned Length = Lexer::MeasureTokenLength(Name, SM, Ctx.getLangOpts());
    Macro.assign(SM.getCharacterData(Name), Length);
  }
  auto [File, Offset] = SM.getDecomposedLoc(Written);
  auto [Name, IsNew] = FileNames.try_emplace(File, nullptr);
  if (IsNew) {
    FileNameTexts.push_back(fileName(File));
    Name->second = FileNameTexts.back().c_str();
  }
  kir_id Id = kir_loc(B, Name->second, SM.getLineNumber(File, Offset),
                      SM.getColumnNumber(File, Offset),
                      Macro.empty() ? nullptr : Macro.c_str());
  return Locs[Loc.getRawEncoding()] = Id;
}

bool Unit::inSource(SourceLocation Loc) {
  FileID File = SM.getFileID(SM.getExpansionLoc(Loc));
  if (File == SM.getMainFileID())
    return true;
  auto [Known, New] = SourceFiles.try_emplace(File, false);
  if (New)
    if (OptionalFileEntryRef Entry = SM.getFileEntryRefForID(File))
      Known->second = Entry->getName().ends_with(".c");
  return Known->second;
}

} // namespace klint
