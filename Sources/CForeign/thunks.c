#include "CForeign.h"
#include <math.h>

// Calls of scalars in registers, made from tagged values in one step. A thunk is code for one number of
// integers and one of vectors: no word is stored on the way, and nothing is asked that its signature answers.
// What does not fit, and what is rare, is left to the general way: nothing has been called then.

#define ALWAYS static inline __attribute__((always_inline))
#define LIKELY(c) __builtin_expect(!!(c), 1)

typedef union {
  uint64_t bits;
  double real;
  float single;
} number;
typedef double pair __attribute__((vector_size(16)));
typedef float quad __attribute__((vector_size(16)));

/// By value, so that it stays in registers.
typedef struct {
  uint64_t word;
  bool fits;
} integer_word;
typedef struct {
  double word;
  bool fits;
} vector_word;

/// Whether text would end before its end, for C. Objects are of whole words, and a zero byte follows the content.
ALWAYS bool is_cut(const uint64_t *words, size_t count) {
  if (!LIKELY(count < 64)) return foreign_has_zero(words, count);
  const uint64_t ones = 0x0101010101010101;
  uint64_t zeros = 0, word;
#pragma clang loop vectorize(disable) unroll(disable)
  for (; count >= 8; count -= 8) {
    word = *words++;
    zeros |= (word - ones) & ~word;
  }
  word = *words | ~(uint64_t)0 << count * 8;
  zeros |= (word - ones) & ~word;
  return zeros & ones << 7;
}

/// What goes into an integer register and is none.
ALWAYS integer_word only_pointer(const foreign_thunk *t, const foreign_integer *a, uint64_t v) {
  const integer_word no = {0, false};
  if (a->kind == FOREIGN_INTEGER) return no;
  if ((v & 7) == 1) {
    const uint64_t *object = (const uint64_t *)(uintptr_t)(v - 1);
    if (a->kind == FOREIGN_POINTER) return no;
    if ((__atomic_load_n(object, __ATOMIC_RELAXED) & FOREIGN_KIND_MASK) != t->strings) return no;
    if (a->kind == FOREIGN_TEXT && is_cut(object + 2, (size_t)((int64_t)object[1] >> 2))) return no;
    return (integer_word){(uint64_t)(uintptr_t)(object + 2), true};
  }
  if ((v & 7) == 3) return (integer_word){v >> 3, true};
  return (integer_word){0, v == FOREIGN_NONE};
}

static __attribute__((noinline)) integer_word pointer(const foreign_thunk *t, const foreign_integer *a, uint64_t v) {
  return only_pointer(t, a, v);
}

/// Integers for pointers do not fit: no integer of 62 bits lies in their range.
ALWAYS integer_word integer(const foreign_integer *a, uint64_t v) {
  uint64_t word = (uint64_t)((int64_t)v >> 2);
  return (integer_word){word, word - (uint64_t)a->low <= a->span};
}

ALWAYS vector_word vector(const foreign_thunk *t, int k, const uint64_t *values) {
  const foreign_vector *a = &t->vectors[k];
  uint64_t v = values[a->value];
  number n;
  if (LIKELY((0x64646464u >> (v & 31)) & 1)) {
    n.bits = (v >> 4 | v << 60) - 0x2000000000000000;
  } else if ((v & 3) == 0) {
    n.real = (double)((int64_t)v >> 2);
  } else {
    return (vector_word){0, false};
  }
  if (!a->isFloat) return (vector_word){n.real, true};
  // In the low half of the register.
  float single = (float)n.real;
  return (vector_word){((pair)(quad){single})[0], !__builtin_isinf(single)};
}

ALWAYS foreign_outcome made(uint64_t bits, int error) { return (foreign_outcome){bits, (uint32_t)error}; }
/// The call has been made; what it gave is for somebody else to look at.
ALWAYS foreign_outcome raw(uint64_t bits, int error) {
  return (foreign_outcome){bits, FOREIGN_RAW | (uint32_t)error};
}
ALWAYS foreign_outcome whole(int64_t i, int error) { return made((uint64_t)i << 2, error); }

ALWAYS foreign_outcome finish_integer(const foreign_thunk *t, uint64_t bits, int error) {
  if (LIKELY(t->result == FOREIGN_INT32)) return whole((int32_t)bits, error);
  if (t->result == FOREIGN_VOID) return made(FOREIGN_NONE, error);
  if (t->result == FOREIGN_INT64 && (int64_t)(bits << 2) >> 2 == (int64_t)bits) return whole((int64_t)bits, error);
  if (t->result == FOREIGN_UINT64 && bits >> 61 == 0) return whole((int64_t)bits, error);
  if (t->result == FOREIGN_UINT32) return whole((uint32_t)bits, error);
  if (t->result == FOREIGN_ADDRESS && bits != 0 && bits >> 61 == 0) return made(bits << 3 | 3, error);
  return raw(bits, error);
}
ALWAYS foreign_outcome finish_vector(const foreign_thunk *t, double real, int error) {
  number n = {.real = real};
  uint64_t bits = n.bits;
  if (t->result == FOREIGN_SINGLE) n.real = (double)n.single;
  uint64_t moved = n.bits + 0x2000000000000000;
  uint64_t v = moved << 4 | moved >> 60;
  if (LIKELY((0x64646464u >> (v & 31)) & 1)) return made(v, error);
  return raw(bits, error);
}

