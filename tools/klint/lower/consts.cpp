// SPDX-License-Identifier: MIT
// Integer constants that the rules ask for by name: enumerators, and macros, which
// the preprocessor expands once more after the file has been parsed and a small
// evaluator computes.  What is not a constant expression is left out.

#include "lower.h"

#include "fold.h"

#include "clang/Lex/LiteralSupport.h"

using namespace clang;

namespace klint {

namespace {

struct Number {
  int64_t Value = 0;
  unsigned Width = 32;
  bool Unsigned = false;
};

/// Recursive descent over the tokens of one expression.
class Evaluator {
public:
  Evaluator(Sema &S, Guard *Common, ArrayRef<Token> Tokens)
      : S(S), Common(Common), Tokens(Tokens) {}

  std::optional<int64_t> run() {
    std::optional<Number> Result = ternary();
    if (!Result || Pos != Tokens.size())
      return std::nullopt;
    return Result->Value;
  }

private:
  using Value = std::optional<Number>;

  const Token *peek() const {
    return Pos < Tokens.size() ? &Tokens[Pos] : nullptr;
  }
  bool accept(tok::TokenKind Kind) {
    if (!peek() || !peek()->is(Kind))
      return false;
    ++Pos;
    return true;
  }

  Value ternary() {
    Value Cond = binary(1);
    if (!Cond || !accept(tok::question))
      return Cond;
    Value Yes = ternary();
    if (!Yes || !accept(tok::colon))
      return std::nullopt;
    Value No = ternary();
    return Cond->Value ? Yes : No;
  }

  struct Operator {
    int Precedence;
    enum kir_op Op, UnsignedOp;
  };

  static Operator operatorOf(tok::TokenKind Kind) {
    switch (Kind) {
    case tok::pipe: return {3, KIR_OP_OR, KIR_OP_OR};
    case tok::caret: return {4, KIR_OP_XOR, KIR_OP_XOR};
    case tok::amp: return {5, KIR_OP_AND, KIR_OP_AND};
    case tok::equalequal: return {6, KIR_OP_EQ, KIR_OP_EQ};
    case tok::exclaimequal: return {6, KIR_OP_NE, KIR_OP_NE};
    case tok::less: return {7, KIR_OP_LT, KIR_OP_ULT};
    case tok::lessequal: return {7, KIR_OP_LE, KIR_OP_ULE};
    case tok::greater: return {7, KIR_OP_GT, KIR_OP_UGT};
    case tok::greaterequal: return {7, KIR_OP_GE, KIR_OP_UGE};
    case tok::lessless: return {8, KIR_OP_SHL, KIR_OP_SHL};
    case tok::greatergreater: return {8, KIR_OP_SHR, KIR_OP_SHR};
    case tok::plus: return {9, KIR_OP_ADD, KIR_OP_ADD};
    case tok::minus: return {9, KIR_OP_SUB, KIR_OP_SUB};
    case tok::star: return {10, KIR_OP_MUL, KIR_OP_MUL};
    case tok::slash: return {10, KIR_OP_DIV, KIR_OP_DIV};
    case tok::percent: return {10, KIR_OP_REM, KIR_OP_REM};
    default: return {0, KIR_OP_NOPS, KIR_OP_NOPS};
    }
  }

  static Value apply(const Operator &O, Number L, Number R) {
    bool Shift = O.Op == KIR_OP_SHL || O.Op == KIR_OP_SHR;
    unsigned Width = Shift ? L.Width : std::max(L.Width, R.Width);
    bool Unsigned = Shift ? L.Unsigned
                          : (L.Unsigned && L.Width == Width) ||
                                (R.Unsigned && R.Width == Width);
    if (!Shift) {
      L.Value = wrap(L.Value, Width, Unsigned);
      R.Value = wrap(R.Value, Width, Unsigned);
    }
    std::optional<int64_t> V =
        fold(Unsigned ? O.UnsignedOp : O.Op, L.Value, R.Value, Width, Unsigned);
    if (!V)
      return std::nullopt;
    if (O.Op >= KIR_OP_EQ)
      return Number{*V, 32, false};
    return Number{*V, Width, Unsigned};
  }

  Value binary(int Minimum) {
    Value L = unary();
    while (L && peek()) {
      bool AndAnd = peek()->is(tok::ampamp), OrOr = peek()->is(tok::pipepipe);
      if (AndAnd || OrOr) {
        int Precedence = AndAnd ? 2 : 1;
        if (Precedence < Minimum)
          break;
        ++Pos;
        Value R = binary(Precedence + 1);
        if (!R)
          return R;
        L = Number{AndAnd ? L->Value && R->Value : L->Value || R->Value};
        continue;
      }
      Operator O = operatorOf(peek()->getKind());
      if (!O.Precedence || O.Precedence < Minimum)
        break;
      ++Pos;
      Value R = binary(O.Precedence + 1);
      if (!R)
        return R;
      L = apply(O, *L, *R);
    }
    return L;
  }

  Value unary() {
    if (++Depth > 200)
      return std::nullopt;
    Value Result = unaryOperand();
    --Depth;
    return Result;
  }

