// What the foreign-call benchmark calls beside the C library.
int five(int a, int b, int c, int d, int e) { return a + b + c + d + e; }
double mixed(int a, double b, long c, float d) { return a + b + (double)c + (double)d; }
int compare(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}
