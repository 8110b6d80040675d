// Prints `c/NAME NANOSECONDS` for calls through pointers, and `ffi_call/NAME` through libffi.
#include <ctype.h>
#include <dlfcn.h>
#include <ffi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COUNT = 1000000, ROUNDS = 9, SORTED = 10000 };
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}
struct box { long n; double x; };
typedef long nine_longs(long, long, long, long, long, long, long, long, long);
#define MEASURE(name, count, ...) \
  do { \
    double best = 1e18; \
    for (int round = 0; round < ROUNDS; round++) { \
      double start = now(); \
      for (int i = 0; i < (count); i++) { __VA_ARGS__; } \
      double time = (now() - start) / (count); \
      if (time < best) best = time; \
    } \
    printf("%s %.2f\n", name, best); \
  } while (0)

static void with_ffi(const char *name, void *f, ffi_type *result, int count, ffi_type **types, void **values) {
  ffi_cif cif;
  char label[64];
  uint64_t out;
  if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, (unsigned)count, result, types) != FFI_OK) abort();
  snprintf(label, sizeof label, "ffi_call/%s", name);
  MEASURE(label, COUNT, ffi_call(&cif, FFI_FN(f), &out, values));
}

int main(int argc, char **argv) {
  void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : 0;
  if (!library) return 1;
  void *math = dlopen("libm.so.6", RTLD_NOW);
  double (*volatile square)(double) = (double (*)(double))dlsym(math, "sqrt");
  int (*volatile absolute)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "abs");
  size_t (*volatile length)(const char *) = (size_t (*)(const char *))dlsym(RTLD_DEFAULT, "strlen");
  int (*volatile upper)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "toupper");
  int (*volatile five)(int, int, int, int, int) = (int (*)(int, int, int, int, int))dlsym(library, "five");
  double (*volatile mixed)(int, double, long, float) = (double (*)(int, double, long, float))dlsym(library, "mixed");
  nine_longs *volatile nine = (nine_longs *)dlsym(library, "nine");
  double (*volatile box)(struct box) = (double (*)(struct box))dlsym(library, "box");
  long (*volatile slow)(long) = (long (*)(long))dlsym(library, "slow");
  struct box given = {97, 2};
  int (*compare)(const void *, const void *) = (int (*)(const void *, const void *))dlsym(library, "compare");
  const char *text = "sixteen bytes ok";
  volatile double sink = 0;
  volatile long count = 0;
  MEASURE("c/sqrt", COUNT, sink = square(2));
  MEASURE("c/abs", COUNT, count = absolute(-5));
  MEASURE("c/strlen", COUNT, count = (long)length(text));
  MEASURE("c/toupper", COUNT, count = upper('a'));
  MEASURE("c/five", COUNT, count = five(1, 2, 3, 4, 5));
  MEASURE("c/mixed", COUNT, sink = mixed(1, 2, 3, 4));
  MEASURE("c/nine", COUNT, count = nine(1, 2, 3, 4, 5, 6, 7, 8, 9));
  MEASURE("c/struct", COUNT, sink = box(given));
  MEASURE("c/slow, atomic", COUNT / 10, count = slow(97));
  static int numbers[SORTED];
  MEASURE("c/qsort", 10, {
    uint32_t seed = 12345;
    for (int k = 0; k < SORTED; k++) seed = seed * 1664525u + 1013904223u, numbers[k] = (int)(seed >> 1);
    qsort(numbers, SORTED, sizeof(int), compare);
  });
  double two = 2;
  int n = 97;
  long l = 3;
  float x = 4;
  ffi_type *ints[] = {&ffi_type_sint32, &ffi_type_sint32, &ffi_type_sint32, &ffi_type_sint32, &ffi_type_sint32};
  void *values[] = {&n, &n, &n, &n, &n};
  ffi_type *real[] = {&ffi_type_double}, *pointer[] = {&ffi_type_pointer};
  ffi_type *four[] = {&ffi_type_sint32, &ffi_type_double, &ffi_type_sint64, &ffi_type_float};
  with_ffi("sqrt", (void *)square, &ffi_type_double, 1, real, (void *[]){&two});
  with_ffi("abs", (void *)absolute, &ffi_type_sint32, 1, ints, values);
  with_ffi("strlen", (void *)length, &ffi_type_uint64, 1, pointer, (void *[]){&text});
  with_ffi("toupper", (void *)upper, &ffi_type_sint32, 1, ints, values);
  with_ffi("five", (void *)five, &ffi_type_sint32, 5, ints, values);
  with_ffi("mixed", (void *)mixed, &ffi_type_double, 4, four, (void *[]){&n, &two, &l, &x});
  ffi_type *nine_types[9], *members[] = {&ffi_type_sint64, &ffi_type_double, 0};
  void *nine_values[9];
  for (int k = 0; k < 9; k++) nine_types[k] = &ffi_type_sint64, nine_values[k] = &l;
  ffi_type box_type = {0, 0, FFI_TYPE_STRUCT, members}, *boxes[] = {&box_type};
  with_ffi("nine", (void *)nine, &ffi_type_sint64, 9, nine_types, nine_values);
  with_ffi("struct", (void *)box, &ffi_type_double, 1, boxes, (void *[]){&given});
  (void)sink, (void)count;
  return 0;
}
