#define _GNU_SOURCE 1
#include "CForeign.h"
#if defined(__x86_64__)
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

// What a function does, found out by running it in children of this process.
//
// The first child traps every system call, then runs the function twice and compares all writable
// memory but the stack: before, between and after. The second one calls it once, then makes the data of
// shared libraries unreadable and notes what a second call reads and writes. Both know the rest from a page that they share with us.

enum { RANGES = 16384, TABLES = 1024, ALTERNATE = 1 << 16 };
typedef struct {
  uintptr_t low, high;
  int isHeap, isLibrary, isC;  // isC: of the C library
} range;

typedef struct {
  foreign_audit_report report;
  range writable[RANGES];
  int writableCount;
  range tables[TABLES];  // of addresses of functions: written by the loader
  int tableCount;
  range clock;                  // pages in which the kernel shows the time
  range allocator;              // malloc's own words in the C library
  uint64_t freeMark;            // how malloc marks a small block that waits to be used again
  range argument;               // memory that the arguments lead to
  const foreign_audit_call *call;
  uintptr_t stepped;            // page that is readable for one instruction
  volatile int isCalling;
  /// Ticks of the clock during the call.
  volatile int ticks;
  char alternate[ALTERNATE];
} shared_page;
static shared_page *shared;

static long raw(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
static void leave(int status) { raw(SYS_exit_group, status, 0, 0); }

static bool holds(const range *r, uintptr_t a) { return a >= r->low && a < r->high; }
static const range *find(const range *list, int count, uintptr_t a) {
  for (int i = 0; i < count; i++)
    if (holds(&list[i], a)) return &list[i];
  return 0;
}

// MARK: before the children

static void read_maps(void) {
  FILE *file = fopen("/proc/self/maps", "re");
  char line[512];
  bool wasLibrary = false, wasC = false;
  uintptr_t last = 0;
  shared->writableCount = 0;
  while (file && fgets(line, sizeof line, file)) {
    unsigned long low, high;
    char mode[8], name[400] = "";
    if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %399[^\n]", &low, &high, mode, name) < 3) continue;
    if (strncmp(name, "[vvar", 5) == 0) {
      if (!shared->clock.low) shared->clock.low = low;
      shared->clock.high = high;
    }
    // What follows a library without a name of its own is the rest of its data.
    bool isLibrary = (strstr(name, ".so") && !strstr(name, "/ld-linux")) || (!name[0] && wasLibrary && low == last);
    bool isC = strstr(name, "/libc.so") || (!name[0] && wasC && low == last);
    wasLibrary = isLibrary;
    wasC = isC;
    last = high;
    if (mode[1] != 'w' || mode[3] != 'p' || strcmp(name, "[stack]") == 0 || high - low > 64u << 20) continue;
    // Below us is stack, and above us may be more than stack: the thread's own data.
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (here >= low && here < high) low = (here | 4095) + 1;
    if (low >= high) continue;
    if (shared->writableCount == RANGES) break;
    shared->writable[shared->writableCount++] =
        (range){low, high, strcmp(name, "[heap]") == 0, isLibrary && mode[0] == 'r', isC};
  }
  if (file) fclose(file);
}

static int note_tables(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size, (void)context;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    uintptr_t start = 0, bytes = 0;
    const ElfW(Dyn) *entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_PLTGOT) start = entry->d_un.d_ptr;
      if (entry->d_tag == DT_PLTRELSZ) bytes = entry->d_un.d_val / sizeof(ElfW(Rela)) * sizeof(void *);
    }
    if (start && start < info->dlpi_addr) start += info->dlpi_addr;
    if (start && shared->tableCount < TABLES)
      shared->tables[shared->tableCount++] = (range){start, start + bytes + 3 * sizeof(void *), 0, 0, 0};
  }
  return 0;
}

// MARK: in the children

static void perform(uint64_t *result, int32_t *error) {
  const foreign_audit_call *call = shared->call;
  errno = 0;
  shared->ticks = 0;
  shared->isCalling = 1;
  int32_t code = foreign_call_general(call->function, call->words, call->stack, call->stackCount, call->kind, result, true);
  shared->isCalling = 0;
  *error = code;
}

