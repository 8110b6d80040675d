#include "step.h"
#include "thread.h"
#include <stddef.h>
#include <sys/mman.h>

__attribute__((no_sanitize("thread"), no_sanitize("address"))) uint64_t quanta_read_native(const uint64_t *word) {
  return *(const volatile uint64_t *)word;
}

// Address space: of what the thread may know, only the part that it uses is memory.
static const size_t thread_bytes = sizeof(quanta_thread) + QUANTA_MOST_KNOWN * sizeof(quanta_known);

_Thread_local quanta_thread *quanta_this_thread;

quanta_thread *quanta_thread_create(void) {
  void *memory = mmap(0, thread_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
  quanta_thread *t = memory;
  t->ownTag = ~(uint32_t)0, t->newWord = ~(uint64_t)0;  // no header is like that
  return t;
}

void quanta_thread_destroy(quanta_thread *t) { munmap(t, thread_bytes); }

void (*host_step_hook)(void);
uint64_t host_omitted_parts;
