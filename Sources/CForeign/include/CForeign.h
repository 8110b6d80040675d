// What the gateway needs from C: calls through argument registers, errno, shared libraries.
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FOREIGN_INLINE static inline __attribute__((always_inline))

// Register thunks. The calling conventions of x86-64 and AArch64 Linux fill integer and vector
// registers independently of each other, and a callee reads only those that its prototype names. So
// a call that loads all of them serves every prototype without stack arguments, structs or `...`.
// Small integers travel sign- or zero-extended, a float in the low half of a vector word.
#if defined(__x86_64__)
enum { FOREIGN_INTEGERS = 6, FOREIGN_VECTORS = 8 };
#define FOREIGN_INTEGER_TYPES uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t
#define FOREIGN_INTEGER_WORDS(w) (w)[0], (w)[1], (w)[2], (w)[3], (w)[4], (w)[5]
#elif defined(__aarch64__)
enum { FOREIGN_INTEGERS = 8, FOREIGN_VECTORS = 8 };
#define FOREIGN_INTEGER_TYPES uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t
#define FOREIGN_INTEGER_WORDS(w) (w)[0], (w)[1], (w)[2], (w)[3], (w)[4], (w)[5], (w)[6], (w)[7]
#else
#error "describe the argument registers of this architecture"
#endif
#define FOREIGN_VECTOR_TYPES double, double, double, double, double, double, double, double
#define FOREIGN_VECTOR_WORDS(v) (v)[0], (v)[1], (v)[2], (v)[3], (v)[4], (v)[5], (v)[6], (v)[7]

/// Buffers for the integer registers, and for all.
typedef struct foreign_integers {
  uint64_t words[FOREIGN_INTEGERS];
} foreign_integers;
typedef struct foreign_registers {
  uint64_t words[FOREIGN_INTEGERS + FOREIGN_VECTORS];
} foreign_registers;

/// Integer arguments, integer result.
FOREIGN_INLINE uint64_t foreign_call_integers(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  return ((uint64_t (*)(FOREIGN_INTEGER_TYPES))f)(FOREIGN_INTEGER_WORDS(w));
}
/// One or two doubles, result a double: the shape of most of libm.
FOREIGN_INLINE double foreign_call_doubles(const void *_Nonnull f, double a, double b) {
  return ((double (*)(double, double))f)(a, b);
}
/// Any arguments, integer result.
FOREIGN_INLINE uint64_t foreign_call_mixed_integer(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  const double *v = (const double *)(w + FOREIGN_INTEGERS);
  return ((uint64_t (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))f)(FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
}
/// Any arguments, vector result.
FOREIGN_INLINE double foreign_call_mixed_vector(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  const double *v = (const double *)(w + FOREIGN_INTEGERS);
  return ((double (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))f)(FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
}

FOREIGN_INLINE int32_t foreign_errno(void) { return errno; }
FOREIGN_INLINE void foreign_clear_errno(void) { errno = 0; }

FOREIGN_INLINE bool foreign_has_zero(const void *_Nonnull bytes, size_t count) {
  return memchr(bytes, 0, count) != 0;
}

/// Opens a shared library, or the process itself for a null name. Null on failure: `foreign_error`.
void *_Nullable foreign_open(const char *_Nullable name);
/// The address of a symbol. Null when it is missing, or its address is zero.
const void *_Nullable foreign_symbol(void *_Nonnull library, const char *_Nonnull name);
/// What the last failing call of this thread said.
const char *_Nonnull foreign_error(void);
/// True when `symbol` is part of `library` itself, not of one of the libraries it needs.
bool foreign_defines(void *_Nonnull library, const void *_Nonnull symbol);
/// Base name of the shared object that `symbol` lies in; empty when unknown. Valid until it is closed.
const char *_Nonnull foreign_origin(const void *_Nonnull symbol);
