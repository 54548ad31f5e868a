// Looks at one library file: may it be opened, what is it, does anything speak against it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kpis/library.h"
#include "kpis/plugins/kept_files.h"
#include "kpis/plugins/plugin_host.h"
#include "kpis/staging.h"
#include "store/store.h"

namespace keyscore::kpis {

using Libraries = std::vector<std::shared_ptr<const LoadedLibrary>>;

// A file that is to be examined.
struct Offer {
  std::string file_name;  // gives the id
  KeptFile file;
  std::string path;       // where it lies in a plugin directory; empty for others
  bool builtin = false;   // trusted, conforming
  bool admitted = false;  // it has been through all this before: conformance isn't tried again
};

// What may serve. Nothing of it is kept or defined yet.
struct Candidate {
  std::string sha256;
  KeptFile file;
  std::shared_ptr<const LoadedLibrary> library;
  std::vector<ConformanceResult> checks;
};

// The file of a plugin directory with what lies beside it: acme.golden.yaml, acme.so.sig.
// INVALID_ARGUMENT where it can't be taken.
absl::StatusOr<Offer> ReadOffer(const std::string& path, size_t max_bytes);

// The id that a file's name gives. INVALID_ARGUMENT for a name that is none of a library's.
absl::StatusOr<std::string> IdOf(const std::string& file_name);

// The catalogue's own libraries. Others may lie beside them; their ids need a namespace all the
// same.
bool IsCatalogueLibrary(std::string_view id);

class Examiner {
 public:
  // `options` must outlive it. `changed`: as in LibraryOptions. `workers` may be null.
  Examiner(const PluginHostOptions& options, store::Store& store,
           std::shared_ptr<WorkerHost> workers, std::function<void()> changed);

  // In this order, each step only if the one before found nothing: whose file it is, who vouches
  // for it; its description (in a worker), its settings, ids, datasets and inputs against `others`
  // and the store; the conformance checker; and at last it is opened where it shall run.
  //
  // INVALID_ARGUMENT: what speaks against it, one a line. FAILED_PRECONDITION: the settings that
  // its KPIs don't have. Other codes: it could not be examined. Each but CANCELLED carries the
  // digest as the payload kSha256Payload.
  absl::StatusOr<Candidate> Examine(Offer offer, const Libraries& others,
                                    const store::StopFn& stop) const;

 private:
  bool IsIsolated(const std::string& id, bool builtin) const;
  absl::Status CheckOrigin(const Offer& offer, const std::string& sha256) const;
  absl::StatusOr<std::vector<ConformanceResult>> Conform(const Offer& offer,
                                                         const StagedFile& staged,
                                                         const store::StopFn& stop) const;
  absl::StatusOr<Candidate> ExamineStaged(Offer offer, const StagedFile& staged,
                                          const Libraries& others, const store::StopFn& stop) const;

  const PluginHostOptions& options_;
  store::Store& store_;
  const std::string staging_dir_;
  const std::shared_ptr<WorkerHost> workers_;
  const std::function<void()> changed_;
};

}  // namespace keyscore::kpis
