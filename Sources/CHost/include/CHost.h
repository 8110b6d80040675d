// The machine below Swift: atomics on raw memory, parking, address space, registers, clocks.
#pragma once
#include "atomics.h"
#include "host.h"
#include "step.h"
#include "thread.h"
