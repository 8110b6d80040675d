// What the foreign-call benchmark calls beside the C library.
int five(int a, int b, int c, int d, int e) { return a + b + c + d + e; }
double mixed(int a, double b, long c, float d) { return a + b + (double)c + (double)d; }
long nine(long a, long b, long c, long d, long e, long f, long g, long h, long i) {
  return a + b + c + d + e + f + g + h + i;
}
/// Too long to stay in a quantum: some microseconds.
long slow(long n) {
  unsigned long x = (unsigned long)n;
  for (int i = 0; i < 2000; i++) x = x * 6364136223846793005u + 1442695040888963407u;
  return (long)(x >> 8);
}
struct box { long n; double x; };
double box(struct box b) { return (double)b.n + b.x; }
int compare(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}
