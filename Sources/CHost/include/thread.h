// One guest thread as the hot paths see it: a block of raw memory whose words sit at constant
// offsets, so that a barrier or a poll is one load. Higher modules own the meaning of each section;
// the comment at a section names the owner.
//
// T1  Other threads write only `poll`, `signals` and the words behind the first cache-line gap, and
//     only through atomics. Everything else belongs to the thread (or to a collector while the
//     thread is stopped).
#pragma once
#include "atomics.h"
#include <stddef.h>

/// A thread's share of one size class: the free run [next, limit) of a block.
typedef struct quanta_allocator {
  uint64_t next, limit;
  uint64_t block;
} quanta_allocator;

/// Words that all threads of one machine share, each on a cache line of its own.
typedef struct quanta_world {
  uint64_t stopRequest;   // Quanta: 1 while a collection wants or has everybody outside
  uint32_t restarts;      // Quanta: bumped when it is over
  char gap0[112];
  uint64_t halted;        // Quanta: 1 once every guest thread shall end
  uint64_t reclaimed;     // Quanta: 1 when finalizers wait to be run
  uint64_t guests;        // Quanta: guest threads that there are, and one more if threads of C may become some
  uint64_t visited;       // Quanta: 1 once threads of C may come in
  char gap1[96];
  uint32_t effectsLock;   // Quanta: held while a quantum with ordered effects commits
  char gap2[124];
} quanta_world;

HOST_INLINE void *_Nonnull quanta_stop_request(quanta_world *_Nonnull w) { return &w->stopRequest; }
HOST_INLINE void *_Nonnull quanta_restarts(quanta_world *_Nonnull w) { return &w->restarts; }
HOST_INLINE void *_Nonnull quanta_halted(quanta_world *_Nonnull w) { return &w->halted; }
HOST_INLINE void *_Nonnull quanta_reclaimed(quanta_world *_Nonnull w) { return &w->reclaimed; }
HOST_INLINE void *_Nonnull quanta_guests(quanta_world *_Nonnull w) { return &w->guests; }
HOST_INLINE void *_Nonnull quanta_visited(quanta_world *_Nonnull w) { return &w->visited; }
HOST_INLINE void *_Nonnull quanta_effects_lock(quanta_world *_Nonnull w) { return &w->effectsLock; }

/// A unit that the thread may read in place as long as its header is this.
typedef struct quanta_known {
  uint64_t unit;
  uint64_t header;
} quanta_known;

enum { QUANTA_SIZE_CLASSES = 64, QUANTA_MAX_THREADS = 256, QUANTA_COUNTERS = 40 };
enum { QUANTA_MOST_KNOWN = 1 << 16 };

