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

_Thread_local foreign_frame *foreign_innermost;
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

// The numbers are octal, because the preprocessor glues digits to a leading zero.
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
REPEAT64(INTEGERS_FUNCTION)
REPEAT64(MIXED_INTEGER_FUNCTION)
REPEAT64(MIXED_VECTOR_FUNCTION)

#define INTEGERS_NAME(n) (const void *)integers_##n,
#define MIXED_INTEGER_NAME(n) (const void *)mixed_integer_##n,
#define MIXED_VECTOR_NAME(n) (const void *)mixed_vector_##n,
static const void *const functions[FOREIGN_SHAPES][EACH] = {
    {REPEAT64(INTEGERS_NAME)}, {REPEAT64(MIXED_INTEGER_NAME)}, {REPEAT64(MIXED_VECTOR_NAME)}};

const void *foreign_callback_take(int shape, void *owner, foreign_handler handler) {
  for (int i = 0; i < EACH; i++) {
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

void foreign_callback_give_back(const void *function) {
  for (int shape = 0; shape < FOREIGN_SHAPES; shape++)
    for (int i = 0; i < EACH; i++)
      if (functions[shape][i] == function) __atomic_store_n(&slots[shape][i].taken, 0, __ATOMIC_RELEASE);
}
