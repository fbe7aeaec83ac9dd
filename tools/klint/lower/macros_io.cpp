// SPDX-License-Identifier: MIT
// The MacroTable of a precompiled header: written when it is made, read and moved
// to where the header's locations are in the unit that begins with it.

#include "common.h"

using namespace clang;

namespace klint {

static uint32_t raw(SourceLocation Loc) { return Loc.getRawEncoding(); }

static SourceLocation fromRaw(uint32_t Raw) {
  return SourceLocation::getFromRawEncoding(Raw);
}

void MacroTable::write(Writer &W) const {
  W.u32(Expansions.size());
  for (const Expansion &X : Expansions) {
    W.text(X.Name->getName());
    W.u32(raw(X.Range.getBegin()));
    W.u32(raw(X.Range.getEnd()));
    W.u32(X.NumArgs);
    W.u32(X.Tokens.size());
    for (const auto &[Loc, Index] : X.Tokens) {
      W.u32(Loc);
      W.u32(Index);
    }
  }
  W.u32(Uses.size());
  for (const AnnotationUse &Use : Uses) {
    W.text(Use.Name->getName());
    W.u32(raw(Use.Loc));
    W.u32(raw(Use.End));
    W.text(Use.Text);
  }
  W.u32(Counters.size());
  for (const auto &[Loc, Values] : Counters) {
    W.u32(Loc);
    W.u32(Values.size());
    for (unsigned Value : Values)
      W.u32(Value);
  }
}

void MacroTable::read(Reader &R) {
  for (uint32_t N = R.count(20); N; --N) {
    Expansion &X = Expansions.emplace_back();
    X.Name = PP.getIdentifierInfo(R.text());
    SourceLocation Begin = fromRaw(R.u32());
    X.Range = SourceRange(Begin, fromRaw(R.u32()));
    X.NumArgs = R.u32();
    X.Tokens.resize(R.count(8));
    for (auto &[Loc, Index] : X.Tokens) {
      Loc = R.u32();
      Index = R.u32();
    }
  }
  for (uint32_t N = R.count(16); N; --N) {
    AnnotationUse &Use = Uses.emplace_back();
    Use.Name = PP.getIdentifierInfo(R.text());
    Use.Loc = fromRaw(R.u32());
    Use.End = fromRaw(R.u32());
    Use.Text = R.text().str();
  }
  for (uint32_t N = R.count(8); N; --N) {
    auto &Values = Counters[R.u32()];
    for (uint32_t M = R.count(4); M; --M)
      Values.push_back(R.u32());
  }
}

void MacroTable::place(int32_t Delta) {
  auto Moved = [Delta](SourceLocation Loc) {
    return Loc.isValid() ? Loc.getLocWithOffset(Delta) : Loc;
  };
  for (Expansion &X : Expansions) {
    X.Range = SourceRange(Moved(X.Range.getBegin()), Moved(X.Range.getEnd()));
    ByName[raw(X.Range.getBegin())] = &X;
    for (auto &[Loc, Index] : X.Tokens)
      Loc = raw(Moved(fromRaw(Loc)));
  }
  for (AnnotationUse &Use : Uses) {
    Use.Loc = Moved(Use.Loc);
    Use.End = Moved(Use.End);
  }
  decltype(Counters) There;
  There.swap(Counters);
  for (auto &[Loc, Values] : There)
    Counters[raw(Moved(fromRaw(Loc)))] = std::move(Values);
}

} // namespace klint
