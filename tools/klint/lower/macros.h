// SPDX-License-Identifier: MIT
// What the preprocessor knew and the AST does not tell: which tokens came out of
// a macro that the rules name, and with which arguments.  Filled by preprocessor
// callbacks while the file is parsed, asked by the lowering afterwards.

#ifndef KLINT_LOWER_MACROS_H
#define KLINT_LOWER_MACROS_H

#include "clang/AST/Decl.h"
#include "clang/Basic/IdentifierTable.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace klint {

/// One expansion of a contract-bearing macro.
struct Expansion {
  const clang::IdentifierInfo *Name = nullptr;
  clang::SourceRange Range; ///< Of the name .. of the closing parenthesis.
  unsigned NumArgs = 0;
  /// Raw locations of all argument tokens, with the index of their argument.
  llvm::SmallVector<std::pair<unsigned, unsigned>, 8> Tokens;
  /// The contract-bearing expansion in whose body this one stands, if any; only
  /// valid once a location inside this expansion was looked up.
  Expansion *Outer = nullptr;
  /// Its tokens are only a part of a statement (a loop head, a declaration):
  /// what stands inside is lowered as plain code.
  bool IsHead = false;
  /// Its event was emitted.
  bool IsDone = false;
};

/// A macro that annotates a declaration, as written in a file.
struct AnnotationUse {
  clang::SourceLocation Loc;
  clang::SourceLocation End;
  const clang::IdentifierInfo *Name = nullptr;
  std::string Text; ///< Arguments, only for uses inside other macros.
};

class Reader;
class Writer;

class MacroTable {
public:
  explicit MacroTable(clang::Preprocessor &PP);

  /// Names that are looked for; to be called before the file is parsed.
  void watchContract(llvm::StringRef Name);
  void watchMacro(llvm::StringRef Name); ///< A function of that name stays as it is.
  void watchAnnotation(llvm::StringRef Name);
  bool isContract(const clang::IdentifierInfo *II) const {
    return Contracts.contains(II);
  }

  /// Installs the callbacks.  The table must outlive the preprocessor's work.
  void attach();
  /// Stops recording: what is expanded from now on is not of the file.
  void stop();

  /// The outermost expansion, not yet opened as a head, from whose body both
  /// ends come; null when there is none.
  Expansion *enclosing(clang::SourceLocation Begin, clang::SourceLocation End);
  /// The outermost expansion, not yet opened as a head, from whose body the
  /// location comes.
  Expansion *outermost(clang::SourceLocation Loc);
  /// The argument of X that the token at Loc was written in, or -1.
  int argumentOf(const Expansion &X, clang::SourceLocation Loc) const;
  /// An expansion to no tokens at all that stands just before Semi.
  Expansion *emptyBefore(clang::SourceLocation Semi);

  /// Annotations between two file locations of one file, in order.
  llvm::ArrayRef<AnnotationUse> annotations(clang::SourceLocation From,
                                            clang::SourceLocation To);
  std::string annotationText(const AnnotationUse &Use) const;

  /// The name of a declaration without the number that __COUNTER__ put into it:
  /// that one depends on what else the unit includes.
  llvm::StringRef stableName(const clang::NamedDecl *D);
  /// The literal is a value of __COUNTER__.
  bool isCounter(clang::SourceLocation Loc, uint64_t Value) const;

  // macros_io.cpp: what was recorded in a header that is precompiled.
  void write(Writer &W) const;
  /// To be followed by place(), before anything is asked.
  void read(Reader &R);
  /// The locations that were read are Delta away from those of this unit.
  void place(int32_t Delta);

private:
  class Recorder;
  friend class Recorder;

  void record(const clang::Token &Name, const clang::MacroInfo *MI,
              clang::SourceRange Range, const clang::MacroArgs *Args);
  void recordAnnotation(const clang::Token &Name, clang::SourceRange Range,
                        const clang::MacroArgs *Args);
  unsigned written(clang::SourceLocation Loc) const;
  llvm::SmallVector<unsigned, 8> countersAt(clang::SourceLocation Loc) const;
  void recordCounter(const clang::Token &Name);
  Expansion *innermost(clang::SourceLocation Loc);

  clang::Preprocessor &PP;
  clang::SourceManager &SM;
  bool Stopped = false;
  llvm::DenseSet<const clang::IdentifierInfo *> Contracts, Watched, Annotations;
  const clang::IdentifierInfo *Counter = nullptr;
  /// Values of __COUNTER__, by where in a file the macro was written that used it.
  std::map<unsigned, llvm::SmallVector<unsigned, 2>> Counters;
  std::unordered_map<const clang::NamedDecl *, std::string> StableNames;
  std::deque<Expansion> Expansions;
  llvm::DenseMap<unsigned, Expansion *> ByName; ///< By raw location of the name.
  /// For the body of a macro expansion (a FileID): the innermost recorded one.
  llvm::DenseMap<clang::FileID, Expansion *> BodyCache;
  std::vector<AnnotationUse> Uses;
  bool UsesSorted = false;
};

} // namespace klint

#endif
