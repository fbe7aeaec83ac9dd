// SPDX-License-Identifier: MIT
// The Clang plugin "klint": lowers the unit that is being compiled and writes it
// as a KIR module.
//
//   -fplugin-arg-klint-out=FILE     where the module goes (required)
//   -fplugin-arg-klint-names=FILE   the names that the rules ask for
//   -fplugin-arg-klint-all          lower header functions that nobody uses, too
//   -fplugin-arg-klint-common=FILE  the unit begins with a precompiled header, and
//                                   this is its table (common.h)
//   -fplugin-arg-klint-make-common=FILE  the unit is such a header: write its table
//
// It must not be noticed by the compile: it emits no diagnostics and never fails.
// What goes wrong is one line in FILE.err.  Only a unit that was given a precompiled
// header ends the process, with ExitPlain, when it must be read without.

#include "lower.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Sema/SemaConsumer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <unistd.h>

using namespace clang;

namespace klint {
namespace {

struct Options {
  std::string Out, NamesFile, Common, MakeCommon, Problem;
  bool All = false;
};

void writeError(const Options &Opts, const std::string &Message) {
  if (Opts.Out.empty())
    return;
  llvm::sys::fs::remove(Opts.Out);
  std::error_code EC;
  llvm::raw_fd_ostream Stream(Opts.Out + ".err", EC);
  if (!EC)
    Stream << Message << "\n";
  Stream.clear_error();
}

/// Reads lines of a kind letter, a blank and a name.
bool readNames(const std::string &Path, Names &Result, std::string &Problem) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer) {
    Problem = Path + ": " + Buffer.getError().message();
    return false;
  }
  SmallVector<StringRef, 256> Lines;
  (*Buffer)->getBuffer().split(Lines, '\n', -1, /*KeepEmpty=*/true);
  for (size_t I = 0; I < Lines.size(); ++I) {
    StringRef Line = Lines[I].trim();
    if (Line.empty())
      continue;
    auto [Kind, Name] = Line.split(' ');
    std::vector<std::string> *List = Kind == "m"   ? &Result.Contracts
                                     : Kind == "p" ? &Result.Macros
                                     : Kind == "a" ? &Result.Annotations
                                     : Kind == "c" ? &Result.Constants
                                                   : nullptr;
    if (!List || Name.empty()) {
      Problem = Path + ":" + std::to_string(I + 1) +
                ": expected 'm', 'p', 'a' or 'c' and a name";
      return false;
    }
    List->push_back(Name.str());
  }
  return true;
}

unsigned runningMajor() {
  std::string Full = getClangFullVersion();
  StringRef Version = Full;
  Version = Version.substr(Version.find("version ") + strlen("version "));
  unsigned Major = 0;
  Version.consumeInteger(10, Major);
  return Major;
}

class Consumer : public SemaConsumer {
public:
  Consumer(CompilerInstance &CI, Options O)
      : CI(CI), Opts(std::move(O)), Macros(CI.getPreprocessor()) {
    if (!Opts.NamesFile.empty() && Opts.Problem.empty())
      readNames(Opts.NamesFile, Wanted, Opts.Problem);
    for (const std::string &Name : Wanted.Contracts)
      Macros.watchContract(Name);
    for (const std::string &Name : Wanted.Macros)
      Macros.watchMacro(Name);
    for (const std::string &Name : Wanted.Annotations)
      Macros.watchAnnotation(Name);
    if (!Opts.Problem.empty())
      return;
    Macros.attach();
    numberApart();
    if (!Opts.Common.empty()) {
      Common = std::make_unique<Guard>(
          CI, Macros, [this](std::string Reason) { readPlainly(Reason); });
      if (Common->load(Opts.Common, Opts.Problem))
        Common->attach();
    }
    if (!Opts.MakeCommon.empty()) {
      Header = std::make_unique<Recorder>(CI);
      Header->attach();
    }
  }

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (const Decl *D : Group)
      TopLevel.push_back(D);
    return true;
  }

  void InitializeSema(Sema &S) override { TheSema = &S; }
  void ForgetSema() override { TheSema = nullptr; }

  void HandleTranslationUnit(ASTContext &Ctx) override {
    if (Header && !CI.getDiagnostics().hasErrorOccurred())
      makeCommon(Ctx);
    if (Opts.Out.empty())
      return;
    if (Opts.Problem.empty() && CI.getDiagnostics().hasErrorOccurred())
      Opts.Problem = "the file does not compile";
    if (Opts.Problem.empty() && !TheSema)
      Opts.Problem = "the compiler did not say what it parsed";
    if (Opts.Problem.empty())
      lower(Ctx);
    if (!Opts.Problem.empty())
      writeError(Opts, Opts.Problem);
    else
      llvm::sys::fs::remove(Opts.Out + ".err");
  }

