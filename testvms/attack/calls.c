/* SPDX-License-Identifier: BSD-3-Clause */
/* See calls.h. */
#include "calls.h"

#include "hf/call.h"

/** xorshift64*, Vigna 2016. */
static uint64_t next(struct calls *calls)
{
	calls->state ^= calls->state >> 12;
	calls->state ^= calls->state << 25;
	calls->state ^= calls->state >> 27;
	return calls->state * UINT64_C(0x2545f4914f6cdd1d);
}

uint64_t calls_random(struct calls *calls, uint64_t bound)
{
	return (next(calls) >> 16) % bound;
}

static uint64_t random_id(struct calls *calls)
{
	uint64_t width = calls_random(calls, 2) * SMCCC_64_BIT;

	switch (calls_random(calls, 8)) {
	case 0:
	case 1:
	case 2:
		return (FFA_FIRST + calls_random(calls, 0x90)) | width;
	case 3:
		return (PSCI_VERSION + calls_random(calls, 0x20)) | width;
	case 4:
	case 5:
		return 0xff00 + calls_random(calls, 16);
	case 6:
		/* Any owner, fast and yielding. */
		return (calls_random(calls, 256) << 24) |
		       calls_random(calls, 0x10000);
	default:
		return next(calls);
	}
}

static uint64_t random_arg(struct calls *calls)
{
	switch (calls_random(calls, 6)) {
	case 0:
		return calls_random(calls, 8);
	case 1:
		/* two VM ids */
		return (calls_random(calls, 6) << 16) | calls_random(calls, 6);
	case 2:
		/* a page of the machine's memory */
		return UINT64_C(0x40000000) +
		       calls_random(calls, 0x8000) * 4096;
	case 3:
		return UINT64_MAX << calls_random(calls, 64);
	case 4:
		return UINT64_C(1) << calls_random(calls, 64);
	default:
		return next(calls);
	}
}

/** Calls that only say that this VM or this CPU does not go on. */
static bool is_the_end(const struct smccc_value *call, bool is_primary)
{
	uint32_t id = (uint32_t)call->x[0] & ~SMCCC_64_BIT;

	if (id == PSCI_CPU_OFF || id == PSCI_CPU_SUSPEND ||
	    id == FFA_RXTX_UNMAP) {
		return true;
	}
	/* A CPU may land in this very code: testvms/wild_cpus aims better. */
	return is_primary && (id == PSCI_SYSTEM_OFF ||
			      id == PSCI_SYSTEM_RESET || id == PSCI_CPU_ON);
}

struct smccc_value calls_next(struct calls *calls, bool is_primary)
{
	struct smccc_value call;

	do {
		call.x[0] = random_id(calls);
		for (unsigned int i = 1; i < 8; i++) {
			call.x[i] = random_arg(calls);
		}
	} while (is_the_end(&call, is_primary));
	if ((uint32_t)call.x[0] == HF_INTERRUPT_ENABLE) {
		/* What wakes it stays enabled. */
		call.x[2] |= 1;
	}
	return call;
}