static void on_system_call(int signal, siginfo_t *info, void *context) {
  (void)signal;
  foreign_audit_report *report = &shared->report;
  if (report->systemCallCount < FOREIGN_AUDIT_SAMPLES) report->systemCalls[report->systemCallCount] = info->si_syscall;
  report->systemCallCount++;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -ENOSYS;
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  uintptr_t address = (uintptr_t)info->si_addr;
  const unsigned char *code = (const unsigned char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  bool readsCounter = signal == SIGSEGV && info->si_code == SI_KERNEL && code[0] == 0x0F && (code[1] == 0x31 || code[1] == 0x01);
  if (signal == SIGSEGV && (holds(&shared->clock, address) || readsCounter)) shared->report.readsClock = true;
  else shared->report.signal = signal;
  leave(1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *)) {
  struct sigaction action = {0};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(signal, &action, 0);
}
/// A call may last for two ticks. What is done before and after it takes as long as it takes: pages may be many.
static void on_tick(int signal, siginfo_t *info, void *context) {
  (void)info, (void)context;
  if (!shared->isCalling || ++shared->ticks < 2) return;
  shared->report.signal = signal;
  leave(1);
}
static void prepare_signals(void) {
  stack_t stack = {.ss_sp = shared->alternate, .ss_size = ALTERNATE};
  sigset_t all;
  sigaltstack(&stack, 0);
  sigemptyset(&all);
  sigprocmask(SIG_SETMASK, &all, 0);
  handle(SIGALRM, on_tick);
  struct itimerval seconds = {{2, 0}, {2, 0}};
  setitimer(ITIMER_REAL, &seconds, 0);
}

/// Only memory for malloc is given; everything else is noted and fails.
static bool lock_down(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 7, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 5, 0),  // malloc on threads
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_brk, 4, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// Is this word of the heap in a block that somebody uses?
static bool is_used(const range *heap, uintptr_t address) {
  uintptr_t block = heap->low;
  bool isFirst = true;  // the first block is malloc's own list of small blocks
  while (block + 32 <= heap->high) {
    size_t size = ((uint64_t *)block)[1] & ~(uint64_t)7;
    if (size < 32 || size > heap->high - block) return false;
    if (address < block + size) {
      bool isLast = block + size + 16 > heap->high;
      bool isFree = isLast || !(((uint64_t *)(block + size))[1] & 1) || ((uint64_t *)block)[3] == shared->freeMark;
      // The word before the next block belongs to this one while it is used.
      return !isFirst && !isFree && address >= block + 16;
    }
    isFirst = false;
    block += size;
  }
  return false;
}

static void note_write(uintptr_t address, const range *r, int run) {
  foreign_audit_report *report = &shared->report;
  uintptr_t error = (uintptr_t)&errno, sequence = (uintptr_t)__builtin_thread_pointer() + __rseq_offset;
  if (address <= error && error < address + 8) return;
  if (address + 8 > sequence && address < sequence + 32) return;
  if (holds(&shared->argument, address)) {
    report->argumentWrites++;
    return;
  }
  if (holds(&shared->allocator, address) || (r->isHeap && !is_used(r, address))) {
    report->heapWrites[run]++;
    return;
  }
  if (report->writes[run] < FOREIGN_AUDIT_SAMPLES) report->writeAddresses[run][report->writes[run]] = address;
  report->writes[run]++;
}
static void compare(char *copy, int run) {
  for (int i = 0; i < shared->writableCount; i++) {
    const range *r = &shared->writable[i];
    for (uintptr_t page = r->low; page < r->high; page += 4096, copy += 4096) {
      if (memcmp(copy, (void *)page, 4096) == 0) continue;
      for (int w = 0; w < 512 && run >= 0; w++)
        if (((uint64_t *)copy)[w] != ((uint64_t *)page)[w]) note_write(page + 8 * (uintptr_t)w, r, run);
      memcpy(copy, (void *)page, 4096);
    }
  }
}
static void copy_all(char *copy) {
  for (int i = 0; i < shared->writableCount; i++) {
    const range *r = &shared->writable[i];
    memcpy(copy, (void *)r->low, r->high - r->low);
    copy += r->high - r->low;
  }
}

/// Which words of the C library are malloc's, and how it marks what it keeps.
static void learn_allocator(char *copy) {
  static const size_t sizes[] = {16, 24, 100, 900, 5000, 70000, 400000};
  void *blocks[sizeof sizes / sizeof *sizes];
  // Arenas of threads look into /proc before they shrink.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  copy_all(copy);
  for (int round = 0; round < 2; round++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) blocks[i] = malloc(sizes[i]);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) free(blocks[i]);
  }
  uint64_t *small = malloc(40);
  free(small);
  __asm__ volatile("" : "+r"(small));
  shared->freeMark = small[1];
  uintptr_t low = ~(uintptr_t)0, high = 0;
  for (int i = 0; i < shared->writableCount; i++) {
    const range *r = &shared->writable[i];
    for (uintptr_t a = r->low; a < r->high; a += 8, copy += 8) {
      if (!r->isC || *(uint64_t *)copy == *(uint64_t *)a) continue;
      if (a < low) low = a;
      if (a + 8 > high) high = a + 8;
    }
  }
  if (low < high) shared->allocator = (range){low, high + 64, 0, 0, 0};
}

