// The symbols of a shared library, read from its file (64-bit ELF, as <elf.h> describes it).
#pragma once

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace keyscore::catalogue {

struct ElfSymbols {
  std::set<std::string> exported;  // defined, and seen by other libraries
  std::set<std::string> unique;    // STB_GNU_UNIQUE: one for all libraries of the process
};

inline ElfSymbols ReadElfSymbols(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  // Copies, since nothing in the file need be aligned.
  const auto read = [&bytes](auto& out, size_t at) {
    if (at + sizeof out > bytes.size()) throw std::runtime_error("truncated ELF file");
    std::memcpy(&out, bytes.data() + at, sizeof out);
  };
  Elf64_Ehdr header;
  read(header, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) throw std::runtime_error("no ELF file");
  const auto section = [&](size_t index) {
    Elf64_Shdr result;
    read(result, header.e_shoff + index * header.e_shentsize);
    return result;
  };
  ElfSymbols symbols;
  for (size_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_DYNSYM && table.sh_type != SHT_SYMTAB) continue;
    const size_t names = section(table.sh_link).sh_offset;
    for (size_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      read(symbol, table.sh_offset + at);
      const std::string name = bytes.data() + names + symbol.st_name;
      const unsigned binding = ELF64_ST_BIND(symbol.st_info);
      if (binding == STB_GNU_UNIQUE) symbols.unique.insert(name);
      if (table.sh_type == SHT_DYNSYM && symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL) {
        symbols.exported.insert(name);
      }
    }
  }
  return symbols;
}

}  // namespace keyscore::catalogue
