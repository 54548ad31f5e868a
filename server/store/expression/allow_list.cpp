// The list of measures.
#include "store/expression/allow_list.h"

namespace keyscore::store {

const ExpressionAllowList& MeasureAllowList() {
  static const auto* const list = new ExpressionAllowList{
      .functions = {"+",
                    "-",
                    "*",
                    "/",
                    "%",
                    "||",
                    "~~",
                    "!~~",
                    "like_escape",
                    "not_like_escape",
                    "nullif",
                    "abs",
                    "round",
                    "floor",
                    "ceil",
                    "greatest",
                    "least",
                    "lower",
                    "upper",
                    "trim",
                    "length",
                    "days_between",
                    "hours_between",
                    "unix_seconds",
                    "calendar_day"},
      .cast_types = {"DOUBLE", "BIGINT", "VARCHAR", "BOOLEAN", "TIMESTAMP"},
  };
  return *list;
}

}  // namespace keyscore::store
