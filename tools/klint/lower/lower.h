// SPDX-License-Identifier: MIT
// The lowering of one translation unit (Unit) and of one function (Body) to KIR.
// Nothing here knows a function of the kernel: names come with Names.

#ifndef KLINT_LOWER_LOWER_H
#define KLINT_LOWER_LOWER_H

#include "common.h"
#include "macros.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "clang/Sema/Sema.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include <deque>
#include <optional>

#include "kir/kir_build.h"

namespace klint {

/// What the rules ask for (the names file).
struct Names {
  std::vector<std::string> Contracts, Macros, Annotations, Constants;
};

/// One translation unit: locations, types, and what is still to be lowered.
class Unit {
public:
  /// Common is null when the unit was read without a precompiled header.
  Unit(clang::Sema &S, MacroTable &Macros, const Names &Wanted, Guard *Common,
       kir_builder *B, bool All);

  /// Lowers the parsed unit into the builder: TopLevel is what stands in it, and
  /// in those headers that were not precompiled.
  void run(llvm::ArrayRef<const clang::Decl *> TopLevel);

  clang::ASTContext &Ctx;
  clang::SourceManager &SM;
  clang::Sema &S;
  MacroTable &Macros;
  kir_builder *B;

  // locations.cpp
  kir_id loc(clang::SourceLocation Loc);
  /// Under which it was found.
  std::string fileName(clang::FileID File);
  /// In the main file, or in a source file that it includes.
  bool inSource(clang::SourceLocation Loc);

  // types.cpp
  struct kir_type type(clang::QualType T);
  kir_id record(const clang::RecordDecl *RD);
  /// The record, and its fields are wanted in the module.
  kir_id defineRecord(const clang::RecordDecl *RD);
  /// Of a record, or null when the unit does not see it.
  const clang::RecordDecl *definition(const clang::RecordDecl *RD);
  kir_id recordOf(clang::QualType T); ///< KIR_NONE unless T is a record.

  // decls.cpp
  llvm::StringRef functionName(const clang::FunctionDecl *FD);
  void useFunction(const clang::FunctionDecl *FD);
  void useFunctionName(llvm::StringRef Name, const clang::FunctionDecl *FD);
  kir_id useGlobal(const clang::VarDecl *VD);
  /// A compound literal of static storage becomes a global of its own.
  kir_id useLiteral(const clang::CompoundLiteralExpr *E);
  /// The value of a constant variable with a constant initialiser.
  std::optional<int64_t> constantVariable(const clang::VarDecl *VD);

private:
  // types.cpp
  std::string recordName(const clang::RecordDecl *RD);
  void emitRecord(const clang::RecordDecl *RD);
  void emitRecords();

  // decls.cpp
  bool isRoot(const clang::FunctionDecl *FD);
  bool followed(const clang::FunctionDecl *FD);
  void collectRoots(llvm::ArrayRef<const clang::Decl *> TopLevel);
  void collectRoot(const clang::Decl *D);
  bool isIncluded(const clang::Decl *D);
  bool standsBefore(const clang::Decl *A, const clang::Decl *B);
  template <typename Decl> const Decl *namesake(const Decl *D);
  void lowerFunction(const clang::FunctionDecl *FD);
  void declareFunction(llvm::StringRef Name, const clang::FunctionDecl *FD);
  uint32_t functionFlags(const clang::FunctionDecl *FD,
                         const clang::FunctionDecl *Def);

  // addresses.cpp
  static bool isDiscarded(const clang::VarDecl *VD);
  void findAddressTaken();

  // annots.cpp
  void annotateFunction(const clang::FunctionDecl *FD);
  void annotateField(const clang::FieldDecl *FD);
  template <typename Emit>
  void annotations(const clang::Decl *D, clang::SourceLocation From,
                   clang::SourceLocation To, Emit Add);
  clang::SourceLocation declarationEnd(const clang::Decl *D,
                                       clang::SourceLocation End);

