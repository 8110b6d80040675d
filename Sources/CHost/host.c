#define _GNU_SOURCE 1
#include "CHost.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void host_futex_wait(void *word, uint32_t expected, uint64_t microseconds) {
  struct timespec limit = {microseconds / 1000000, (microseconds % 1000000) * 1000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, microseconds ? &limit : 0, 0, 0);
}

void host_futex_wake(void *word, int32_t count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, 0, 0, 0);
}

static bool spin_for_lock(uint32_t *lock) {
  if (host_try_lock(lock)) return true;
  for (int spin = 0; spin < 40; spin++) {
    if (__atomic_load_n(lock, __ATOMIC_RELAXED) == 0 && host_try_lock(lock)) return true;
    host_pause();
  }
  return false;
}

void host_lock(void *word) {
  uint32_t *lock = word;
  if (spin_for_lock(lock)) return;
  while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQ_REL) != 0) host_futex_wait(lock, 2, 0);
}

bool host_lock_within(void *word, uint64_t microseconds) {
  uint32_t *lock = word;
  if (spin_for_lock(lock)) return true;
  uint64_t now = host_monotonic_ns(), end = now + microseconds * 1000;
  while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQ_REL) != 0) {
    if (now >= end) return false;
    host_futex_wait(lock, 2, (end - now) / 1000 + 1);
    now = host_monotonic_ns();
  }
  return true;
}

bool host_try_lock(void *word) {
  uint32_t expected = 0;
  return __atomic_compare_exchange_n((uint32_t *)word, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void host_unlock(void *word) {
  uint32_t *lock = word;
  if (__atomic_exchange_n(lock, 0, __ATOMIC_ACQ_REL) == 2) host_futex_wake(lock, 1);
}

void *host_reserve(size_t bytes) {
  void *base = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return base == MAP_FAILED ? NULL : base;
}

void host_release(void *base, size_t bytes) { munmap(base, bytes); }
void host_prefer_large_pages(void *base, size_t bytes) { madvise(base, bytes, MADV_HUGEPAGE); }
void host_discard(void *base, size_t bytes) { madvise(base, bytes, MADV_DONTNEED); }

// Set by the linker. Nothing between them is ever written.
extern char __executable_start[], etext[];

void host_release_code(void) {
  uintptr_t mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
  uintptr_t start = ((uintptr_t)__executable_start + mask) & ~mask, end = (uintptr_t)etext & ~mask;
  if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
}

static size_t read_size(const char *path) {
  char text[64] = {0};
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  size_t n = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  return n && text[0] >= '0' && text[0] <= '9' ? strtoull(text, 0, 10) : 0;
}

size_t host_physical_memory(void) {
  size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
  size_t limit = read_size("/sys/fs/cgroup/memory.max");
  return limit && limit < memory ? limit : memory;
}

size_t host_cache_size(void) {
  long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return size > 0 ? (size_t)size : 1 << 20;
}

int32_t host_core_count(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
}

typedef struct {
  void (*body)(void *);
  void *argument;
} Start;

static void *thread_main(void *argument) {
  Start start = *(Start *)argument;
  free(argument);
  start.body(start.argument);
  return 0;
}

int32_t host_thread_start(uintptr_t *handle, size_t stack_bytes, void (*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t thread;
  Start *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  start->body = body;
  start->argument = argument;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  int error = pthread_create(&thread, &attributes, thread_main, start);
  pthread_attr_destroy(&attributes);
  if (error) free(start);
  else *handle = (uintptr_t)thread;
  return error;
}

void host_thread_join(uintptr_t handle) { pthread_join((pthread_t)handle, 0); }
void host_yield(void) { sched_yield(); }
int32_t host_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

static uint64_t clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t host_monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

static volatile sig_atomic_t interrupt_pipe = -1;

static void write_interrupt(int signal) {
  (void)signal;
  int error = errno;
  char byte = 0;
  // A full pipe holds enough interrupts already.
  ssize_t written = write(interrupt_pipe, &byte, 1);
  (void)written;
  errno = error;
}

static void handle_interrupts(void (*handler)(int)) {
  struct sigaction action = {0};
  if (sigaction(SIGINT, 0, &action) != 0 || action.sa_handler == SIG_IGN) return;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, 0);
}

void host_pipe_interrupts(int32_t descriptor) {
  interrupt_pipe = descriptor;
  handle_interrupts(write_interrupt);
}
void host_default_interrupts(void) { handle_interrupts(SIG_DFL); }

void host_unbuffer_stdout(void) { setvbuf(stdout, 0, _IONBF, 0); }
