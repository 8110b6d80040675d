// What the gateway needs from C: calls through argument registers, errno, shared libraries.
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FOREIGN_INLINE static inline __attribute__((always_inline))
/// Found without a call, in shared libraries, too: there are few such words.
#define FOREIGN_THREAD_LOCAL __attribute__((tls_model("initial-exec"))) _Thread_local

// Register thunks. The calling conventions of x86-64 and AArch64 Linux fill integer and vector
// registers independently of each other, and a callee reads only those that its prototype names. So
// a call that loads all of them serves every prototype without stack arguments, structs or `...`.
// Small integers travel sign- or zero-extended, a float in the low half of a vector word.
#if defined(__x86_64__)
enum { FOREIGN_INTEGERS = 6, FOREIGN_VECTORS = 8 };
#define FOREIGN_INTEGER_TYPES uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t
#define FOREIGN_INTEGER_WORDS(w) (w)[0], (w)[1], (w)[2], (w)[3], (w)[4], (w)[5]
#elif defined(__aarch64__)
enum { FOREIGN_INTEGERS = 8, FOREIGN_VECTORS = 8 };
#define FOREIGN_INTEGER_TYPES uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t
#define FOREIGN_INTEGER_WORDS(w) (w)[0], (w)[1], (w)[2], (w)[3], (w)[4], (w)[5], (w)[6], (w)[7]
#else
#error "describe the argument registers of this architecture"
#endif
#define FOREIGN_VECTOR_TYPES double, double, double, double, double, double, double, double
#define FOREIGN_VECTOR_WORDS(v) (v)[0], (v)[1], (v)[2], (v)[3], (v)[4], (v)[5], (v)[6], (v)[7]

/// Integer arguments, integer result.
FOREIGN_INLINE uint64_t foreign_call_integers(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  return ((uint64_t (*)(FOREIGN_INTEGER_TYPES))f)(FOREIGN_INTEGER_WORDS(w));
}
/// Any arguments, integer result.
FOREIGN_INLINE uint64_t foreign_call_mixed_integer(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  const double *v = (const double *)(w + FOREIGN_INTEGERS);
  return ((uint64_t (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))f)(FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
}
/// Any arguments, vector result.
FOREIGN_INLINE double foreign_call_mixed_vector(const void *_Nonnull f, const uint64_t *_Nonnull w) {
  const double *v = (const double *)(w + FOREIGN_INTEGERS);
  return ((double (*)(FOREIGN_INTEGER_TYPES, FOREIGN_VECTOR_TYPES))f)(FOREIGN_INTEGER_WORDS(w), FOREIGN_VECTOR_WORDS(v));
}

/// What a thunk must know of values: the words of the managed heap, see `Value`.
enum { FOREIGN_NONE = 7, FOREIGN_KIND_MASK = 0xFFF };
/// What is passed in an integer register.
enum foreign_kind { FOREIGN_INTEGER, FOREIGN_POINTER, FOREIGN_CONSTANT_POINTER, FOREIGN_TEXT };
typedef struct foreign_integer {
  int64_t low;
  uint64_t span;  // the greatest, less the least
  uint8_t value;  // which of the guest's arguments
  uint8_t kind;
} foreign_integer;
typedef struct foreign_vector {
  uint8_t value;
  bool isFloat;
} foreign_vector;
enum foreign_thunk_result {
  FOREIGN_VOID, FOREIGN_INT32, FOREIGN_UINT32, FOREIGN_INT64, FOREIGN_UINT64, FOREIGN_ADDRESS, FOREIGN_DOUBLE,
  FOREIGN_SINGLE, FOREIGN_OTHER
};
/// A tagged value and `errno`; or what is left to do.
typedef struct foreign_outcome {
  uint64_t bits, facts;
} foreign_outcome;
/// States of Swift's `Outcome`: the call was made, and `bits` is the result register; nothing was called, because
/// not all arguments are plain; callbacks have given up, and `bits` says why.
enum { FOREIGN_STATE_RAW = 7, FOREIGN_STATE_AGAIN = 8, FOREIGN_STATE_GIVEN_UP = 9 };
#define FOREIGN_RAW ((uint64_t)FOREIGN_STATE_RAW << 32)
#define FOREIGN_AGAIN ((uint64_t)FOREIGN_STATE_AGAIN << 32)
#define FOREIGN_GIVEN_UP ((uint64_t)FOREIGN_STATE_GIVEN_UP << 32)
struct foreign_thunk;
typedef foreign_outcome (*foreign_thunk_code)(const struct foreign_thunk *_Nonnull thunk, const uint64_t *_Nullable values);
/// A register call that is made from tagged values directly. Never changes.
typedef struct foreign_thunk {
  foreign_thunk_code _Nonnull code;
  const void *_Nonnull function;
  const struct foreign_description *_Nonnull description;
  uint64_t strings;  // the kind of byte strings
  bool clearsErrno;
  uint8_t result;
  foreign_vector vectors[4];
  foreign_integer integers[6];
} foreign_thunk;
/// Code for so many integers and vectors, with or without a look at `errno` and with or without pointers among the
/// integers; null when there is none.
foreign_thunk_code _Nullable foreign_thunk_for(int integers, int vectors, bool isReal, bool looksAtErrno,
                                               bool hasPointers);
FOREIGN_INLINE foreign_outcome foreign_run(const foreign_thunk *_Nonnull t, const uint64_t *_Nullable values) {
  return t->code(t, values);
}

/// Words on the stack that a call can have.
enum { FOREIGN_STACK_WORDS = 1024 };
/// Where the result of a general call is: `I` an integer register, `V` a vector register.
enum foreign_result {
  FOREIGN_RESULT_INTEGER, FOREIGN_RESULT_VECTOR, FOREIGN_RESULT_II, FOREIGN_RESULT_VV, FOREIGN_RESULT_IV,
  FOREIGN_RESULT_VI, FOREIGN_RESULT_X87, FOREIGN_RESULT_X87_PAIR, FOREIGN_RESULT_MEMORY
};
#if defined(__x86_64__)
/// Any call: all registers from `words`, `count` words of the stack from `stack`, which has the next of
/// 4, 16, 64, 256 or 1024 words readable. The result goes to `result`, as in memory. Returns `errno`.
int32_t foreign_call_general(const void *_Nonnull f, const uint64_t *_Nonnull words, const uint64_t *_Nonnull stack,
                             size_t count, int kind, void *_Nonnull result, bool clear);
#endif

FOREIGN_INLINE int32_t foreign_errno(void) { return errno; }
FOREIGN_INLINE void foreign_clear_errno(void) { errno = 0; }

FOREIGN_INLINE bool foreign_has_zero(const void *_Nonnull bytes, size_t count) {
  return memchr(bytes, 0, count) != 0;
}

/// The index of the first zero byte; `count` when there is none.
FOREIGN_INLINE size_t foreign_find_zero(const void *_Nonnull bytes, size_t count) {
  const char *zero = (const char *)memchr(bytes, 0, count);
  return zero ? (size_t)(zero - (const char *)bytes) : count;
}
/// Calls a function of one pointer, `free` for example.
FOREIGN_INLINE void foreign_call_pointer(const void *_Nonnull f, uint64_t pointer) { ((void (*)(uint64_t))f)(pointer); }

/// A count of processor time: cheap, good for comparing durations only.
FOREIGN_INLINE uint64_t foreign_ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#endif
}