/// Registers behind the last argument hold whatever they hold: no callee looks at them.
ALWAYS foreign_outcome run(const foreign_thunk *t, const uint64_t *values, int integers, int vectors, bool isReal,
                           bool looksAtErrno, bool hasPointers) {
  const foreign_outcome again = {0, FOREIGN_AGAIN};
  uint64_t w[FOREIGN_INTEGERS], tags = 0;
  double v[FOREIGN_VECTORS];
#pragma clang loop unroll(full)
  for (int k = 0; k < integers; k++) {
    w[k] = values[vectors == 0 ? k : t->integers[k].value];
    tags |= w[k];
  }
  if (!hasPointers && !LIKELY((tags & 3) == 0)) return again;
#pragma clang loop unroll(full)
  for (int k = 0; k < integers; k++) {
    const foreign_integer *a = &t->integers[k];
    integer_word i = !hasPointers || (w[k] & 3) == 0 ? integer(a, w[k])
                     : integers == 1                 ? only_pointer(t, a, w[k])
                                                     : pointer(t, a, w[k]);
    if (!LIKELY(i.fits)) return again;
    w[k] = i.word;
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < vectors; k++) {
    vector_word i = vector(t, k, values);
    v[k] = i.word;
    if (!LIKELY(i.fits)) return again;
  }
  foreign_thread *here = &foreign_this_thread;
  if (looksAtErrno && !LIKELY(here->error)) here->error = &errno;
  if (looksAtErrno && t->clearsErrno) *here->error = 0;
  foreign_call call = {t->description, values};
  here->call = &call;
  foreign_outcome outcome;
  if (isReal) {
    double r = vectors == 0 ? ((double (*)(FOREIGN_INTEGER_TYPES))t->function)(FOREIGN_INTEGER_WORDS(w))
                            : ((double (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))t->function)(
                                  FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
    outcome = finish_vector(t, r, looksAtErrno ? *here->error : 0);
  } else {
    uint64_t r = vectors == 0 ? ((uint64_t (*)(FOREIGN_INTEGER_TYPES))t->function)(FOREIGN_INTEGER_WORDS(w))
                              : ((uint64_t (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))t->function)(
                                    FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
    outcome = finish_integer(t, r, looksAtErrno ? *here->error : 0);
  }
  here->call = 0;
  return outcome;
}

// One thunk for each: I integers, V vectors, a floating-point result, a look at `errno`, pointers.
#define THUNK(I, V, R, E, P) \
  static foreign_outcome thunk_##I##V##R##E##P(const foreign_thunk *t, const uint64_t *values) { \
    return run(t, values, I, V, R, E, P); \
  }
#define EACH(m, I, V) \
  m(I, V, 0, 0, 0) m(I, V, 0, 0, 1) m(I, V, 0, 1, 0) m(I, V, 0, 1, 1) \
  m(I, V, 1, 0, 0) m(I, V, 1, 0, 1) m(I, V, 1, 1, 0) m(I, V, 1, 1, 1)
#define ROW(m, I) m(I, 0) m(I, 1) m(I, 2) m(I, 3) m(I, 4)
#define TABLE(m) ROW(m, 0) ROW(m, 1) ROW(m, 2) ROW(m, 3) ROW(m, 4) ROW(m, 5) ROW(m, 6)
#define THUNKS(I, V) EACH(THUNK, I, V)
TABLE(THUNKS)

enum { VECTORS = 4 };
#define CODE(I, V, R, E, P) thunk_##I##V##R##E##P,
#define CODES(I, V) {EACH(CODE, I, V)},
static const foreign_thunk_code codes[][8] = {TABLE(CODES)};

foreign_thunk_code foreign_thunk_for(int integers, int vectors, bool isReal, bool looksAtErrno, bool hasPointers) {
  if (integers > 6 || vectors > VECTORS) return 0;
  return codes[integers * (VECTORS + 1) + vectors][isReal * 4 + looksAtErrno * 2 + hasPointers];
}

foreign_outcome foreign_run_framed(const foreign_thunk *t, const uint64_t *values, void *thread) {
  foreign_frame frame = {foreign_innermost, thread, t->description, 0, 0, 0, 0};
  return foreign_run_in(&frame, t, values);
}
