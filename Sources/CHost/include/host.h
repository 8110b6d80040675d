// Parking, locks, address space, threads, clocks.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Sleep while the 32-bit word equals `expected`, at most `microseconds` (0: no limit). May wake early.
void host_futex_wait(void *_Nonnull word, uint32_t expected, uint64_t microseconds);
void host_futex_wake(void *_Nonnull word, int32_t count);

/// A lock in one 32-bit word: 0 free, 1 held, 2 held with waiters. Not recursive, not fair.
void host_lock(void *_Nonnull word);
bool host_try_lock(void *_Nonnull word);
/// False when the lock was not free within so many microseconds.
bool host_lock_within(void *_Nonnull word, uint64_t microseconds);
void host_unlock(void *_Nonnull word);

/// Reserve address space; pages become memory when first touched. Null when refused.
void *_Nullable host_reserve(size_t bytes);
void host_release(void *_Nonnull base, size_t bytes);
/// The pages may be large ones, of `host_large_page` bytes, where the system has some.
void host_prefer_large_pages(void *_Nonnull base, size_t bytes);
static const size_t host_large_page = 2 << 20;
/// Give the pages back to the system; they read as zero afterwards.
void host_discard(void *_Nonnull base, size_t bytes);
/// Let the system take back the pages of the program's own code; they are read again when needed.
void host_release_code(void);
size_t host_physical_memory(void);
size_t host_cache_size(void);
int32_t host_core_count(void);

/// Start a detached-or-joinable OS thread with a stack of `stack_bytes`; 0 or an errno value.
int32_t host_thread_start(uintptr_t *_Nonnull handle, size_t stack_bytes, void (*_Nonnull body)(void *_Nonnull), void *_Nonnull argument);
void host_thread_join(uintptr_t handle);
void host_yield(void);
/// The system's number of the calling OS thread.
int32_t host_thread_id(void);

uint64_t host_monotonic_ns(void);

/// From now on SIGINT writes a zero byte into `descriptor`; interrupted system calls restart. Does
/// nothing where the parent process has the signal ignored.
void host_pipe_interrupts(int32_t descriptor);
/// From now on SIGINT ends the process. Does nothing where it is ignored.
void host_default_interrupts(void);

/// The C library's own buffer of standard output is switched off: what foreign functions print
/// appears at once.
void host_unbuffer_stdout(void);
