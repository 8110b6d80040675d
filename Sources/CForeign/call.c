#include "CForeign.h"
#if defined(__x86_64__)

// Calls with any arguments, by the calling convention of x86-64 Linux. Registers are loaded as by the
// register thunks. What goes to the stack is one struct by value behind them: too large for registers,
// it is copied to where stack arguments are. A prototype with `...` sets the register that variadic
// callees look at; others ignore it. A longer struct than the callee reads does no harm.

typedef struct { uint64_t w[4]; } stack4;
typedef struct { uint64_t w[16]; } stack16;
typedef struct { uint64_t w[64]; } stack64;
typedef struct { uint64_t w[256]; } stack256;
typedef struct { uint64_t w[1024]; } stack1024;

typedef struct { uint64_t a, b; } result_ii;
typedef struct { double a, b; } result_vv;
typedef struct { uint64_t a; double b; } result_iv;
typedef struct { double a; uint64_t b; } result_vi;

#define REGISTERS FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v)
#define CALL(type, stack) \
  ((type (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES, stack, ...))f)(REGISTERS, *(const stack *)s)
#define SIZED(type) \
  (n == 0     ? ((type (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES, ...))f)(REGISTERS) \
   : n <= 4   ? CALL(type, stack4) \
   : n <= 16  ? CALL(type, stack16) \
   : n <= 64  ? CALL(type, stack64) \
   : n <= 256 ? CALL(type, stack256) \
              : CALL(type, stack1024))
#define INTO(type) \
  do { \
    type value = SIZED(type); \
    code = errno; \
    memcpy(result, &value, sizeof value); \
  } while (0)

int32_t foreign_call_general(const void *f, const uint64_t *w, const uint64_t *s, size_t n, int kind, void *result,
                             bool clear) {
  const double *v = (const double *)(w + FOREIGN_INTEGERS);
  int32_t code = 0;
  if (clear) errno = 0;
  switch (kind) {
  case FOREIGN_RESULT_INTEGER: INTO(uint64_t); break;
  case FOREIGN_RESULT_VECTOR: INTO(double); break;
  case FOREIGN_RESULT_II: INTO(result_ii); break;
  case FOREIGN_RESULT_VV: INTO(result_vv); break;
  case FOREIGN_RESULT_IV: INTO(result_iv); break;
  case FOREIGN_RESULT_VI: INTO(result_vi); break;
  case FOREIGN_RESULT_X87: INTO(long double); break;
  case FOREIGN_RESULT_X87_PAIR: INTO(_Complex long double); break;
  default: SIZED(uint64_t); code = errno;  // through a hidden pointer, which is among the arguments
  }
  return code;
}
#endif
