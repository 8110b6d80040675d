#include "step.h"
#include "thread.h"
#include <stdlib.h>
#include <string.h>

__attribute__((no_sanitize("thread"), no_sanitize("address"))) uint64_t quanta_read_native(const uint64_t *word) {
  return *(const volatile uint64_t *)word;
}

quanta_thread *quanta_thread_create(void) {
  size_t bytes = (sizeof(quanta_thread) + QUANTA_KNOWN_BYTES + 4095) & ~(size_t)4095;
  void *memory = aligned_alloc(4096, bytes);
  if (!memory) return 0;
  memset(memory, 0, bytes);
  quanta_thread *t = memory;
  t->ownTag = ~(uint32_t)0, t->newWord = ~(uint64_t)0;  // no header is like that
  return t;
}

void quanta_thread_destroy(quanta_thread *t) { free(t); }

void (*host_step_hook)(void);
uint64_t host_omitted_parts;
