// Lays a call out in guarded memory: Arrow's buffers, presets as the ABI says, structs of any age.
#include "kpis/conformance/call_buffers.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "fmt/format.h"

namespace keyscore::kpis::conformance {
namespace {

using store::Aggregate;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kStructAlignment = 8;
// What stands behind a struct of ABI 1.0: a library that reads it follows a wild pointer.
constexpr int kGarbage = 0xA5;

int32_t Never(void*) { return 0; }
int32_t Always(void*) { return 1; }

bool IsCount(Aggregate aggregate) {
  return aggregate == Aggregate::kCount || aggregate == Aggregate::kCountDistinct;
}

}  // namespace

GuardedBuffer& CallBuffers::NewBuffer(size_t bytes, std::string name, size_t alignment) {
  return buffers_.emplace_back(bytes, layout_.placement, std::move(name), alignment);
}

template <class Struct>
GuardedBuffer& CallBuffers::NewStruct(const Struct& content, size_t size_in_1_0, std::string name) {
  const size_t size = layout_.as_of_1_0 ? size_in_1_0 : sizeof(Struct) + layout_.growth;
  const size_t room = std::max(size, sizeof(Struct) + layout_.growth);
  GuardedBuffer& buffer = NewBuffer(room, std::move(name), kStructAlignment);
  std::memset(buffer.begin(), kGarbage, room);
  std::memcpy(buffer.begin(), &content, std::min(size, sizeof(Struct)));
  const auto struct_size = static_cast<uint32_t>(size);
  std::memcpy(buffer.begin(), &struct_size, sizeof struct_size);  // every struct opens with it
  return buffer;
}

void CallBuffers::AddColumn(const measures::MeasureSpec& spec, const InputColumn& cells,
                            std::byte* at) {
  ks_column column{};
  column.struct_size = static_cast<uint32_t>(sizeof(ks_column) + layout_.growth);
  const std::string name = fmt::format("the input column '{}'", spec.name);
  if (spec.aggregate == Aggregate::kList) {
    column.type = KS_TYPE_LIST_DOUBLE;
    size_t total = 0;
    for (const std::vector<double>& list : cells.lists) total += list.size();
    auto* const offsets =
        NewBuffer((row_count_ + 1) * sizeof(int64_t), name + ": its offsets").As<int64_t>();
    auto* const values = NewBuffer(total * sizeof(double), name).As<double>();
    int64_t end = 0;
    for (size_t row = 0; row < row_count_; ++row) {
      std::copy(cells.lists[row].begin(), cells.lists[row].end(), values + end);
      end += static_cast<int64_t>(cells.lists[row].size());
      offsets[row + 1] = end;
    }
    column.offsets = offsets;
    column.values = values;
  } else if (IsCount(spec.aggregate)) {
    column.type = KS_TYPE_INT64;
    auto* const values = NewBuffer(row_count_ * sizeof(int64_t), name).As<int64_t>();
    std::transform(cells.numbers.begin(), cells.numbers.end(), values,
                   [](double number) { return static_cast<int64_t>(number); });
    column.values = values;
  } else {
    column.type = KS_TYPE_DOUBLE;
    auto* const values = NewBuffer(row_count_ * sizeof(double), name).As<double>();
    std::copy(cells.numbers.begin(), cells.numbers.end(), values);
    column.values = values;
  }
  if (std::find(cells.valid.begin(), cells.valid.end(), 0) != cells.valid.end()) {
    auto* const bits = NewBuffer((row_count_ + 7) / 8, name + ": its validity").As<uint8_t>();
    for (size_t row = 0; row < row_count_; ++row) {
      if (cells.valid[row] != 0) bits[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
    }
    column.validity = bits;
  }
  std::memcpy(at, &column, sizeof column);
}

const double* CallBuffers::AddParameters(const std::vector<double>& parameters) {
  if (parameters.empty()) return nullptr;
  auto* const copy = NewBuffer(parameters.size() * sizeof(double), "the parameters").As<double>();
  std::copy(parameters.begin(), parameters.end(), copy);
  return copy;
}

CallBuffers::CallBuffers(const KpiDefinition& definition, const InputRows& rows,
                         const Question& question, const Layout& layout, size_t details)
    : layout_(layout), row_count_(rows.count), detail_count_(layout.as_of_1_0 ? 0 : details) {
  const size_t stride = sizeof(ks_column) + layout.growth;
  GuardedBuffer& columns =
      NewBuffer(rows.columns.size() * stride, "the table of columns", kStructAlignment);
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    AddColumn(definition.inputs[i], rows.columns[i], columns.begin() + i * stride);
  }
  input_ = &NewStruct(ks_input_batch{0, static_cast<uint32_t>(rows.columns.size()), rows.count,
                                     columns.As<ks_column>(), stride},
                      sizeof(ks_input_batch), "the struct ks_input_batch");
  constexpr int64_t kDayMicros = 86'400'000'000;
  context_ = &NewStruct(
      ks_context{0, question.subject_kind, question.from_us,
                 question.from_us + question.days * kDayMicros, question.days, nullptr,
                 question.cancelled ? &Always : &Never, AddParameters(question.parameters),
                 static_cast<uint32_t>(question.parameters.size()), 0},
      offsetof(ks_context, parameters), "the struct ks_context");
  if (layout.read_only_inputs) {
    for (GuardedBuffer& buffer : buffers_) buffer.MakeReadOnly();
  }
  const auto column = [&](const char* name) -> double* {
    return NewBuffer(row_count_ * sizeof(double), fmt::format("the output column '{}'", name))
        .As<double>();
  };
  outputs_.row_count = row_count_;
  outputs_.state = NewBuffer(row_count_, "the output column 'state'").As<uint8_t>();
  outputs_.value = column("value");
  outputs_.sample_size = reinterpret_cast<int64_t*>(column("sample_size"));
  outputs_.weight = column("weight");
  outputs_.low = column("low");
  outputs_.high = column("high");
  if (detail_count_ > 0) {
    outputs_.details =
        NewBuffer(detail_count_ * row_count_ * sizeof(double), "the details").As<double>();
    outputs_.detail_count = static_cast<uint32_t>(detail_count_);
  }
  Preset();
  output_ = &NewStruct(outputs_, offsetof(ks_output_batch, details), "the struct ks_output_batch");
}

void CallBuffers::Preset() {
  std::fill_n(outputs_.state, row_count_, uint8_t{KS_STATE_NO_DATA});
  std::fill_n(outputs_.value, row_count_, 0.0);
  std::fill_n(outputs_.sample_size, row_count_, int64_t{0});
  std::fill_n(outputs_.weight, row_count_, 1.0);
  std::fill_n(outputs_.low, row_count_, kNaN);
  std::fill_n(outputs_.high, row_count_, kNaN);
  std::fill_n(outputs_.details, detail_count_ * row_count_, kNaN);
}

std::vector<OutputRow> CallBuffers::Rows() const {
  std::vector<OutputRow> rows;
  for (size_t i = 0; i < row_count_; ++i) {
    OutputRow row{outputs_.state[i],
                  outputs_.value[i],
                  outputs_.sample_size[i],
                  outputs_.weight[i],
                  outputs_.low[i],
                  outputs_.high[i],
                  {}};
    for (size_t detail = 0; detail < detail_count_; ++detail) {
      row.details.push_back(outputs_.details[detail * row_count_ + i]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string CallBuffers::Damage() const {
  for (const GuardedBuffer& buffer : buffers_) {
    if (auto damage = buffer.Damage()) return *std::move(damage);
  }
  return "";
}

}  // namespace keyscore::kpis::conformance
