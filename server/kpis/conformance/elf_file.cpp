// Walks the section headers as <elf.h> describes them; every offset is checked before it is used,
// for the file may be anything.
#include "kpis/conformance/elf_file.h"

#include <elf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "kpis/staging.h"

namespace keyscore::kpis::conformance {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#endif

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return absl::ErrnoToStatus(errno, "can't be read");
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError("is not a regular file");
  if (static_cast<size_t>(info.st_size) > kMaxLibraryBytes) {
    return absl::InvalidArgumentError(fmt::format("is larger than {} MiB", kMaxLibraryBytes >> 20));
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file) return absl::PermissionDeniedError("can't be read");
  return bytes;
}

class ElfReader {
 public:
  explicit ElfReader(std::string_view bytes) : bytes_(bytes) {}

  // A copy, since nothing in the file need be aligned.
  template <class T>
  std::optional<T> Read(uint64_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }

  std::optional<std::string> Text(uint64_t at) const {
    if (at >= bytes_.size()) return std::nullopt;
    const size_t end = bytes_.find('\0', at);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(bytes_.substr(at, end - at));
  }

 private:
  std::string_view bytes_;
};

void Sort(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

void Sort(ElfSymbols& symbols) {
  Sort(symbols.exported);
  Sort(symbols.unique);
  Sort(symbols.needed);
}

void Add(const Elf64_Sym& symbol, bool dynamic, const std::string& name, ElfSymbols& symbols) {
  const unsigned binding = ELF64_ST_BIND(symbol.st_info);
  if (name.empty() || binding == STB_LOCAL) return;
  if (binding == STB_GNU_UNIQUE) {
    symbols.unique.push_back(name);
  } else if (dynamic && symbol.st_shndx != SHN_UNDEF) {
    symbols.exported.push_back(name);
  } else if (dynamic && binding != STB_WEAK) {
    symbols.needed.push_back(name);
  }
}

}  // namespace

absl::StatusOr<ElfSymbols> ReadElfSymbols(const std::string& path) {
  const absl::StatusOr<std::string> bytes = ReadWhole(path);
  if (!bytes.ok()) return bytes.status();
  const ElfReader file(*bytes);
  const auto header = file.Read<Elf64_Ehdr>(0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return absl::InvalidArgumentError("is no ELF file, whatever its name says");
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != kMachine) {
    return absl::InvalidArgumentError("is built for another machine than this one");
  }
  if (header->e_type != ET_DYN) {
    return absl::InvalidArgumentError("is no shared library (link it with -shared)");
  }
  const auto section = [&](uint64_t index) {
    return file.Read<Elf64_Shdr>(header->e_shoff + index * header->e_shentsize);
  };
  ElfSymbols symbols;
  for (uint64_t i = 0; i < header->e_shnum; ++i) {
    const auto table = section(i);
    if (!table) return absl::InvalidArgumentError("is cut off");
    if (table->sh_type != SHT_DYNSYM && table->sh_type != SHT_SYMTAB) continue;
    const auto names = section(table->sh_link);
    if (!names) return absl::InvalidArgumentError("is damaged: a symbol table has no names");
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table->sh_size; at += sizeof(Elf64_Sym)) {
      const auto symbol = file.Read<Elf64_Sym>(table->sh_offset + at);
      const auto name = symbol ? file.Text(names->sh_offset + symbol->st_name) : std::nullopt;
      if (!name) return absl::InvalidArgumentError("is damaged: its symbol table is cut off");
      Add(*symbol, table->sh_type == SHT_DYNSYM, *name, symbols);
    }
  }
  Sort(symbols);
  return symbols;
}

}  // namespace keyscore::kpis::conformance