  // globals.cpp
  void emitGlobal(const clang::VarDecl *VD);
  void emitLiteral(const clang::CompoundLiteralExpr *E, const std::string &Name);
  void emitInit(kir_id Place, const clang::Expr *Init, kir_id Record,
                llvm::StringRef Field, unsigned Depth);
  void emitGlobals();
  std::string globalName(const clang::VarDecl *VD);

  // consts.cpp
  void emitConstants();

  const Names &Wanted;
  Guard *Common;
  bool All;
  llvm::DenseMap<unsigned, kir_id> Locs;
  llvm::DenseMap<clang::FileID, const char *> FileNames;
  std::deque<std::string> FileNameTexts;
  llvm::DenseMap<clang::FileID, bool> SourceFiles;
  llvm::DenseMap<const clang::Type *, struct kir_type> Types;
  llvm::DenseMap<const clang::RecordDecl *, kir_id> Records;
  llvm::SetVector<const clang::RecordDecl *> RecordsToDefine;
  std::vector<const clang::FunctionDecl *> FunctionsToLower;
  llvm::DenseSet<const clang::FunctionDecl *> Followed; ///< Canonical.
  llvm::MapVector<llvm::StringRef, const clang::FunctionDecl *> Referenced;
  llvm::StringSet<> Emitted; ///< Functions.
  llvm::DenseSet<const clang::FunctionDecl *> AddressTaken; ///< Canonical.
  llvm::SetVector<const clang::VarDecl *> Globals;
  llvm::StringSet<> EmittedGlobals;
  size_t NextGlobal = 0, NextLiteral = 0;
  llvm::DenseMap<const clang::VarDecl *, std::string> GlobalNames; ///< Canonical.
  llvm::StringMap<unsigned> CounterNames; ///< How many have the name already.
  llvm::DenseMap<const clang::VarDecl *, kir_id> GlobalPlaces;
  llvm::MapVector<const clang::CompoundLiteralExpr *, std::string> Literals;
  llvm::DenseMap<const clang::VarDecl *, std::optional<int64_t>> ConstantVars;
};

/// A link of the chain of variables that are alive, innermost first.  A variable
/// with a cleanup has two: one from its declaration on, one from the end of its
/// initialiser on.
struct Scope {
  const Scope *Parent;
  unsigned Depth;
  const clang::VarDecl *Var;
  kir_id Local;
  bool IsCleanup;
};

/// A place that break, continue or a fall-through go to; its block is made when
/// it is first needed.
struct Target {
  uint32_t Block = KIR_NONE;
  const Scope *Where = nullptr;
};

/// One function.  Cur is the block that events go to, or KIR_NONE where control
/// cannot come: code there is walked only for the labels in it.
class Body {
public:
  explicit Body(Unit &U) : U(U), B(U.B), Ctx(U.Ctx) {}

  /// Blocks of FD's body, into the function begun last.  Returns the reason when
  /// it cannot be lowered, or an empty string.
  std::string lower(const clang::FunctionDecl *FD);

  /// A value in a static initialiser: no events are possible.
  kir_id staticValue(const clang::Expr *E) { return value(E); }

private:
  class Nesting;
  friend class Nesting;

  // exprs.cpp: values
  kir_id value(const clang::Expr *E);
  kir_id plainValue(const clang::Expr *E);
  kir_id castValue(const clang::CastExpr *E);
  kir_id readPlace(const clang::Expr *E);
  kir_id unaryValue(const clang::UnaryOperator *E);
  kir_id binaryValue(const clang::BinaryOperator *E);
  kir_id containerOf(const clang::BinaryOperator *E, const clang::Expr *Pointer);
  kir_id containerOf(kir_id Pointer, const clang::OffsetOfExpr *Offset);
  kir_id incDec(const clang::UnaryOperator *E, bool Used);
  kir_id assign(const clang::BinaryOperator *E);
  kir_id compoundAssign(const clang::CompoundAssignOperator *E);
  kir_id toBool(kir_id V, clang::QualType From);
  kir_id evaluated(const clang::Expr *E);

