// Tells the thread sanitizer about Abseil's locks. Debian's Abseil is not built with it, so without
// this every variable guarded by an absl::Mutex would be reported as a race. The linker redirects
// our calls to the functions below (--wrap, see cmake/Dependencies.cmake), which announce what the
// real ones are about to do. Linked only into builds with KEYSCORE_SANITIZE=thread.
//
// Between a pre_ and its post_ call the sanitizer ignores memory accesses, so a condition that
// Abseil evaluates on the unlocking thread is not mistaken for a race either.

#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

// The names are Abseil's, mangled, in the inline namespace of Debian's build.
#define REAL(mangled) __real__ZN4absl7debian3##mangled
#define WRAP(mangled) __wrap__ZN4absl7debian3##mangled
#define REAL_CONST(mangled) __real__ZNK4absl7debian3##mangled
#define WRAP_CONST(mangled) __wrap__ZNK4absl7debian3##mangled

namespace {

constexpr unsigned kWrite = 0;
constexpr unsigned kRead = __tsan_mutex_read_lock;

unsigned TryFlags(unsigned kind, bool locked) {
  return kind | __tsan_mutex_try_lock | (locked ? 0U : unsigned{__tsan_mutex_try_lock_failed});
}

// A wait gives the lock up and takes it again.
void BeginWait(absl::Mutex* mutex) {
  __tsan_mutex_pre_unlock(mutex, kWrite);
  __tsan_mutex_post_unlock(mutex, kWrite);
  __tsan_mutex_pre_lock(mutex, kWrite);
}
void EndWait(absl::Mutex* mutex) { __tsan_mutex_post_lock(mutex, kWrite, 0); }

}  // namespace

extern "C" {

#define LOCKS(mangled, kind)                \
  void REAL(mangled)(absl::Mutex * mutex);  \
  void WRAP(mangled)(absl::Mutex * mutex) { \
    __tsan_mutex_pre_lock(mutex, kind);     \
    REAL(mangled)(mutex);                   \
    __tsan_mutex_post_lock(mutex, kind, 0); \
  }
#define UNLOCKS(mangled, kind)              \
  void REAL(mangled)(absl::Mutex * mutex);  \
  void WRAP(mangled)(absl::Mutex * mutex) { \
    __tsan_mutex_pre_unlock(mutex, kind);   \
    REAL(mangled)(mutex);                   \
    __tsan_mutex_post_unlock(mutex, kind);  \
  }
#define TRIES(mangled, kind)                                      \
  bool REAL(mangled)(absl::Mutex * mutex);                        \
  bool WRAP(mangled)(absl::Mutex * mutex) {                       \
    __tsan_mutex_pre_lock(mutex, (kind) | __tsan_mutex_try_lock); \
    const bool locked = REAL(mangled)(mutex);                     \
    __tsan_mutex_post_lock(mutex, TryFlags(kind, locked), 0);     \
    return locked;                                                \
  }

LOCKS(5Mutex4LockEv, kWrite)
LOCKS(5Mutex10ReaderLockEv, kRead)
UNLOCKS(5Mutex6UnlockEv, kWrite)
UNLOCKS(5Mutex12ReaderUnlockEv, kRead)
TRIES(5Mutex7TryLockEv, kWrite)
TRIES(5Mutex13ReaderTryLockEv, kRead)

void REAL(5Mutex8LockWhenERKNS0_9ConditionE)(absl::Mutex* mutex, const absl::Condition& condition);
void WRAP(5Mutex8LockWhenERKNS0_9ConditionE)(absl::Mutex* mutex, const absl::Condition& condition) {
  __tsan_mutex_pre_lock(mutex, kWrite);
  REAL(5Mutex8LockWhenERKNS0_9ConditionE)(mutex, condition);
  __tsan_mutex_post_lock(mutex, kWrite, 0);
}

void REAL(5Mutex5AwaitERKNS0_9ConditionE)(absl::Mutex* mutex, const absl::Condition& condition);
void WRAP(5Mutex5AwaitERKNS0_9ConditionE)(absl::Mutex* mutex, const absl::Condition& condition) {
  BeginWait(mutex);
  REAL(5Mutex5AwaitERKNS0_9ConditionE)(mutex, condition);
  EndWait(mutex);
}

bool REAL(5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE)(
    absl::Mutex* mutex, const absl::Condition& condition, absl::Duration timeout);
bool WRAP(5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE)(
    absl::Mutex* mutex, const absl::Condition& condition, absl::Duration timeout) {
  BeginWait(mutex);
  const bool met =
      REAL(5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE)(mutex, condition, timeout);
  EndWait(mutex);
  return met;
}

void REAL(7CondVar4WaitEPNS0_5MutexE)(absl::CondVar* variable, absl::Mutex* mutex);
void WRAP(7CondVar4WaitEPNS0_5MutexE)(absl::CondVar* variable, absl::Mutex* mutex) {
  BeginWait(mutex);
  REAL(7CondVar4WaitEPNS0_5MutexE)(variable, mutex);
  EndWait(mutex);
}

#define WAITS_UNTIL(mangled, Limit)                                                      \
  bool REAL(mangled)(absl::CondVar * variable, absl::Mutex * mutex, absl::Limit limit);  \
  bool WRAP(mangled)(absl::CondVar * variable, absl::Mutex * mutex, absl::Limit limit) { \
    BeginWait(mutex);                                                                    \
    const bool timed_out = REAL(mangled)(variable, mutex, limit);                        \
    EndWait(mutex);                                                                      \
    return timed_out;                                                                    \
  }

WAITS_UNTIL(7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE, Duration)
WAITS_UNTIL(7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE, Time)

void REAL(12Notification6NotifyEv)(absl::Notification* notification);
void WRAP(12Notification6NotifyEv)(absl::Notification* notification) {
  __tsan_release(notification);
  REAL(12Notification6NotifyEv)(notification);
}

void REAL_CONST(12Notification19WaitForNotificationEv)(const absl::Notification* notification);
void WRAP_CONST(12Notification19WaitForNotificationEv)(const absl::Notification* notification) {
  REAL_CONST(12Notification19WaitForNotificationEv)(notification);
  __tsan_acquire(const_cast<absl::Notification*>(notification));
}

}  // extern "C"
