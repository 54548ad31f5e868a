// The rare parts of the set.
#include "measures/memory/id_set.h"

#include <algorithm>

namespace keyscore::measures {

bool IdSet::Reach(uint32_t id) {
  if (id >= kNear) {
    far_.add(id);
    return false;
  }
  words_.resize(std::max(words_.size() * 2, size_t{id} / 64 + 64));
  return true;
}

void IdSet::Clear() {
  for (const uint32_t word : touched_) words_[word] = 0;
  touched_.clear();
  count_ = 0;
  if (!far_.isEmpty()) far_ = Roaring();
}

}  // namespace keyscore::measures