private:
  // Where nothing is compiled, __COUNTER__ may begin with numbers that nobody has
  // written into a name, and that a header has not used.
  void numberApart() {
    if (CI.getFrontendOpts().ProgramAction == frontend::ParseSyntaxOnly)
      CI.getPreprocessor().setCounterValue(1500000000);
    else if (CI.getFrontendOpts().ProgramAction == frontend::GeneratePCH)
      CI.getPreprocessor().setCounterValue(1000000000);
  }

  [[noreturn]] void readPlainly(const std::string &Reason) {
    writeError(Opts, Reason);
    _exit(ExitPlain);
  }

  void makeCommon(ASTContext &Ctx) {
    std::string Problem;
    if (Header->finish(Ctx, Macros, Opts.MakeCommon, Problem))
      return;
    llvm::errs() << "error: " << Problem << "\n";
    _exit(1);
  }

  void lower(ASTContext &Ctx) {
    Macros.stop();
    if (Common)
      Common->stop();
    const SourceManager &SM = Ctx.getSourceManager();
    OptionalFileEntryRef Main = SM.getFileEntryRefForID(SM.getMainFileID());
    std::string Source = Main ? Main->getName().str() : "<stdin>";
    kir_builder *B =
        kir_builder_new(Source.c_str(), "clang " CLANG_VERSION_STRING);
    Unit(*TheSema, Macros, Wanted, Common.get(), B, Opts.All).run(TopLevel);
    char Error[512] = "";
    kir_module *Module = kir_builder_finish(B, Error, sizeof(Error));
    if (!Module || kir_save(Module, Opts.Out.c_str(), Error, sizeof(Error)))
      Opts.Problem = Error;
    kir_close(Module);
  }

  CompilerInstance &CI;
  Options Opts;
  Names Wanted;
  MacroTable Macros;
  std::unique_ptr<Guard> Common;
  std::unique_ptr<Recorder> Header;
  std::vector<const Decl *> TopLevel;
  Sema *TheSema = nullptr;
};

class Action : public PluginASTAction {
protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI,
                                                 StringRef) override {
    return std::make_unique<Consumer>(CI, Opts);
  }

  bool ParseArgs(const CompilerInstance &,
                 const std::vector<std::string> &Args) override {
    for (StringRef Arg : Args) {
      if (Arg.consume_front("out="))
        Opts.Out = Arg.str();
      else if (Arg.consume_front("names="))
        Opts.NamesFile = Arg.str();
      else if (Arg.consume_front("make-common="))
        Opts.MakeCommon = Arg.str();
      else if (Arg.consume_front("common="))
        Opts.Common = Arg.str();
      else if (Arg == "all")
        Opts.All = true;
      else
        Opts.Problem = "unknown plugin argument '" + Arg.str() + "'";
    }
    if (runningMajor() != KLINT_CLANG_VERSION)
      Opts.Problem = "this plugin is for clang " +
                     std::to_string(KLINT_CLANG_VERSION) + ", not " +
                     std::to_string(runningMajor());
    return true;
  }

  ActionType getActionType() override { return AddBeforeMainAction; }

private:
  Options Opts;
};

} // namespace
} // namespace klint

static FrontendPluginRegistry::Add<klint::Action>
    X("klint", "lower the unit to KIR, the facts that klint analyses");
