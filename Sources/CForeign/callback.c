#include "CForeign.h"

// A pool of functions for C to call. Each knows its number; the number leads to an owner. A function
// reads all argument registers of its shape, whatever the caller has filled: the handler knows which.

enum { EACH = 64 };
typedef struct {
  foreign_handler handler;
  void *owner;
  int taken;
} slot;
static slot slots[FOREIGN_SHAPES][EACH];

FOREIGN_THREAD_LOCAL foreign_frame *foreign_innermost;
uint64_t foreign_waiting;

#define REPEAT8(m, n) m(n##0) m(n##1) m(n##2) m(n##3) m(n##4) m(n##5) m(n##6) m(n##7)
#define REPEAT64(m) \
  REPEAT8(m, 00) REPEAT8(m, 01) REPEAT8(m, 02) REPEAT8(m, 03) REPEAT8(m, 04) REPEAT8(m, 05) REPEAT8(m, 06) REPEAT8(m, 07)

#if defined(__x86_64__)
#define INTEGERS uint64_t i0, uint64_t i1, uint64_t i2, uint64_t i3, uint64_t i4, uint64_t i5
#define INTEGER_LIST i0, i1, i2, i3, i4, i5
#else
#define INTEGERS uint64_t i0, uint64_t i1, uint64_t i2, uint64_t i3, uint64_t i4, uint64_t i5, uint64_t i6, uint64_t i7
#define INTEGER_LIST i0, i1, i2, i3, i4, i5, i6, i7
#endif
#define VECTORS double v0, double v1, double v2, double v3, double v4, double v5, double v6, double v7

typedef union {
  uint64_t bits;
  double real;
} word;
static double real_of(uint64_t bits) { return ((word){.bits = bits}).real; }
#define BITS(v) ((word){.real = v}).bits
#define VECTOR_LIST BITS(v0), BITS(v1), BITS(v2), BITS(v3), BITS(v4), BITS(v5), BITS(v6), BITS(v7)

static inline __attribute__((always_inline)) uint64_t pair(const slot *s, uint64_t i0, uint64_t i1) {
  const foreign_comparison *c = s->owner;
  foreign_frame *frame = foreign_innermost;
  // Addresses without the highest bits are values.
  const uint64_t end = ((uint64_t)1 << 61) - 1;
  if (__builtin_expect(frame && frame->thread == c->thread && !(frame->problem | frame->isOutside | frame->isStay) && i0 - 1 < end &&
                           i1 - 1 < end, 1)) {
    uint64_t values[] = {i0 << 3 | 3, i1 << 3 | 3};
    foreign_innermost = 0;
    uint64_t answer = c->usual(s->owner, frame, values);
    foreign_innermost = frame;
    return answer;
  }
  uint64_t words[] = {i0, i1};
  return s->handler(s->owner, words);
}

// The numbers are octal, because the preprocessor glues digits to a leading zero.
#define PAIR_FUNCTION(n) \
  static uint64_t pair_##n(uint64_t i0, uint64_t i1) { return pair(&slots[FOREIGN_SHAPE_PAIR][n], i0, i1); }
#define INTEGERS_FUNCTION(n) \
  static uint64_t integers_##n(INTEGERS) { \
    uint64_t words[] = {INTEGER_LIST}; \
    const slot *s = &slots[FOREIGN_SHAPE_INTEGERS][n]; \
    return s->handler(s->owner, words); \
  }
#define MIXED_INTEGER_FUNCTION(n) \
  static uint64_t mixed_integer_##n(INTEGERS, VECTORS) { \
    uint64_t words[] = {INTEGER_LIST, VECTOR_LIST}; \
    const slot *s = &slots[FOREIGN_SHAPE_MIXED_INTEGER][n]; \
    return s->handler(s->owner, words); \
  }
#define MIXED_VECTOR_FUNCTION(n) \
  static double mixed_vector_##n(INTEGERS, VECTORS) { \
    uint64_t words[] = {INTEGER_LIST, VECTOR_LIST}; \
    const slot *s = &slots[FOREIGN_SHAPE_MIXED_VECTOR][n]; \
    return real_of(s->handler(s->owner, words)); \
  }
REPEAT64(PAIR_FUNCTION)
REPEAT64(INTEGERS_FUNCTION)
REPEAT64(MIXED_INTEGER_FUNCTION)
REPEAT64(MIXED_VECTOR_FUNCTION)

#define PAIR_NAME(n) (const void *)pair_##n,
#define INTEGERS_NAME(n) (const void *)integers_##n,
#define MIXED_INTEGER_NAME(n) (const void *)mixed_integer_##n,
#define MIXED_VECTOR_NAME(n) (const void *)mixed_vector_##n,
static const void *const functions[FOREIGN_SHAPES][EACH] = {
    {REPEAT64(INTEGERS_NAME)}, {REPEAT64(MIXED_INTEGER_NAME)}, {REPEAT64(MIXED_VECTOR_NAME)}, {REPEAT64(PAIR_NAME)}};

const void *foreign_callback_take(int shape, void *owner, foreign_handler handler) {
  // One after the other, so that C code that calls too late seldom meets another function.
  static unsigned taken[FOREIGN_SHAPES];
  unsigned first = __atomic_fetch_add(&taken[shape], 1, __ATOMIC_RELAXED);
  for (unsigned k = 0; k < EACH; k++) {
    unsigned i = (first + k) % EACH;
    slot *s = &slots[shape][i];
    int free = 0;
    if (__atomic_load_n(&s->taken, __ATOMIC_RELAXED)) continue;
    if (!__atomic_compare_exchange_n(&s->taken, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) continue;
    s->owner = owner;
    s->handler = handler;
    return functions[shape][i];
  }
  return 0;
}

void foreign_callback_give_back(const void *function, foreign_handler gone) {
  // Of no thread: `gone` gets all calls.
  static foreign_comparison nobody;
  for (int shape = 0; shape < FOREIGN_SHAPES; shape++)
    for (int i = 0; i < EACH; i++)
      if (functions[shape][i] == function) {
        slot *s = &slots[shape][i];
        s->handler = gone;
        s->owner = &nobody;
        __atomic_store_n(&s->taken, 0, __ATOMIC_RELEASE);
        return;
      }
}
