// SPDX-License-Identifier: MIT
// Precompiled common headers, and why a unit that is read with them says the same
// as without.
//
// A unit that begins with a precompiled header has seen more than it asked for, in
// another order, and with none of the macros that it or its command defines.  So
// the Recorder, while the header is precompiled, writes a CommonTable beside it:
// who includes whom, which macros the headers ask for that somebody else might
// define, and what the preprocessor told the MacroTable.  The Guard, while a unit
// is read, follows the unit's own includes through that table.  Where the unit
// would see a difference - it uses a macro of a header that it does not include,
// or has defined one that a header asks for - the guard gives up, and the unit is
// read plainly.

#ifndef KLINT_LOWER_COMMON_H
#define KLINT_LOWER_COMMON_H

#include "macros.h"

#include "clang/AST/Decl.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include <functional>

namespace klint {

/// The exit status by which a unit asks to be read plainly.
enum { ExitPlain = 75 };

/// Bytes of a table, in the order in which they are read again.
class Writer {
public:
  void u32(uint32_t V);
  void u64(uint64_t V);
  void text(llvm::StringRef S);
  std::string Bytes;
};

/// Reads what a Writer has written; after the end everything is 0 and Bad is set.
class Reader {
public:
  explicit Reader(llvm::StringRef Bytes) : Bytes(Bytes) {}
  uint32_t u32();
  uint64_t u64();
  llvm::StringRef text();
  /// A number of elements, each of at least Size bytes.
  uint32_t count(size_t Size);
  bool Bad = false;

private:
  llvm::StringRef take(size_t N);
  llvm::StringRef Bytes;
};

/// What is known of a precompiled header.  Locations are raw, as they were when it
/// was made.
struct CommonTable {
  struct File {
    std::string Path; ///< Canonical.
    llvm::SmallSetVector<uint32_t, 8> Includes;
    bool Always = false; ///< By -include: every unit has it.
  };
  /// A buffer of the source manager.
  struct Buffer {
    uint32_t Start;
    uint32_t File;         ///< Or NoFile.
    std::string Requested; ///< The name under which it was found.
  };
  static constexpr uint32_t NoFile = UINT32_MAX;

  std::vector<File> Files;
  std::vector<Buffer> Buffers; ///< By Start.
  /// Files that ask whether a macro is defined when it is not.
  llvm::StringMap<std::vector<uint32_t>> Tested;
  /// Macros with a default that a unit may replace; true when one of them was
  /// expanded outside of functions.
  llvm::StringMap<bool> Overridable;
  /// Macros that were expanded inside of functions, by Hash; those of one are
  /// Expansions up to End.
  struct Word {
    uint64_t Hash;
    uint32_t End;
  };
  std::vector<Word> Macros;
  std::vector<uint32_t> Expansions; ///< Where the functions begin, sorted.
  /// In which files the identifiers stand, or were expanded: those of a word are
  /// WordFiles up to End.  Bound: in another way than as an expansion in a function.
  std::vector<Word> Words;
  struct InFile {
    uint32_t File;
    bool Bound;
  };
  std::vector<InFile> WordFiles;
  std::vector<std::string> Defines; ///< Of the command, "NAME=VALUE".
  std::vector<std::string> Roots;   ///< Functions that every unit emits.

  void write(Writer &W) const;
  void read(Reader &R);
  llvm::ArrayRef<InFile> filesWith(llvm::StringRef Name) const;
  llvm::ArrayRef<uint32_t> functionsWith(llvm::StringRef Name) const;
};

/// Where the definition of macros stands in a file of its own.
struct CommonFile {
  static bool save(const std::string &Path, const CommonTable &T,
                   const MacroTable &Macros, std::string &Problem);
  static bool load(const std::string &Path, CommonTable &T, MacroTable &Macros,
                   std::string &Problem);
};

/// Watches a header being precompiled.
class Recorder {
public:
  explicit Recorder(clang::CompilerInstance &CI) : CI(CI) {}
  void attach();
  /// Everything has been parsed.  False with the reason when the header is not fit
  /// to be common.
  bool finish(clang::ASTContext &Ctx, const MacroTable &Macros,
              const std::string &Path, std::string &Problem);

private:
  class Callbacks;
  friend class Callbacks;

