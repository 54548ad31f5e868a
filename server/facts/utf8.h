// Whether bytes are well-formed UTF-8 text that every engine can hold.
#pragma once

#include <string_view>

namespace keyscore::facts {

// True for well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing
// above U+10FFFF. U+0000 is refused too, as PostgreSQL cannot store it.
bool IsStorableUtf8(std::string_view text);

// True where every byte is ASCII and none is U+0000: then every piece of the text is storable.
bool IsPlainAscii(std::string_view text);

}  // namespace keyscore::facts
