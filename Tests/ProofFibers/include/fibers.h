// Threads of the proof: stacks of one OS thread, switched by hand.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct fiber fiber;

/// A fiber without a body; null when there is no memory.
fiber *_Nullable fiber_create(size_t stack_bytes);
void fiber_destroy(fiber *_Nonnull f);
/// Gives it something to do, from the beginning of its stack.
void fiber_prepare(fiber *_Nonnull f, void (*_Nonnull body)(void *_Nonnull), void *_Nonnull argument);
/// Runs it until it yields or ends.
void fiber_resume(fiber *_Nonnull f);
/// In a fiber: back to whoever has resumed it.
void fiber_yield(void);
bool fiber_has_ended(const fiber *_Nonnull f);

/// When the process crashes, `text` is written to standard output first and the status is 1.
void proof_explain_crash(const char *_Nonnull text);
