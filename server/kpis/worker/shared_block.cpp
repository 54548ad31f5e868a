// mmap().
#include "kpis/worker/shared_block.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keyscore::kpis {

SharedBlock::~SharedBlock() {
  if (at_ != nullptr) munmap(at_, size_);
}

SharedBlock SharedBlock::Map(int descriptor) {
  SharedBlock block;
  struct stat info {};
  if (fstat(descriptor, &info) == 0 && info.st_size >= static_cast<off_t>(kBlockPayload)) {
    const auto size = static_cast<size_t>(info.st_size);
    void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (at != MAP_FAILED) {
      block.at_ = static_cast<std::byte*>(at);
      block.size_ = size;
    }
  }
  close(descriptor);
  return block;
}

}  // namespace keyscore::kpis