  Value unaryOperand() {
    if (accept(tok::plus))
      return unary();
    if (accept(tok::minus)) {
      Value V = unary();
      return V ? Number{wrap(-(uint64_t)V->Value, V->Width, V->Unsigned),
                        V->Width, V->Unsigned}
               : V;
    }
    if (accept(tok::tilde)) {
      Value V = unary();
      return V ? Number{wrap(~(uint64_t)V->Value, V->Width, V->Unsigned),
                        V->Width, V->Unsigned}
               : V;
    }
    if (accept(tok::exclaim)) {
      Value V = unary();
      return V ? Number{!V->Value} : V;
    }
    return primary();
  }

  Value primary() {
    const Token *T = peek();
    if (!T)
      return std::nullopt;
    if (T->is(tok::numeric_constant))
      return literal(Tokens[Pos++]);
    if (T->is(tok::l_paren)) {
      ++Pos;
      if (startsType()) {
        if (!skipType())
          return std::nullopt;
        return unary();
      }
      Value V = ternary();
      return V && accept(tok::r_paren) ? V : std::nullopt;
    }
    if (const EnumConstantDecl *E = enumerator(T->getIdentifierInfo())) {
      ++Pos;
      llvm::APSInt V = E->getInitVal();
      return Number{V.extOrTrunc(64).getSExtValue(), V.getBitWidth(),
                    V.isUnsigned()};
    }
    return std::nullopt;
  }

  Value literal(const Token &T) {
    SmallString<32> Buffer;
    bool Invalid = false;
    StringRef Text = S.getPreprocessor().getSpelling(T, Buffer, &Invalid);
    std::string Lower = Text.lower();
    StringRef Digits = StringRef(Lower).rtrim("ul");
    bool Unsigned = StringRef(Lower).drop_front(Digits.size()).contains('u');
    bool Long = StringRef(Lower).drop_front(Digits.size()).contains('l');
    uint64_t V;
    if (Invalid || Digits.getAsInteger(0, V))
      return std::nullopt;
    bool Decimal = !Digits.starts_with("0") || Digits.size() == 1;
    unsigned Width = Long || V > UINT32_MAX || (Decimal && !Unsigned && V > INT32_MAX)
                         ? 64
                         : 32;
    if (V > (Width == 64 ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX))
      Unsigned = true;
    return Number{(int64_t)V, Width, Unsigned};
  }

  const NamedDecl *find(const IdentifierInfo *II) const {
    if (!II)
      return nullptr;
    for (const NamedDecl *D : S.IdResolver.decls(DeclarationName(II)))
      if ((isa<EnumConstantDecl>(D) || isa<TypedefNameDecl>(D)) &&
          (!Common || Common->isIncluded(D->getLocation())))
        return D;
    return nullptr;
  }

  const EnumConstantDecl *enumerator(const IdentifierInfo *II) const {
    return dyn_cast_or_null<EnumConstantDecl>(find(II));
  }

  // A type in parentheses: what follows '(' is a type keyword, a typedef name or
  // an attribute.
  bool startsType() const {
    const Token *T = peek();
    if (!T)
      return false;
    if (T->isOneOf(tok::kw_int, tok::kw_unsigned, tok::kw_signed, tok::kw_long,
                   tok::kw_short, tok::kw_char, tok::kw__Bool, tok::kw_const,
                   tok::kw_struct, tok::kw_enum, tok::kw___attribute))
      return true;
    return isa_and_nonnull<TypedefNameDecl>(find(T->getIdentifierInfo()));
  }

  bool skipType() {
    for (unsigned Open = 1; peek(); ++Pos) {
      if (peek()->is(tok::l_paren))
        ++Open;
      if (peek()->is(tok::r_paren) && --Open == 0) {
        ++Pos;
        return true;
      }
    }
    return false;
  }

  Sema &S;
  Guard *Common;
  ArrayRef<Token> Tokens;
  size_t Pos = 0;
  unsigned Depth = 0;
};

} // namespace

// The tokens that the name expands to.  They are lexed from a stream of two, the
// name and an end mark, so that the file's own lexers are not touched.
static std::vector<Token> expandedName(Preprocessor &PP, IdentifierInfo *II,
                                       SourceLocation Loc) {
  auto Stream = std::make_unique<Token[]>(2);
  Stream[0].startToken();
  Stream[0].setKind(II->getTokenID());
  Stream[0].setIdentifierInfo(II);
  Stream[0].setLocation(Loc);
  Stream[1].startToken();
  Stream[1].setKind(tok::eof);
  Stream[1].setLocation(Loc);
  PP.EnterTokenStream(std::move(Stream), 2, /*DisableMacroExpansion=*/false,
                      /*IsReinject=*/false);
  std::vector<Token> Result;
  Token T;
  for (PP.Lex(T); T.isNot(tok::eof); PP.Lex(T))
    Result.push_back(T);
  PP.RemoveTopOfLexerStack();
  return Result;
}

void Unit::emitConstants() {
  Preprocessor &PP = S.getPreprocessor();
  SourceLocation Loc = SM.getLocForStartOfFile(SM.getMainFileID());
  for (const std::string &Name : Wanted.Constants) {
    IdentifierInfo *II = PP.getIdentifierInfo(Name);
    const MacroInfo *MI = PP.getMacroInfo(II);
    if (MI && (MI->isFunctionLike() ||
               (Common && !Common->isIncluded(MI->getDefinitionLoc()))))
      continue;
    std::vector<Token> Tokens = expandedName(PP, II, Loc);
    if (std::optional<int64_t> V = Evaluator(S, Common, Tokens).run())
      kir_const(B, Name.c_str(), *V);
  }
}

} // namespace klint
