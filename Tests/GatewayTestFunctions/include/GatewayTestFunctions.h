// Foreign code under the tests' control.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The functions of Generated/signatures.c; null beyond the last.
const void *_Nullable test_signature(int number);
/// A function of functions.c by name; null when there is none.
const void *_Nullable test_function(const char *_Nonnull name);

/// How often `bump` has been called since the last reset.
int64_t test_bumps(void);
void test_reset_bumps(void);

/// A log that guest output and foreign code share.
void test_log(const void *_Nonnull bytes, size_t count);
size_t test_take_log(char *_Nonnull into, size_t capacity);