  // places.cpp
  kir_id place(const clang::Expr *E);
  kir_id plainPlace(const clang::Expr *E);
  kir_id memberPlace(const clang::MemberExpr *E);
  kir_id elementPlace(const clang::Expr *Base, const clang::Expr *Index);
  kir_id dereference(const clang::Expr *Pointer);
  kir_id declPlace(const clang::DeclRefExpr *E);
  kir_id variable(const clang::VarDecl *VD);
  kir_id compoundLiteral(const clang::CompoundLiteralExpr *E);

  // conds.cpp
  void effect(const clang::Expr *E);
  void cond(const clang::Expr *E, uint32_t Yes, uint32_t No);
  kir_id condValue(const clang::Expr *E);
  kir_id conditional(const clang::ConditionalOperator *E, bool Used);
  kir_id elvis(const clang::BinaryConditionalOperator *E);
  kir_id statementExpr(const clang::StmtExpr *E, bool Used);
  kir_id containerStatement(const clang::StmtExpr *E);

  // calls.cpp
  kir_id call(const clang::CallExpr *E);
  bool builtin(const clang::CallExpr *E, const clang::FunctionDecl *FD,
               unsigned ID, kir_id &Result);
  kir_id argument(const clang::Expr *E);
  kir_id unknownEffect(llvm::ArrayRef<const clang::Expr *> Args);
  kir_id isConstant(const clang::Expr *E);

  // expand.cpp: contract-bearing macros
  struct Found;
  Expansion *replacedBy(const clang::Stmt *S);
  void findArguments(const clang::Stmt *Node, Expansion &X, Found &F);
  kir_id expand(Expansion &X, const clang::Stmt *Node);
  void expandHead(const clang::Stmt *S);
  void expandDecl(const clang::DeclStmt *S, Expansion &X);
  kir_id emitExpansion(Expansion &X, Found &F, bool Pure, clang::QualType T);

  // inits.cpp
  void initialise(kir_id Place, clang::QualType T, const clang::Expr *Init,
                  clang::SourceLocation Loc);
  void initialiseList(kir_id Place, clang::QualType T,
                      const clang::InitListExpr *List, bool Zero,
                      clang::SourceLocation Loc);
  void zero(kir_id Place, clang::QualType T, clang::SourceLocation Loc);
  unsigned leaves(clang::QualType T, unsigned Limit);

  // stmts.cpp
  void stmt(const clang::Stmt *S);
  void plainStmt(const clang::Stmt *S);
  void compound(const clang::CompoundStmt *S);
  void ifStmt(const clang::IfStmt *S);
  void whileStmt(const clang::WhileStmt *S);
  void doStmt(const clang::DoStmt *S);
  void forStmt(const clang::ForStmt *S);
  void returnStmt(const clang::ReturnStmt *S);
  void declStmt(const clang::DeclStmt *S);
  void variableDecl(const clang::VarDecl *VD);
  void nullStmt(const clang::NullStmt *S);
  void loopBody(const clang::Stmt *S, Target &Break, Target &Continue);

  // jumps.cpp: switch, labels, asm
  void switchStmt(const clang::SwitchStmt *S);
  void switchCase(const clang::SwitchCase *S);
  void labelStmt(const clang::LabelStmt *S);
  void gotoLabel(const clang::LabelDecl *L, clang::SourceLocation Loc);
  void indirectGoto(const clang::IndirectGotoStmt *S);
  void asmStmt(const clang::GCCAsmStmt *S);
  void choice(llvm::ArrayRef<const clang::LabelDecl *> Labels,
              bool FallsThrough, clang::SourceLocation Loc);
  void settleGotos();
  static bool containsLabel(const clang::Stmt *S);