// Functions that C may call: each leads to an owner and a handler of ours.

/// Gets the argument registers, integers before vectors; returns the result register as bits.
typedef uint64_t (*foreign_handler)(void *_Nonnull owner, uint64_t *_Nonnull words);
/// Which registers the function's caller fills and reads. The owner of a `PAIR` is a `foreign_comparison`.
enum foreign_shape {
  FOREIGN_SHAPE_INTEGERS, FOREIGN_SHAPE_MIXED_INTEGER, FOREIGN_SHAPE_MIXED_VECTOR, FOREIGN_SHAPE_PAIR, FOREIGN_SHAPES
};
/// A function of this shape that leads to `handler(owner, words)`. Null when all of them are in use.
const void *_Nullable foreign_callback_take(int shape, void *_Nonnull owner, foreign_handler _Nonnull handler);
/// `gone` is what it leads to until it is taken again.
void foreign_callback_give_back(const void *_Nonnull function, foreign_handler _Nonnull gone);

/// Calls that threads of foreign code have left to guest threads.
extern uint64_t foreign_waiting;
FOREIGN_INLINE uint64_t *_Nonnull foreign_waiting_calls(void) { return &foreign_waiting; }

/// What a crash report says of a function.
typedef struct foreign_description {
  const char *_Nonnull prototype;
  const char *_Nonnull library;
  int32_t integers;    // arguments in integer registers
  int32_t parameters;  // all of them
} foreign_description;
/// A call within a quantum, without a frame: what it is and, for a thunk, the tagged values it was made from.
typedef struct foreign_call {
  const foreign_description *_Nonnull description;
  const uint64_t *_Nullable values;
} foreign_call;
/// Of each OS thread.
typedef struct foreign_thread {
  const foreign_call *_Nullable call;
  int *_Nullable error;  // where `errno` is: asking takes as long as a short call
} foreign_thread;
extern FOREIGN_THREAD_LOCAL foreign_thread foreign_this_thread;
FOREIGN_INLINE void foreign_set_direct(const foreign_call *_Nullable call) { foreign_this_thread.call = call; }
/// From now on a crash in foreign code is reported on standard error, after `first` and before whatever handled it until
/// now.
void foreign_report_crashes(void (*_Nonnull first)(void));

/// A call that signals may interrupt, for as long as it takes.
typedef struct foreign_interruptible {
  struct foreign_interruptible *_Nullable next;
  void *_Nullable timer;
  int32_t thread, hasTimer;
} foreign_interruptible;
/// - milliseconds: until a signal is sent to the thread; 0 for never.
void foreign_interruptible_begin(foreign_interruptible *_Nonnull call, int32_t milliseconds);
void foreign_interruptible_end(foreign_interruptible *_Nonnull call);
/// Interrupts all of them.
void foreign_interrupt_all(void);