  uint32_t file(clang::OptionalFileEntryRef Entry);
  uint32_t fileAt(clang::SourceLocation Loc);
  void included(clang::SourceLocation From, clang::OptionalFileEntryRef What);
  void tested(const clang::Token &Name, bool IsDefined);
  void testedAt(llvm::StringRef Name, clang::SourceLocation Loc);
  void condition(clang::SourceRange Range);
  void opened(const clang::Token &Name, bool IsDefined, clang::SourceLocation If);
  void closed(clang::SourceLocation If, clang::SourceLocation Endif);
  void defined(const clang::Token &Name);
  void expanded(const clang::Token &Name);
  void skipped(clang::SourceRange Range);
  bool isSkipped(uint32_t Loc);
  void collectBuffers();
  void refuse(clang::SourceLocation Loc, llvm::StringRef Macro);
  void collectExpansions(clang::ASTContext &Ctx);
  void collectWords();
  void collectWordsOf(const CommonTable::Buffer &B);
  bool collectRoots(clang::ASTContext &Ctx, std::string &Problem);

  /// "#ifndef NAME" of a NAME that others may define, not yet closed.
  struct Default {
    std::string Name;
    clang::SourceLocation If, After;
  };

  clang::CompilerInstance &CI;
  CommonTable Table;
  llvm::StringMap<uint32_t> FileOf;
  llvm::StringMap<llvm::SmallSetVector<uint32_t, 4>> TestedIn;
  std::vector<Default> Open;
  llvm::StringSet<> Watched;
  llvm::StringSet<> Units; ///< Those of them that name the unit.
  llvm::DenseSet<uint32_t> Refused;
  struct Expansion {
    clang::SourceLocation At; ///< Of the outermost one.
    uint32_t Name;            ///< Where its name stands, raw.
    const clang::IdentifierInfo *Macro;
  };
  std::vector<Expansion> Expanded;
  llvm::DenseSet<uint32_t> InFunction; ///< Names of those.
  std::vector<std::pair<uint32_t, uint32_t>> Skipped; ///< Raw, first and last.
  std::vector<std::pair<uint64_t, CommonTable::InFile>> Found;
};

/// Watches a unit that is read with a precompiled header.
class Guard {
public:
  /// GiveUp writes the reason down; it does not return.
  Guard(clang::CompilerInstance &CI, MacroTable &Macros,
        std::function<void(std::string)> GiveUp)
      : CI(CI), Macros(Macros), GiveUp(std::move(GiveUp)) {}

  bool load(const std::string &Path, std::string &Problem);
  void attach();
  /// The unit has been parsed: what is expanded from now on is not of it.
  void stop() { Stopped = true; }

  /// Declared in the unit or in what it includes.
  bool isIncluded(clang::SourceLocation Loc);
  /// A function of the header is to be lowered: gives up if it depends on a macro
  /// that the unit has defined before.
  void useFunction(const clang::FunctionDecl *FD);
  /// The name under which the plain parse finds the file at the location, or empty.
  llvm::StringRef requestedName(clang::SourceLocation Start);
  llvm::ArrayRef<std::string> roots() const { return Table.Roots; }

private:
  class Callbacks;
  friend class Callbacks;

  void begin();
  uint32_t local(clang::SourceLocation Loc);
  const CommonTable::Buffer *bufferAt(clang::SourceLocation Loc);
  const CommonTable::Buffer *bufferOf(uint32_t Local);
  void include(clang::OptionalFileEntryRef File);
  void mark(uint32_t File, llvm::SmallVectorImpl<uint32_t> &New);
  void check(llvm::ArrayRef<uint32_t> New);
  void change(llvm::StringRef Name);
  void changed(const clang::Token &Name);
  bool isDefinedAlike(const clang::Token &Name, const clang::MacroInfo *MI);
  void used(const clang::Token &Name, const clang::MacroInfo *MI);

  clang::CompilerInstance &CI;
  MacroTable &Macros;
  std::function<void(std::string)> GiveUp;
  CommonTable Table;
  llvm::StringMap<uint32_t> FileOf;
  bool Begun = false, Stopped = false;
  int32_t Delta = 0; ///< From a location of the table to one of this unit.
  llvm::BitVector Included;
  llvm::SetVector<const clang::IdentifierInfo *> Changed;
  /// Where functions begin that were expanded with other macros than the plain
  /// parse would; and one of the macros.
  llvm::DenseMap<uint32_t, const clang::IdentifierInfo *> Other;
  llvm::DenseSet<const clang::MacroInfo *> Fine;
};

} // namespace klint

#endif
