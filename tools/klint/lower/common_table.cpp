// SPDX-License-Identifier: MIT
// The file beside a precompiled header: a magic, a checksum, then the CommonTable
// and what the MacroTable had recorded.

#include "common.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <algorithm>

using namespace clang;
using namespace llvm::support;

namespace klint {

static constexpr char Magic[] = "klint common 2\n";

void Writer::u32(uint32_t V) {
  char Raw[4];
  endian::write32le(Raw, V);
  Bytes.append(Raw, sizeof(Raw));
}

void Writer::u64(uint64_t V) {
  u32(V);
  u32(V >> 32);
}

void Writer::text(StringRef S) {
  u32(S.size());
  Bytes += S;
}

StringRef Reader::take(size_t N) {
  if (N > Bytes.size()) {
    Bad = true;
    Bytes = "";
    return "";
  }
  StringRef Result = Bytes.take_front(N);
  Bytes = Bytes.drop_front(N);
  return Result;
}

uint32_t Reader::u32() {
  StringRef Raw = take(4);
  return Bad ? 0 : endian::read32le(Raw.data());
}

uint64_t Reader::u64() {
  uint64_t Low = u32();
  return Low | (uint64_t)u32() << 32;
}

StringRef Reader::text() { return take(u32()); }

uint32_t Reader::count(size_t Size) {
  uint32_t N = u32();
  if (N > Bytes.size() / Size) {
    Bad = true;
    return 0;
  }
  return N;
}

static void writeTexts(Writer &W, ArrayRef<std::string> Texts) {
  W.u32(Texts.size());
  for (const std::string &Text : Texts)
    W.text(Text);
}

static void readTexts(Reader &R, std::vector<std::string> &Texts) {
  for (uint32_t N = R.count(4); N; --N)
    Texts.push_back(R.text().str());
}

static void writeWords(Writer &W, ArrayRef<CommonTable::Word> Words) {
  W.u32(Words.size());
  for (const CommonTable::Word &X : Words) {
    W.u64(X.Hash);
    W.u32(X.End);
  }
}

static void readWords(Reader &R, std::vector<CommonTable::Word> &Words) {
  uint32_t Before = 0;
  Words.resize(R.count(12));
  for (CommonTable::Word &X : Words) {
    X.Hash = R.u64();
    X.End = R.u32();
    R.Bad |= X.End < Before;
    Before = X.End;
  }
}

void CommonTable::write(Writer &W) const {
  W.u32(Files.size());
  for (const File &F : Files) {
    W.text(F.Path);
    W.u32(F.Always);
    W.u32(F.Includes.size());
    for (uint32_t I : F.Includes)
      W.u32(I);
  }
  W.u32(Buffers.size());
  for (const Buffer &B : Buffers) {
    W.u32(B.Start);
    W.u32(B.File);
    W.text(B.Requested);
  }
  W.u32(Tested.size());
  for (const auto &T : Tested) {
    W.text(T.getKey());
    W.u32(T.getValue().size());
    for (uint32_t F : T.getValue())
      W.u32(F);
  }
  W.u32(Overridable.size());
  for (const auto &O : Overridable) {
    W.text(O.getKey());
    W.u32(O.getValue());
  }
  writeWords(W, Macros);
  W.u32(Expansions.size());
  for (uint32_t Begin : Expansions)
    W.u32(Begin);
  writeWords(W, Words);
  W.u32(WordFiles.size());
  for (InFile F : WordFiles)
    W.u32(F.File << 1 | F.Bound);
  writeTexts(W, Defines);
  writeTexts(W, Roots);
}

void CommonTable::read(Reader &R) {
  Files.resize(R.count(12));
  for (File &F : Files) {
    F.Path = R.text().str();
    F.Always = R.u32();
    for (uint32_t N = R.count(4); N; --N) {
      uint32_t To = R.u32();
      R.Bad |= To >= Files.size();
      F.Includes.insert(To);
    }
  }
  Buffers.resize(R.count(12));
  for (Buffer &B : Buffers) {
    B.Start = R.u32();
    B.File = R.u32();
    B.Requested = R.text().str();
    R.Bad |= B.File != NoFile && B.File >= Files.size();
  }
  for (uint32_t N = R.count(8); N; --N) {
    std::vector<uint32_t> &In = Tested[R.text()];
    for (uint32_t M = R.count(4); M; --M)
      In.push_back(R.u32());
  }
  for (uint32_t N = R.count(8); N; --N) {
    StringRef Name = R.text();
    Overridable[Name] = R.u32();
  }
  readWords(R, Macros);
  Expansions.resize(R.count(4));
  for (uint32_t &Begin : Expansions)
    Begin = R.u32();
  R.Bad |= !Macros.empty() && Macros.back().End != Expansions.size();
  readWords(R, Words);
  WordFiles.resize(R.count(4));
  for (InFile &F : WordFiles) {
    uint32_t V = R.u32();
    F = {V >> 1, (V & 1) != 0};
    R.Bad |= F.File >= Files.size();
  }
  R.Bad |= !Words.empty() && Words.back().End != WordFiles.size();
  readTexts(R, Defines);
  readTexts(R, Roots);
}

/// What belongs to the word, of all that belongs to some.
template <typename T>
static ArrayRef<T> elementsOf(StringRef Name, ArrayRef<CommonTable::Word> Words,
                              ArrayRef<T> All) {
  uint64_t Hash = llvm::xxh3_64bits(Name);
  auto At = llvm::lower_bound(Words, Hash, [](const CommonTable::Word &X,
                                              uint64_t H) { return X.Hash < H; });
  if (At == Words.end() || At->Hash != Hash)
    return {};
  uint32_t Begin = At == Words.begin() ? 0 : std::prev(At)->End;
  return All.slice(Begin, At->End - Begin);
}

ArrayRef<CommonTable::InFile> CommonTable::filesWith(StringRef Name) const {
  return elementsOf<InFile>(Name, Words, WordFiles);
}

ArrayRef<uint32_t> CommonTable::functionsWith(StringRef Name) const {
  return elementsOf<uint32_t>(Name, Macros, Expansions);
}

bool CommonFile::save(const std::string &Path, const CommonTable &T,
                      const MacroTable &Macros, std::string &Problem) {
  Writer W;
  T.write(W);
  Macros.write(W);
  Writer Head;
  Head.Bytes = Magic;
  Head.u64(llvm::xxh3_64bits(W.Bytes));
  std::error_code EC;
  llvm::raw_fd_ostream Stream(Path, EC);
  if (!EC) {
    Stream << Head.Bytes << W.Bytes;
    Stream.close();
    EC = Stream.error();
    Stream.clear_error();
  }
  if (EC)
    Problem = Path + ": " + EC.message();
  return !EC;
}

bool CommonFile::load(const std::string &Path, CommonTable &T,
                      MacroTable &Macros, std::string &Problem) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Problem = Path + ": " + Buffer.getError().message();
    return false;
  }
  StringRef Bytes = (*Buffer)->getBuffer();
  bool Fits = Bytes.consume_front(Magic) && Bytes.size() >= 8;
  Reader Sum(Bytes.take_front(8));
  if (!Fits || Sum.u64() != llvm::xxh3_64bits(Bytes.drop_front(8))) {
    Problem = Path + ": is no table of a precompiled header, or is damaged";
    return false;
  }
  Reader R(Bytes.drop_front(8));
  T.read(R);
  Macros.read(R);
  if (R.Bad)
    Problem = Path + ": is damaged";
  return !R.Bad;
}

} // namespace klint
