#define _GNU_SOURCE
#include "fibers.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

struct fiber {
  ucontext_t own, caller;
  void (*body)(void *);
  void *argument;
  bool ended;
  size_t bytes;
  char stack[] __attribute__((aligned(64)));
};

static fiber *running;

fiber *fiber_create(size_t stack_bytes) {
  fiber *f = malloc(sizeof(fiber) + stack_bytes);
  if (!f) return NULL;
  memset(f, 0, sizeof(fiber));
  f->bytes = stack_bytes;
  f->ended = true;
  return f;
}
void fiber_destroy(fiber *f) { free(f); }

static void run(void) {
  fiber *f = running;
  f->body(f->argument);
  f->ended = true;
  swapcontext(&f->own, &f->caller);
}

void fiber_prepare(fiber *f, void (*body)(void *), void *argument) {
  f->body = body;
  f->argument = argument;
  f->ended = false;
  getcontext(&f->own);
  f->own.uc_stack.ss_sp = f->stack;
  f->own.uc_stack.ss_size = f->bytes;
  f->own.uc_link = NULL;
  makecontext(&f->own, run, 0);
}
void fiber_resume(fiber *f) {
  running = f;
  swapcontext(&f->caller, &f->own);
  running = NULL;
}
void fiber_yield(void) {
  if (running) swapcontext(&running->own, &running->caller);
}
bool fiber_has_ended(const fiber *f) { return f->ended; }

static char explanation[256];
static void explain(int number) {
  (void)number;
  (void)!write(STDOUT_FILENO, explanation, strlen(explanation));
  _exit(1);
}
void proof_explain_crash(const char *text) {
  strncpy(explanation, text, sizeof explanation - 1);
  static bool installed;
  if (installed) return;
  installed = true;
  int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], explain);
}
