// Atomic access to 64-bit and 32-bit words of raw memory.
//
// Swift's `Synchronization.Atomic` is a value that owns its storage; the words of managed objects
// and of thread contexts are shared raw memory, so they are reached through these functions. All
// are inlined into Swift and are plain moves on x86-64 except the read-modify-write ones.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define HOST_INLINE static inline __attribute__((always_inline))

/// The memory at `p` will be needed soon.
HOST_INLINE void host_prefetch(const void *_Nullable p) { __builtin_prefetch(p); }
#define HOST_WORD void *_Nonnull
#define HOST_CWORD const void *_Nonnull

HOST_INLINE uint64_t host_load_relaxed(HOST_CWORD p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED); }
HOST_INLINE uint64_t host_load_acquire(HOST_CWORD p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_ACQUIRE); }
HOST_INLINE uint64_t host_load_seqcst(HOST_CWORD p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_SEQ_CST); }
HOST_INLINE void host_store_relaxed(HOST_WORD p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELAXED); }
HOST_INLINE void host_store_release(HOST_WORD p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELEASE); }
HOST_INLINE void host_store_seqcst(HOST_WORD p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_SEQ_CST); }
/// Acquire-release compare and swap; true when the word was `expected` and is now `desired`.
HOST_INLINE bool host_cas(HOST_WORD p, uint64_t expected, uint64_t desired) {
  return __atomic_compare_exchange_n((uint64_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
HOST_INLINE uint64_t host_fetch_add(HOST_WORD p, uint64_t v) { return __atomic_fetch_add((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
HOST_INLINE uint64_t host_fetch_or(HOST_WORD p, uint64_t v) { return __atomic_fetch_or((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
HOST_INLINE uint64_t host_fetch_and(HOST_WORD p, uint64_t v) { return __atomic_fetch_and((uint64_t *)p, v, __ATOMIC_ACQ_REL); }
HOST_INLINE uint64_t host_exchange(HOST_WORD p, uint64_t v) { return __atomic_exchange_n((uint64_t *)p, v, __ATOMIC_SEQ_CST); }

HOST_INLINE uint32_t host_load32_acquire(HOST_CWORD p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE); }
HOST_INLINE void host_store32_release(HOST_WORD p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELEASE); }
HOST_INLINE uint32_t host_fetch_add32(HOST_WORD p, uint32_t v) { return __atomic_fetch_add((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
HOST_INLINE bool host_cas32(HOST_WORD p, uint32_t expected, uint32_t desired) {
  return __atomic_compare_exchange_n((uint32_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

HOST_INLINE void host_fence_acquire(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
HOST_INLINE void host_fence_release(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }
HOST_INLINE void host_fence_seqcst(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/// Copies words that others may be writing: each as a whole.
HOST_INLINE void host_copy_words(uint64_t *_Nonnull to, const uint64_t *_Nonnull from, long count) {
  long i = 0;
  for (; i + 4 <= count; i += 4) {
    uint64_t a = __atomic_load_n(from + i, __ATOMIC_RELAXED), b = __atomic_load_n(from + i + 1, __ATOMIC_RELAXED);
    uint64_t c = __atomic_load_n(from + i + 2, __ATOMIC_RELAXED), d = __atomic_load_n(from + i + 3, __ATOMIC_RELAXED);
    to[i] = a, to[i + 1] = b, to[i + 2] = c, to[i + 3] = d;
  }
  for (; i < count; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
}
/// Copies words that others may be writing to where others may be looking: each as a whole, the first one first.
HOST_INLINE void host_move_words(uint64_t *_Nonnull to, const uint64_t *_Nonnull from, long count) {
  for (long i = 0; i < count; i++)
    __atomic_store_n(to + i, __atomic_load_n(from + i, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}
/// The same, the last one first.
HOST_INLINE void host_move_words_down(uint64_t *_Nonnull to, const uint64_t *_Nonnull from, long count) {
  for (long i = count; i-- > 0;)
    __atomic_store_n(to + i, __atomic_load_n(from + i, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}
/// Of eight words, has any changed and is any odd? Nobody else writes them.
HOST_INLINE bool host_changed_and_odd_in_8_words(const uint64_t *_Nonnull now, const uint64_t *_Nonnull before) {
  typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));
  const pair *x = (const pair *)now, *y = (const pair *)before;
  pair changes = ((x[0] ^ y[0]) | (x[1] ^ y[1])) | ((x[2] ^ y[2]) | (x[3] ^ y[3]));
  pair all = (x[0] | x[1]) | (x[2] | x[3]);
  return (changes[0] | changes[1]) != 0 && ((all[0] | all[1]) & 1) != 0;
}

/// Tell the core that this is a spin loop.
HOST_INLINE void host_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