/// A call of foreign code by this OS thread, as callbacks and crash reports find it.
typedef struct foreign_frame {
  struct foreign_frame *_Nullable previous;
  void *_Nullable thread;     // the guest thread
  const foreign_description *_Nullable description;
  const uint64_t *_Nullable words;
  int32_t isOutside;          // no quantum is open
  int32_t isStay;             // the quantum may be ended by others meanwhile
  int32_t problem;            // why callbacks give up from here on
} foreign_frame;
extern FOREIGN_THREAD_LOCAL foreign_frame *_Nullable foreign_innermost;
FOREIGN_INLINE foreign_frame *_Nullable foreign_current(void) { return foreign_innermost; }
FOREIGN_INLINE void foreign_set_current(foreign_frame *_Nullable frame) { foreign_innermost = frame; }
/// A thunk's call in `frame`, or in one of its own: the function may call back what it was given earlier.
FOREIGN_INLINE foreign_outcome foreign_run_in(foreign_frame *_Nonnull frame, const foreign_thunk *_Nonnull t,
                                              const uint64_t *_Nullable values) {
  foreign_innermost = frame;
  foreign_outcome outcome = t->code(t, values);
  foreign_innermost = frame->previous;
  if (__builtin_expect(!frame->problem, 1)) return outcome;
  return (foreign_outcome){(uint64_t)frame->problem, FOREIGN_GIVEN_UP};
}
foreign_outcome foreign_run_framed(const foreign_thunk *_Nonnull t, const uint64_t *_Nullable values,
                                   void *_Nonnull thread);

/// Gets two addresses as tagged values, and the frame of the call during which it is called.
typedef uint64_t (*foreign_comparing)(void *_Nonnull owner, foreign_frame *_Nonnull frame, uint64_t *_Nonnull values);
/// A callback of two pointers, which C calls very often. `usual` gets what comes within a quantum of `thread`, from
/// the call that `thread` is in; everything else goes to the pair's handler.
typedef struct foreign_comparison {
  void *_Nonnull thread;
  foreign_comparing _Nonnull usual;
} foreign_comparison;

// Audits: what a function does, as seen from outside.

enum { FOREIGN_AUDIT_SAMPLES = 16 };
/// A call that can be made over and over: its words, as for a general call, and the memory that they lead to.
typedef struct foreign_audit_call {
  const void *_Nonnull function;
  const uint64_t *_Nonnull words;
  const uint64_t *_Nonnull stack;
  size_t stackCount;
  int kind;
  void *_Nonnull memory;
  size_t memoryBytes;
} foreign_audit_call;
/// What happened in two calls with the same arguments.
typedef struct foreign_audit_report {
  bool returned, readsClock;
  int32_t signal;  // that ended the calls
  int32_t systemCallCount;
  int32_t systemCalls[FOREIGN_AUDIT_SAMPLES];
  int32_t writes[2];  // of memory that outlives the call, by call
  uint64_t writeAddresses[2][FOREIGN_AUDIT_SAMPLES];
  int32_t heapWrites[2];  // of memory that malloc manages, and that is free
  int32_t argumentWrites;
  int32_t readCount;  // of data of libraries, in the second call
  uint64_t readAddresses[FOREIGN_AUDIT_SAMPLES];
  int32_t storeCount;  // to data of libraries, whether or not that changes it
  uint64_t storeAddresses[FOREIGN_AUDIT_SAMPLES];
  uint64_t results[2][8];
  int32_t errors[2];
} foreign_audit_report;
#if defined(__x86_64__)
/// Makes the call in children of this process. False when the system does not allow it.
bool foreign_audit(const foreign_audit_call *_Nonnull call, foreign_audit_report *_Nonnull report);
#endif
/// A function that compares two `int`, as `qsort` wants it: what audits pass for function pointers.
const void *_Nonnull foreign_compare_integers(void);
/// Name of the symbol that `address` lies in, and of its library; empty when unknown.
const char *_Nonnull foreign_symbol_name(const void *_Nonnull address, size_t *_Nonnull offset);

/// Opens a shared library, or the process itself for a null name. Null on failure: `foreign_error`.
void *_Nullable foreign_open(const char *_Nullable name);
/// The address of a symbol. Null when it is missing, or its address is zero.
const void *_Nullable foreign_symbol(void *_Nonnull library, const char *_Nonnull name);
/// The same, of one version of the symbol.
const void *_Nullable foreign_symbol_version(void *_Nonnull library, const char *_Nonnull name, const char *_Nonnull version);
/// True for a variable.
bool foreign_is_data(const void *_Nonnull symbol);
/// What the last failing call of this thread said.
const char *_Nonnull foreign_error(void);
/// True when `symbol` is part of `library` itself, not of one of the libraries it needs.
bool foreign_defines(void *_Nonnull library, const void *_Nonnull symbol);
/// Base name of the shared object that `symbol` lies in; empty when unknown. Valid until it is closed.
const char *_Nonnull foreign_origin(const void *_Nonnull symbol);
