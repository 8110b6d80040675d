// GMP's functions on limbs in memory of the caller (`mpn`), with the types that Swift has for them.
#pragma once
#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(GMP_NUMB_BITS == 64 && sizeof(mp_limb_t) == sizeof(uint64_t), "limbs of 64 bits");

/// r[0 ..< n + m] = a * b, for n >= m >= 1. `r` overlaps neither.
static inline void gmp_multiply(uint64_t *_Nonnull r, const uint64_t *_Nonnull a, long n,
                                const uint64_t *_Nonnull b, long m) {
  mpn_mul((mp_ptr)r, (mp_srcptr)a, n, (mp_srcptr)b, m);
}

/// r[0 ..< 2 * n] = a * a, for n >= 1. `r` does not overlap `a`.
static inline void gmp_square(uint64_t *_Nonnull r, const uint64_t *_Nonnull a, long n) {
  mpn_sqr((mp_ptr)r, (mp_srcptr)a, n);
}

/// q[0 ... n - m] = a / b and r[0 ..< m] = a % b, for n >= m >= 1 and b[m - 1] != 0. No overlap.
static inline void gmp_divide(uint64_t *_Nonnull q, uint64_t *_Nonnull r,
                              const uint64_t *_Nonnull a, long n, const uint64_t *_Nonnull b,
                              long m) {
  mpn_tdiv_qr((mp_ptr)q, (mp_ptr)r, 0, (mp_srcptr)a, n, (mp_srcptr)b, m);
}

/// r = the greatest common divisor of two odd numbers without leading zeros, a >= b; its length.
/// Destroys both. `r` has room for m limbs.
static inline long gmp_gcd(uint64_t *_Nonnull r, uint64_t *_Nonnull a, long n,
                           uint64_t *_Nonnull b, long m) {
  return mpn_gcd((mp_ptr)r, (mp_ptr)a, n, (mp_ptr)b, m);
}

/// root[0 ..< (n + 1) / 2] = the square root of a, rounded down, for a[n - 1] != 0.
static inline void gmp_square_root(uint64_t *_Nonnull root, const uint64_t *_Nonnull a, long n) {
  mpn_sqrtrem((mp_ptr)root, NULL, (mp_srcptr)a, n);
}

/// The decimal digits (0 to 9, not characters) of a, perhaps with zeros in front; their number.
/// Destroys a; a[n - 1] != 0.
static inline size_t gmp_decimal(uint8_t *_Nonnull digits, uint64_t *_Nonnull a, long n) {
  return mpn_get_str(digits, 10, (mp_ptr)a, n);
}

/// The number with these decimal digits, of which the first is not 0; its length.
static inline long gmp_parse_decimal(uint64_t *_Nonnull r, const uint8_t *_Nonnull digits,
                                     size_t count) {
  return mpn_set_str((mp_ptr)r, digits, count, 10);
}
