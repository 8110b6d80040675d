#include "GatewayTestFunctions.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t bumps;
static int64_t bump(void) { return __atomic_add_fetch(&bumps, 1, __ATOMIC_SEQ_CST); }
/// Counts, and gives text that the caller must copy.
static const char *bump_text(int length) {
  static _Thread_local char text[64];
  bump();
  memset(text, 'x', sizeof text);
  text[length] = 0;
  return text;
}
/// Counts, and gives a number that needs a box.
static double bump_huge(void) {
  bump();
  return 1e300;
}
int64_t test_bumps(void) { return __atomic_load_n(&bumps, __ATOMIC_SEQ_CST); }
void test_reset_bumps(void) { __atomic_store_n(&bumps, 0, __ATOMIC_SEQ_CST); }

/// Sum of the bytes, read after others had time to run.
static int sum_slowly(const char *text) {
  struct timespec pause = {0, 300000};
  nanosleep(&pause, 0);
  int sum = 0;
  for (; *text; text++) sum += (unsigned char)*text;
  return sum;
}
static int sum_bytes(const void *bytes, size_t count) {
  int sum = 0;
  for (size_t i = 0; i < count; i++) sum += ((const unsigned char *)bytes)[i];
  return sum;
}
static const char *text_number(int which) {
  return which == 0 ? NULL : which == 1 ? "" : "h\xC3\xA9llo";
}
static const char *same_text(const void *p) { return p; }
static const void *same_pointer(const void *p) { return p; }
static int fail_with(int code) {
  errno = code;
  return -1;
}
static double times_huge(double x) { return x * 1e300; }
static uint64_t all_ones(void) { return ~(uint64_t)0; }
static int64_t least(void) { return INT64_MIN; }
static void *map_failed(void) { return (void *)~(uintptr_t)0; }
static bool negate(bool b) { return !b; }
static void nothing(void) {}
static int8_t narrow8(int8_t x) { return x; }
static uint8_t unarrow8(uint8_t x) { return x; }
static int16_t narrow16(int16_t x) { return x; }
static uint16_t unarrow16(uint16_t x) { return x; }
static int32_t narrow32(int32_t x) { return x; }
static uint32_t unarrow32(uint32_t x) { return x; }
static int64_t narrow64(int64_t x) { return x; }
static uint64_t unarrow64(uint64_t x) { return x; }
static float half(float x) { return x / 2; }
static double twice(double x) { return x * 2; }
/// A buffer that `print` writes to and `same_text` reads.
static char page[256];
static void *print_buffer(void) { return page; }
static int print(char *into, size_t capacity, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int n = vsnprintf(into, capacity, format, list);
  va_end(list);
  return n;
}

static char journal[4096];
static size_t journal_count;
void test_log(const void *bytes, size_t count) {
  if (count > sizeof journal - journal_count) count = sizeof journal - journal_count;
  memcpy(journal + journal_count, bytes, count);
  journal_count += count;
}
size_t test_take_log(char *into, size_t capacity) {
  size_t count = journal_count < capacity ? journal_count : capacity;
  memcpy(into, journal, count);
  journal_count = 0;
  return count;
}
static void log_text(const char *text) { test_log(text, strlen(text)); }

#define NAMED(f) {#f, (const void *)f}
const void *test_function(const char *name) {
  static const struct {
    const char *name;
    const void *address;
  } table[] = {
      NAMED(bump), NAMED(bump_text), NAMED(bump_huge), NAMED(sum_slowly), NAMED(sum_bytes), NAMED(text_number),
      NAMED(same_text), NAMED(same_pointer), NAMED(fail_with), NAMED(times_huge), NAMED(all_ones), NAMED(least),
      NAMED(map_failed), NAMED(negate), NAMED(nothing), NAMED(narrow8), NAMED(unarrow8), NAMED(narrow16),
      NAMED(unarrow16), NAMED(narrow32), NAMED(unarrow32), NAMED(narrow64), NAMED(unarrow64), NAMED(half),
      NAMED(twice), NAMED(print_buffer), NAMED(print), NAMED(log_text),
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, name) == 0) return table[i].address;
  return NULL;
}