typedef struct quanta_thread {
  uint64_t id;            // first, because race detectors take `pointee.word += 1` for an access to the first word

  // Quanta: the break.
  uint64_t poll;          // raw code: nonzero means "take the slow path at the next break"
  int64_t budget;         // transactional code: breaks that merge before one takes the slow path; below 0: it did
  uint64_t countsTwice;   // raw code that counts its breaks does so at twice the price
  uint64_t mergeDepth;    // atomic blocks entered, and nested runs << 32; nonzero means breaks merge
  uint64_t overdue;       // a merged break would have ended the quantum; the next free one does
  uint64_t pendingEffects;  // something waits for this quantum's commit or abort

  // The backend: words that its barriers use on each access.
  uint32_t ownTag;        // units with this tag can be read in place (see quanta_tag)
  uint64_t snapshotWord;  // header words <= this are readable in place
  uint64_t newWord;       // units whose header differs from this in shape bits only can be written in place
  uint64_t birth;         // header of an object born now, shape bits zero
  uint64_t lockTag;       // top bits of a header locked by this thread
  uint64_t knownMask;     // which part of a unit's address says where in `known` it is
  uint64_t *_Nullable logNext;
  uint64_t *_Nullable logEnd;
  uint64_t note;          // the language's own: 0 when a quantum starts that may be rolled back
  uint64_t guardMask;     // Gateway: a pure call is checked when none of these bits is set in the number of calls
  uint64_t isPlain;       // Quanta: 1 while accesses need no barrier, for code compiled once for all backends

  // Quanta: the VM stack (see VMStack.swift).
  uint64_t *_Nonnull frame;
  uint64_t *_Nonnull stackBase;
  uint64_t *_Nonnull stackLimit;
  uint64_t *_Nonnull lowMark;
  uint64_t *_Nonnull highMark;
  int64_t shadowDistance;
  uint64_t *_Nonnull startFrame;
  uint64_t *_Nonnull cover;  // words up to here are alive, though no frame has them yet

  // Quanta: the driver.
  uint64_t signals;       // Signal bits set by anybody, taken by the thread at a slow break
  uint64_t heard;         // those taken in the open quantum: an abort gives them back
  quanta_world *_Nonnull world;
  void *_Nullable machine;
  void *_Nullable scheduler;
  void *_Nullable heap;
  void *_Nullable taskType;
  void *_Nullable saved;  // the driver's copy of the task: where a retry starts
  uint64_t savedBytes;
  void *_Nullable effects;
  const uint64_t *_Nonnull unflushed;  // nonzero while output waits in a buffer
  uint64_t number;          // of the guest thread, from 1 in the order of the starts; 0 before its start is certain
  int64_t span;             // budget plus breaks that the open quantum has come to
  void *_Nullable journal;  // what a recording says or a replay reads
  uint64_t submitted;       // WorkQueue: jobs of this guest thread so far
  void *_Nullable lane;     // WorkQueue: jobs of this thread
  void *_Nullable backend;  // the backend's own state of this thread
  uint64_t random;

  // Quanta: a foreign call within a quantum (see Stay.swift).
  uint64_t mayStay;        // 1 when guest threads that wait end the quantum of one that is in such a call
  uint64_t isVisitor;      // 1 for a thread of C while it is a guest thread
  uint64_t stayInside;     // what `inside` was before the call
  uint64_t stayKind;       // what kind of call it is
  uint64_t stayNoticed;    // when somebody first wanted in during it; 0 while nobody has
  uint64_t isRepresented;  // another OS thread acts for this one, whose references stay where it recorded them

  // ManagedHeap: where a collector finds native references of this thread while it is stopped.
  uint64_t nativeBase, nativeTop;
  uint64_t registers[12];

  uint64_t counters[QUANTA_COUNTERS];  // Observe: one thread's share of each counter

  char gap0[128];
  uint64_t slot;          // STMBackend: snapshot announced to reclaimers, ~0 when idle
  char gap1[128];
  uint64_t inside;        // Quanta: 1 while this thread may touch managed memory
  uint32_t wake;          // Quanta: bumped to wake this thread
  uint32_t ended;         // STMBackend: bumped when a transaction ends and somebody sleeps on it
  uint32_t sleepers;      // STMBackend: somebody sleeps on `ended`
  uint32_t doomed;        // STMBackend: an inevitable transaction wants a lock held here
  uint32_t seat;          // STMBackend: what a thread in the queue has been given
  uint32_t stay;          // Quanta: a foreign call within a quantum, which others may end
  char gap2[128];

  quanta_allocator allocators[QUANTA_SIZE_CLASSES];

  char gap3[24];
  quanta_known known[];  // the backend: room for QUANTA_MOST_KNOWN of them, see quanta_known_at
} quanta_thread;
_Static_assert(offsetof(quanta_thread, known) % 64 == 0, "an entry lies within one cache line");

/// The bits of a header that tell whose the unit is, for backends that give units to threads.
HOST_INLINE uint32_t quanta_tag(uint64_t header) { return (uint32_t)(header >> 32); }
/// Those of the unit whose header is at `unit`.
HOST_INLINE uint32_t quanta_tag_at(const void *_Nonnull unit) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return __atomic_load_n((const uint32_t *)unit + 1, __ATOMIC_RELAXED);
#else
  return __atomic_load_n((const uint32_t *)unit, __ATOMIC_RELAXED);
#endif
}

/// Where the thread keeps whether it knows the unit: units are 16 bytes at least.
HOST_INLINE quanta_known *_Nonnull quanta_known_at(quanta_thread *_Nonnull t, const void *_Nonnull unit) {
  return (quanta_known *)((char *)t->known + ((uintptr_t)unit & t->knownMask));
}