static void run_twice(char *copy) {
  prepare_signals();
  learn_allocator(copy);
  handle(SIGSYS, on_system_call);
  for (int i = 0; i < 3; i++) handle((int[]){SIGSEGV, SIGBUS, SIGFPE}[i], on_fault);
  handle(SIGILL, on_fault);
  handle(SIGABRT, on_fault);
  if (shared->clock.low) munmap((void *)shared->clock.low, shared->clock.high - shared->clock.low);
  prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
  if (!lock_down()) leave(2);
  copy_all(copy);
  for (int run = 0; run < 2; run++) {
    perform(shared->report.results[run], &shared->report.errors[run]);
    compare(copy, run);
  }
  shared->report.returned = true;
  leave(0);
}

static void on_read(int signal, siginfo_t *info, void *context) {
  (void)signal;
  uintptr_t address = (uintptr_t)info->si_addr;
  const range *r = find(shared->writable, shared->writableCount, address);
  if (!r || !r->isLibrary) leave(1);
  foreign_audit_report *report = &shared->report;
  bool isOurs = !shared->isCalling || holds(&shared->allocator, address) ||
                find(shared->tables, shared->tableCount, address) || holds(&shared->argument, address);
  bool isWrite = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2;
  if (!isOurs && isWrite) {
    if (report->storeCount < FOREIGN_AUDIT_SAMPLES) report->storeAddresses[report->storeCount] = address;
    report->storeCount++;
  } else if (!isOurs) {
    if (report->readCount < FOREIGN_AUDIT_SAMPLES) report->readAddresses[report->readCount] = address;
    report->readCount++;
  }
  shared->stepped = address & ~(uintptr_t)4095;
  raw(SYS_mprotect, (long)shared->stepped, 4096, PROT_READ | PROT_WRITE);
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= 0x100;  // trap after one instruction
}
static void on_step(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  raw(SYS_mprotect, (long)shared->stepped, 4096, PROT_NONE);
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100L;
}
static void run_blind(void) {
  prepare_signals();
  // Room for what the function allocates: how the heap grows is not its business.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  free(malloc(16 << 20));
  handle(SIGSEGV, on_read);
  handle(SIGTRAP, on_step);
  int null = open("/dev/null", O_WRONLY);
  dup2(null, 1);
  dup2(null, 2);
  uint64_t result[8];
  int32_t error;
  perform(result, &error);  // what happens only once has happened
  for (int i = 0; i < shared->writableCount; i++) {
    const range *r = &shared->writable[i];
    if (r->isLibrary) raw(SYS_mprotect, (long)r->low, (long)(r->high - r->low), PROT_NONE);
  }
  perform(result, &error);
  leave(0);
}

// MARK: the audit

bool foreign_audit(const foreign_audit_call *call, foreign_audit_report *report) {
  if (shared) munmap(shared, sizeof *shared);
  shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return shared = 0, false;
  shared->call = call;
  shared->argument = (range){(uintptr_t)call->memory, (uintptr_t)call->memory + call->memoryBytes, 0, 0, 0};
  read_maps();
  dl_iterate_phdr(note_tables, 0);
  size_t bytes = 0;
  for (int i = 0; i < shared->writableCount; i++) bytes += shared->writable[i].high - shared->writable[i].low;
  char *copy = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED) return false;
  fflush(0);
  int status = 0;
  pid_t child = fork();
  if (child == 0) run_twice(copy);
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) shared->report.signal = WTERMSIG(status);
  bool isPossible = child > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 2);
  if (isPossible && shared->report.returned) {
    child = fork();
    if (child == 0) run_blind();
    waitpid(child, &status, 0);
  }
  munmap(copy, bytes);
  *report = shared->report;
  return isPossible;
}
#endif
