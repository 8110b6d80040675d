// Where deterministic tests take hold of an algorithm made of atomic steps. In use only in debug builds of the
// modules that have such a seam.
#pragma once
#include <stdint.h>

extern void (*_Nullable host_step_hook)(void);
extern uint64_t host_omitted_parts;

/// From now on `hook` is called before each step; null: nothing is. No other thread runs.
static inline void host_hook_steps(void (*_Nullable hook)(void)) { host_step_hook = hook; }
/// From now on these parts of the algorithm, a set of bits, are left out on purpose.
static inline void host_omit(uint64_t parts) { host_omitted_parts = parts; }

static inline void host_step(void) {
  if (host_step_hook) host_step_hook();
}
static inline int host_is_stepped(void) { return host_step_hook != 0; }
static inline int host_omits(uint64_t part) { return (host_omitted_parts >> part) & 1; }