HOST_INLINE quanta_allocator *_Nonnull quanta_allocator_at(quanta_thread *_Nonnull t, long i) { return &t->allocators[i]; }
HOST_INLINE uint64_t *_Nonnull quanta_counter_at(quanta_thread *_Nonnull t, long i) { return &t->counters[i]; }
// Pointers to shared words, formed here because `&thread.pointee.word` in Swift is an exclusive access to the word.
HOST_INLINE void *_Nonnull quanta_poll(quanta_thread *_Nonnull t) { return &t->poll; }
HOST_INLINE void *_Nonnull quanta_signals(quanta_thread *_Nonnull t) { return &t->signals; }
HOST_INLINE void *_Nonnull quanta_slot(quanta_thread *_Nonnull t) { return &t->slot; }
HOST_INLINE void *_Nonnull quanta_inside(quanta_thread *_Nonnull t) { return &t->inside; }
HOST_INLINE void *_Nonnull quanta_wake(quanta_thread *_Nonnull t) { return &t->wake; }
HOST_INLINE void *_Nonnull quanta_ended(quanta_thread *_Nonnull t) { return &t->ended; }
HOST_INLINE void *_Nonnull quanta_sleepers(quanta_thread *_Nonnull t) { return &t->sleepers; }
HOST_INLINE void *_Nonnull quanta_doomed(quanta_thread *_Nonnull t) { return &t->doomed; }
HOST_INLINE void *_Nonnull quanta_seat(quanta_thread *_Nonnull t) { return &t->seat; }
HOST_INLINE void *_Nonnull quanta_stay(quanta_thread *_Nonnull t) { return &t->stay; }
HOST_INLINE void *_Nonnull quanta_stay_kind(quanta_thread *_Nonnull t) { return &t->stayKind; }
HOST_INLINE void *_Nonnull quanta_stay_noticed(quanta_thread *_Nonnull t) { return &t->stayNoticed; }
HOST_INLINE uint64_t *_Nonnull quanta_registers(quanta_thread *_Nonnull t) { return t->registers; }
HOST_INLINE quanta_known *_Nonnull quanta_known_first(quanta_thread *_Nonnull t) { return t->known; }
/// It knows nothing any more.
HOST_INLINE void quanta_forget_all(quanta_thread *_Nonnull t) { __builtin_memset(t->known, 0, t->knownMask + 16); }
/// May the thread keep what it has read from the unit in place, just before?
HOST_INLINE bool quanta_knows(quanta_thread *_Nonnull t, const void *_Nonnull unit) {
  quanta_known *known = quanta_known_at(t, unit);
  if (known->unit != (uint64_t)(uintptr_t)unit) return false;
  host_fence_acquire();  // what was read was read before the header is
  return known->header == host_load_relaxed(unit);
}

/// Record where this thread's native references are: callee-saved registers and the stack pointer.
/// Frames above stay as they are until the thread runs on, so a collector may scan them.
HOST_INLINE void quanta_record_native(quanta_thread *_Nonnull t) {
  if (__builtin_expect(t->isRepresented != 0, 0)) return;
#if defined(__x86_64__)
  uint64_t sp;
  __asm__ volatile("movq %%rbx, 0(%1)\n\tmovq %%rbp, 8(%1)\n\tmovq %%r12, 16(%1)\n\tmovq %%r13, 24(%1)\n\t"
                   "movq %%r14, 32(%1)\n\tmovq %%r15, 40(%1)\n\tmovq %%rsp, %0"
                   : "=&r"(sp) : "r"(t->registers) : "memory");
  t->nativeTop = sp - 128;
#elif defined(__aarch64__)
  uint64_t sp;
  __asm__ volatile("stp x19, x20, [%1]\n\tstp x21, x22, [%1, #16]\n\tstp x23, x24, [%1, #32]\n\t"
                   "stp x25, x26, [%1, #48]\n\tstp x27, x28, [%1, #64]\n\tstr x29, [%1, #80]\n\tmov %0, sp"
                   : "=&r"(sp) : "r"(t->registers) : "memory");
  t->nativeTop = sp;
#else
#error "record the callee-saved registers of this architecture"
#endif
}
/// An address in the caller's frame: where scanning this thread's native stack ends.
HOST_INLINE uint64_t quanta_native_base(void) { return (uint64_t)__builtin_frame_address(0) + 16; }
/// Keep a reference alive in a register or on the stack up to this point.
HOST_INLINE void quanta_keep(const void *_Nullable p) { __asm__ volatile("" : : "r"(p) : "memory"); }

/// A word of a stack that its thread may be writing: the collector takes whatever it finds. Not
/// seen by race detectors.
uint64_t quanta_read_native(const uint64_t *_Nonnull word);

/// The guest thread that this OS thread is.
extern _Thread_local quanta_thread *_Nullable quanta_this_thread;
HOST_INLINE quanta_thread *_Nullable quanta_current(void) { return quanta_this_thread; }
HOST_INLINE void quanta_set_current(quanta_thread *_Nullable t) { quanta_this_thread = t; }

quanta_thread *_Nullable quanta_thread_create(void);
void quanta_thread_destroy(quanta_thread *_Nonnull t);
