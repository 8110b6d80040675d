#define _GNU_SOURCE 1
#include "CForeign.h"
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Interruptible calls: a signal without effect makes a system call of the thread return with EINTR.

enum { INTERRUPT = SIGURG };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static foreign_interruptible *threads;
static void nothing(int signal) { (void)signal; }

void foreign_interruptible_begin(foreign_interruptible *call, int32_t milliseconds) {
  struct sigaction action = {0};
  action.sa_handler = nothing;  // without SA_RESTART
  sigaction(INTERRUPT, &action, 0);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, INTERRUPT);
  pthread_sigmask(SIG_UNBLOCK, &signals, 0);
  call->thread = (int32_t)syscall(SYS_gettid);
  call->hasTimer = 0;
  pthread_mutex_lock(&lock);
  call->next = threads;
  threads = call;
  pthread_mutex_unlock(&lock);
  if (milliseconds <= 0) return;
  struct sigevent event = {0};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = INTERRUPT;
  event._sigev_un._tid = call->thread;
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return;
  // Again and again: the first signal may come before the system call begins.
  struct itimerspec when = {{0, 10000000}, {milliseconds / 1000, milliseconds % 1000 * 1000000L}};
  timer_settime(timer, 0, &when, 0);
  call->timer = (void *)timer;
  call->hasTimer = 1;
}

void foreign_interruptible_end(foreign_interruptible *call) {
  int error = errno;
  if (call->hasTimer) timer_delete((timer_t)call->timer);
  pthread_mutex_lock(&lock);
  for (foreign_interruptible **p = &threads; *p; p = &(*p)->next)
    if (*p == call) {
      *p = call->next;
      break;
    }
  pthread_mutex_unlock(&lock);
  errno = error;
}

void foreign_interrupt_all(void) {
  pthread_mutex_lock(&lock);
  for (foreign_interruptible *call = threads; call; call = call->next)
    syscall(SYS_tgkill, getpid(), call->thread, INTERRUPT);
  pthread_mutex_unlock(&lock);
}