  // scopes.cpp: blocks and scopes
  bool live() const { return Cur != KIR_NONE; }
  uint32_t newBlock(bool IsBack = false);
  uint32_t real(uint32_t Block);
  void setTarget(uint32_t Block) { Blocks[Block].IsTarget = true; }
  bool reached(uint32_t Block) const { return Blocks[Block].IsTarget; }
  void enter(uint32_t Block); ///< Go on there, dead if nothing jumps to it.
  void jump(uint32_t Block, clang::SourceLocation Loc);
  void jump(Target &T, clang::SourceLocation Loc);
  void land(Target &T, clang::SourceLocation Loc);
  void branch(kir_id V, uint32_t Yes, uint32_t No, clang::SourceLocation Loc);
  void unreachable(clang::SourceLocation Loc);
  kir_id temp();
  void store(kir_id Dst, kir_id V, clang::SourceLocation Loc, uint8_t Flags = 0);
  void copy(kir_id Dst, kir_id V, kir_id Record, clang::SourceLocation Loc,
            uint8_t Flags = 0);
  kir_id toTemp(kir_id V, clang::QualType T, clang::SourceLocation Loc);
  bool readsPlace(kir_id V) const;
  void push(const clang::VarDecl *VD, kir_id Local, bool IsCleanup);
  void leaveTo(const Scope *To, clang::SourceLocation Loc);
  void popTo(const Scope *To, clang::SourceLocation Loc);

  kir_id opaque() { return kir_v_opaque(B); }
  kir_id integer(int64_t V) { return kir_v_int(B, V); }
  std::optional<int64_t> asInteger(kir_id V) const;
  uint8_t kindOf(kir_id V) const { return kir_builder_value(B, V)->kind; }
  void fail(std::string Reason);

  bool NotInlined = false; ///< Here because something is no constant yet.
  struct BlockState {
    uint32_t Real = KIR_NONE; ///< In the module, once it is needed.
    uint32_t From = KIR_NONE; ///< Real block that alone goes here, not yet ended.
    clang::SourceLocation Loc; ///< Of that jump.
    bool IsBack = false;
    bool IsTarget = false;
  };
  struct PendingGoto {
    uint32_t Block; ///< Real.
    const Scope *From;
    const clang::LabelDecl *To;
    clang::SourceLocation Loc;
  };
  struct Label {
    uint32_t Block;
    const Scope *Where;
  };

  Unit &U;
  kir_builder *B;
  clang::ASTContext &Ctx;
  const clang::FunctionDecl *Function = nullptr; ///< Null in initialisers.
  std::string Why;
  unsigned Depth = 0;
  uint32_t Cur = KIR_NONE;
  std::vector<BlockState> Blocks;
  const Scope *Innermost = nullptr;
  std::deque<Scope> Scopes;
  Target *Break = nullptr, *Continue = nullptr;
  llvm::DenseMap<const clang::SwitchCase *, uint32_t> Cases;
  llvm::DenseMap<const clang::VarDecl *, kir_id> Variables;
  llvm::DenseMap<const clang::Expr *, kir_id> OpaqueValues;
  llvm::DenseMap<const clang::Expr *, kir_id> HiddenLocals;
  llvm::DenseMap<const clang::LabelDecl *, Label> Labels;
  llvm::SetVector<const clang::LabelDecl *> AddressLabels;
  std::vector<PendingGoto> Gotos;
  std::vector<std::pair<uint32_t, const Scope *>> IndirectGotos;
};

/// Counts nesting for as long as it lives; beyond the limit the function fails.
class Body::Nesting {
public:
  explicit Nesting(Body &F) : F(F) {
    if (++F.Depth > 800)
      F.fail("nested too deeply");
  }
  ~Nesting() { --F.Depth; }
  bool tooDeep() const { return F.Depth > 800; }

private:
  Body &F;
};

} // namespace klint

#endif
