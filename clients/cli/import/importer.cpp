// The run: mapping, files, server, tables, lock, then dataset by dataset.
#include "cli/import/importer.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "cli/commands/printing.h"
#include "cli/exit_code.h"
#include "cli/import/expressions.h"
#include "cli/import/identity.h"
#include "cli/import/progress.h"
#include "cli/import/sender.h"
#include "cli/import/statement.h"
#include "cli/text/format.h"
#include "cli/text/nearest.h"
#include "keyscore/client/error.h"

namespace keyscore::cli {
namespace {

constexpr char kIdentity[] = "keyscore";

class Run {
 public:
  Run(Context& context, const ImportOptions& options, ImportReport& report)
      : context_(context),
        options_(options),
        report_(report),
        rejects_(options.rejects_path),
        progress_(context.err(), context.terminal.err_is_terminal) {}

  absl::Status Do() {
    const absl::Time start = absl::Now();
    absl::Status status = Steps();
    progress_.Clear();
    // What was rejected is written down, also when the run stops on the way.
    if (absl::Status closed = rejects_.Close(); status.ok()) status = closed;
    report_.rejected = rejects_.count();
    report_.rejects = rejects_.Groups();
    if (rejects_.count() > 0) report_.rejects_path = rejects_.path();
    report_.seconds = absl::ToDoubleSeconds(absl::Now() - start);
    return status;
  }

 private:
  bool identity() const { return options_.mapping == kIdentity; }

