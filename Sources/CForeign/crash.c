#define _GNU_SOURCE 1
#include "CForeign.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

// Who was it? When the process dies of a signal inside foreign code, the last words name the function.
// Everything here may run in a signal handler.

FOREIGN_THREAD_LOCAL foreign_thread foreign_this_thread;

/// What was there before: it comes after us.
static struct sigaction before[65];
static void (*first_of_all)(void);
static char line[1024];
static size_t used;
static void text(const char *s) {
  while (*s && used < sizeof line - 1) line[used++] = *s++;
}
static void number(uint64_t n, unsigned base) {
  char digits[24];
  int i = 24;
  do {
    digits[--i] = "0123456789abcdef"[n % base];
    n /= base;
  } while (n);
  while (i < 24 && used < sizeof line - 1) line[used++] = digits[i++];
}
static const char *name(int signal) {
  switch (signal) {
  case SIGSEGV: return "segmentation fault";
  case SIGBUS: return "bus error";
  case SIGFPE: return "arithmetic error";
  case SIGILL: return "illegal instruction";
  default: return "abort";
  }
}

/// A tagged value, see `Value`.
static void argument(uint64_t v) {
  int64_t i = (int64_t)v >> 2;
  if ((v & 3) == 0) {
    if (i < 0) text("-");
    number(i < 0 ? -(uint64_t)i : (uint64_t)i, 10);
  } else if ((v & 7) == 3) {
    text("0x");
    number(v >> 3, 16);
  } else if ((v & 7) == 1) {
    text("a byte string at 0x");
    number(v + 15, 16);
  } else {
    text(v == FOREIGN_NONE ? "NULL" : "a number");
  }
}

static void report(int signal, siginfo_t *info, void *context) {
  (void)context;
  const foreign_call *call = foreign_this_thread.call;
  const foreign_frame *frame = call ? 0 : foreign_innermost;
  const foreign_description *d = call ? call->description : frame ? frame->description : 0;
  if (d) {
    first_of_all();
    used = 0;
    text("foreign code: ");
    text(name(signal));
    if (signal == SIGSEGV || signal == SIGBUS) {
      text(" at address 0x");
      number((uint64_t)(uintptr_t)info->si_addr, 16);
    }
    text(" in ");
    text(d->prototype);
    if (d->library[0]) {
      text(" of ");
      text(d->library);
    }
    if (call && call->values && d->parameters) {
      text(", called with");
      for (int i = 0; i < d->parameters; i++) {
        text(i ? ", " : " ");
        argument(call->values[i]);
      }
    } else if (frame && frame->words && d->integers) {
      text(", called with");
      for (int i = 0; i < d->integers; i++) {
        text(i ? ", 0x" : " 0x");
        number(frame->words[i], 16);
      }
    }
    text("\n");
    ssize_t written = write(2, line, used);
    (void)written;
  }
  // Back to where it happened, as if nobody had listened.
  sigaction(signal, &before[signal], 0);
  if (info->si_code <= 0) raise(signal);
}

void foreign_report_crashes(void (*first)(void)) {
  first_of_all = first;
  static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = report;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(signals[i], &action, &before[signals[i]]);
  }
}
