// The machine below Swift: atomics on raw memory, parking, address space, registers, clocks.
#pragma once
#include "atomics.h"
#include "host.h"
#include "thread.h"