  absl::Status Steps() {
    report_.mapping = options_.mapping;
    report_.dry_run = options_.dry_run;
    if (auto status = ReadMapping(); !status.ok()) return status;
    if (auto status = AskServer(); !status.ok()) return status;
    if (auto status = Load(); !status.ok()) return status;
    if (auto status = Prepare(); !status.ok()) return status;
    for (size_t i = 0; i < mapping_.imports.size(); ++i) {
      if (auto status = Send(i); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Whatever can be said without the server is said first.
  absl::Status ReadMapping() {
    if (!identity()) {
      auto mapping = LoadMapping(options_.mapping, context_.program_folder);
      if (!mapping.ok()) return mapping.status();
      mapping_ = *std::move(mapping);
      if (auto status = CheckExpressions(mapping_); !status.ok()) return status;
    }
    auto files = ListFiles(options_.paths);
    if (!files.ok()) return files.status();
    files_ = *std::move(files);
    if (identity()) return absl::OkStatus();
    return FindAll();
  }

  absl::Status FindAll() {
    std::set<std::string> taken;
    for (const SourceSpec& source : mapping_.sources) {
      auto found = FindFiles(source, files_);
      if (!found.ok()) return found.status();
      for (const FoundFile& file : *found) taken.insert(file.path);
      found_.push_back(*std::move(found));
    }
    for (const std::string& path : options_.paths) {
      std::error_code ignored;
      if (std::filesystem::is_directory(path, ignored) || taken.contains(path)) continue;
      return absl::InvalidArgumentError(
          fmt::format("{} fits no source of the mapping {}; its sources read {}", path,
                      mapping_.name, fmt::join(Patterns(), ", ")));
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Patterns() const {
    std::vector<std::string> patterns;
    for (const SourceSpec& source : mapping_.sources) patterns.push_back(source.file);
    return patterns;
  }

  absl::Status AskServer() {
    const absl::StatusOr<client::Client*> client = context_.Connection();
    if (!client.ok()) return client.status();
    client_ = *client;
    auto datasets = ListAll(client_, &client::Client::ListDatasets, v1::ListDatasetsRequest(),
                            [](v1::ListDatasetsResponse& page, v1::ListDatasetsResponse& all) {
                              all.mutable_datasets()->MergeFrom(page.datasets());
                            });
    if (!datasets.ok()) return datasets.status();
    datasets_.assign(datasets->datasets().begin(), datasets->datasets().end());
    if (identity()) {
      auto mapping = IdentityMapping(datasets_, files_, report_.left_out);
      if (!mapping.ok()) return mapping.status();
      mapping_ = *std::move(mapping);
      if (auto status = FindAllOfIdentity(); !status.ok()) return status;
    }
    if (mapping_.time_zone.empty()) {
      v1::GetOrganizationRequest request;
      request.set_name("organization");
      const auto organization = client_->GetOrganization(request);
      if (!organization.ok()) return organization.status();
      mapping_.time_zone = organization->calendar().time_zone();
    }
    return absl::OkStatus();
  }

  absl::Status FindAllOfIdentity() {
    std::vector<std::string> of_datasets;
    for (const std::string& file : files_) {
      FileFormat format = FileFormat::kByExtension;
      if (FormatOf(file, format)) of_datasets.push_back(file);
    }
    for (const SourceSpec& source : mapping_.sources) {
      auto found = FindFiles(source, of_datasets);
      if (!found.ok()) return found.status();
      found_.push_back(*std::move(found));
    }
    // A folder may hold other things as well; a file that was named must not be passed over.
    for (const std::string& path : options_.paths) {
      std::error_code ignored;
      const bool taken = std::any_of(found_.begin(), found_.end(), [&path](const auto& found) {
        return std::any_of(found.begin(), found.end(),
                           [&path](const FoundFile& file) { return file.path == path; });
      });
      if (taken || std::filesystem::is_directory(path, ignored)) continue;
      return absl::InvalidArgumentError(
          fmt::format("{}; `keyscore datasets list` shows what a file can be called, others need "
                      "a --mapping",
                      fmt::join(report_.left_out, "; ")));
    }
    return absl::OkStatus();
  }

  absl::Status Load() {
    auto database = store::Database::Open(":memory:", {{"autoload_known_extensions", "false"},
                                                       {"autoinstall_known_extensions", "false"}});
    if (!database.ok()) return database.status();
    auto connection = store::Connection::Open(*database);
    if (!connection.ok()) return connection.status();
    connection_ = *std::move(connection);
    if (auto status = DefineFunctions(*connection_); !status.ok()) return status;
    const absl::Status zone =
        connection_->Execute(fmt::format("SET TimeZone = {}", SqlText(mapping_.time_zone)));
    if (!zone.ok()) {
      return UsageError(
          fmt::format("{}: the time zone '{}' is not known; give an IANA name such "
                      "as Europe/Berlin",
                      mapping_.path, mapping_.time_zone));
    }
    for (size_t i = 0; i < mapping_.sources.size(); ++i) {
      auto source = LoadSource(mapping_.sources[i], found_[i], *connection_);
      if (!source.ok()) return source.status();
      for (const LoadedFile& file : source->files) {
        report_.files.push_back(
            {file.path, file.rows, static_cast<int64_t>(file.bad_lines.size())});
      }
      if (auto status = rejects_.AddBadLines(*source); !status.ok()) return status;
      sources_.push_back(*std::move(source));
    }
    // From here on nothing but the tables can be read, whatever an expression says. A common
    // subexpression would be computed outside of the TRY() that is to catch its errors.
    return connection_->Execute(
        "SET disabled_optimizers = 'common_subexpressions'; SET enable_external_access = false; "
        "SET lock_configuration = true");
  }

  // Every statement is bound before the first row is sent, so that a fault in the last import
  // doesn't leave the first ones behind.
  absl::Status Prepare() {
    if (identity()) {
      if (auto status = AddIdentityImports(datasets_, sources_, mapping_); !status.ok()) {
        return status;
      }
    }
    std::vector<std::string> ids;
    for (const v1::Dataset& dataset : datasets_) ids.push_back(IdOf(dataset.name()));
    for (const ImportSpec& import : mapping_.imports) {
      const auto dataset = std::find(ids.begin(), ids.end(), import.dataset);
      if (dataset == ids.end()) {
        return UsageError(
            fmt::format("{}: the server has no dataset '{}'{}; `keyscore datasets "
                        "list` shows them",
                        mapping_.path, import.dataset, DidYouMean(import.dataset, ids)));
      }
      const auto& schema = datasets_[static_cast<size_t>(dataset - ids.begin())];
      auto statement = BuildStatement(import, mapping_, schema, sources_, *connection_);
      if (!statement.ok()) return statement.status();
      statements_.push_back(*std::move(statement));
      schemas_.push_back(&schema);
    }
    client::FactWriterOptions writing;
    writing.validate_only = options_.dry_run;
    if (options_.refuse_batch) {
      writing.reject_policy = v1::AppendFactsRequest::REJECT_POLICY_REFUSE_BATCH;
    }
    writer_ = std::make_unique<client::FactWriter>(client_, writing);
    return absl::OkStatus();
  }

  absl::Status Send(size_t i) {
    const ImportSpec& import = mapping_.imports[i];
    const ImportStatement& statement = statements_[i];
    if (auto status = Warn(import, statement); !status.ok()) return status;
    auto total = connection_->Query(statement.count);
    if (!total.ok()) return total.status();
    const int64_t rows = total->FirstInt64();
    Sender sender(*schemas_[i], statement, options_.batch_rows, options_.refuse_batch,
                  writer_.get(), &fact_ids_[import.dataset],
                  [&](int64_t done) { progress_.Show(import.dataset, done, rows); });
    progress_.Show(import.dataset, 0, rows);
    const absl::Status sent = sender.Run(*connection_);
    const SendResult& result = sender.result();
    report_.datasets.push_back({import.dataset, result.read, result.inserted, result.updated,
                                result.replayed, result.rejected, result.refused,
                                result.unexplained});
    report_.durable = options_.dry_run ? 0
                                       : writer_->totals().inserted + writer_->totals().updated +
                                             writer_->totals().replayed;
    report_.watermark = writer_->totals().watermark;
    const absl::Status written =
        rejects_.AddRows(import.dataset, SourceOf(import.from), result.rejects, *connection_);
    if (!sent.ok()) return Stopped(sent, import.dataset);
    return written;
  }

  const LoadedSource& SourceOf(const std::string& name) const {
    return *std::find_if(sources_.begin(), sources_.end(),
                         [&name](const LoadedSource& source) { return source.name == name; });
  }

  absl::Status Warn(const ImportSpec& import, const ImportStatement& statement) {
    for (size_t i = 0; i < statement.warnings.size(); ++i) {
      auto counted = connection_->Query(statement.warnings[i]);
      if (!counted.ok()) return counted.status();
      counted->ForEachChunk([&](const store::Chunk& chunk) {
        if (chunk.Int64(0, 0) == 0) return;
        report_.warnings.push_back({import.dataset, import.warnings[i].message, chunk.Int64(0, 0),
                                    std::string(chunk.String(1, 0))});
      });
    }
    return absl::OkStatus();
  }

  // The server refused, or went away: how far it got, and what to do.
  absl::Status Stopped(const absl::Status& status, const std::string& dataset) const {
    if (!client::IsUnreachable(status)) {
      absl::Status said(status.code(), fmt::format("import stopped in {}: {}", dataset,
                                                   std::string(status.message())));
      status.ForEachPayload(
          [&said](auto url, const absl::Cord& payload) { said.SetPayload(url, payload); });
      return said;
    }
    return absl::UnavailableError(fmt::format(
        "import stopped in {}: the server at {} went away; {} safely stored; run it again to "
        "resume: replays change nothing",
        dataset, context_.server,
        report_.durable == 1 ? std::string("1 row is")
                             : fmt::format("{} rows are", FormatCount(report_.durable))));
  }

  Context& context_;
  const ImportOptions& options_;
  ImportReport& report_;
  RejectsFile rejects_;
  Progress progress_;
  Mapping mapping_;
  std::vector<std::string> files_;
  std::vector<std::vector<FoundFile>> found_;  // by source
  client::Client* client_ = nullptr;
  std::vector<v1::Dataset> datasets_;
  std::unique_ptr<store::Connection> connection_;
  std::vector<LoadedSource> sources_;
  std::vector<ImportStatement> statements_;
  std::vector<const v1::Dataset*> schemas_;
  std::unique_ptr<client::FactWriter> writer_;
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::pair<size_t, size_t>>> fact_ids_;
};

}  // namespace

absl::Status RunImport(Context& context, const ImportOptions& options, ImportReport& report) {
  return Run(context, options, report).Do();
}

}  // namespace keyscore::cli
