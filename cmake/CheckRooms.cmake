# Holds the sources of the server against the rule that a room knows only the rooms to its left, and
# that only some rooms know protobuf, gRPC or SQL's engine. Run by CTest as a script:
#   cmake -Dserver=DIR -Drooms=a,b -Da=a -Db=b,a -P CheckRooms.cmake
# where -D<room> lists the rooms that it may include.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" rooms "${rooms}")
set(broken "")

# forbid(<room> <what> <regex>): no source of the room includes a header that matches.
function(forbid room what regex)
  file(GLOB_RECURSE sources "${server}/${room}/*.h" "${server}/${room}/*.cpp")
  foreach(source ${sources})
    file(STRINGS "${source}" lines REGEX "^#include [<\"]${regex}")
    foreach(line ${lines})
      string(APPEND broken "\n  ${source}: ${line}: ${room} does not know ${what}")
    endforeach()
  endforeach()
  set(broken "${broken}" PARENT_SCOPE)
endfunction()

foreach(room ${rooms})
  string(REPLACE "," ";" seen "${${room}}")
  foreach(other ${rooms})
    if(NOT other IN_LIST seen)
      forbid(${room} "the room ${other}" "${other}/")
    endif()
  endforeach()
endforeach()

foreach(room facts store measures kpis scoring)
  forbid(${room} "protobuf or gRPC" "(grpc|google/protobuf|keyscore/v1/)")
endforeach()
foreach(room ${rooms})
  if(NOT room STREQUAL "kpis")
    forbid(${room} "the plugin ABI" "keyscore/([^v]|v[^1])")
  endif()
  if(NOT room STREQUAL "store")
    forbid(${room} "DuckDB" "duckdb")
  endif()
endforeach()

if(broken)
  message(FATAL_ERROR "These includes cross the house the wrong way:${broken}")
endif()
