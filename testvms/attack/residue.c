/* SPDX-License-Identifier: BSD-3-Clause */
/* See residue.h. */
#include "residue.h"

#include <stdbool.h>
#include <stddef.h>

#include "hft/arch.h"
#include "sweep.h"

/** op1, CRn, CRm, op2 as in an instruction, from bit 5 on; op0 is 3. */
#define REGISTER(op1, crn, crm, op2) \
	((op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

static uint64_t noted[OP1_COUNT * SWEEP_SIZE];

/* They change by themselves. */
static const uint32_t alive[] = {
	REGISTER(3, 2, 4, 0),  /* RNDR */
	REGISTER(3, 2, 4, 1),  /* RNDRRS */
	REGISTER(3, 14, 0, 1), /* CNTPCT_EL0 */
	REGISTER(3, 14, 0, 2), /* CNTVCT_EL0 */
	REGISTER(3, 14, 0, 5), /* CNTPCTSS_EL0 */
	REGISTER(3, 14, 0, 6), /* CNTVCTSS_EL0 */
	REGISTER(3, 14, 2, 0), /* CNTP_TVAL_EL0 */
	REGISTER(3, 14, 3, 0), /* CNTV_TVAL_EL0 */
	/* What the last exception, and the search itself, leave. */
	REGISTER(3, 4, 2, 0), /* NZCV */
	REGISTER(0, 4, 0, 0), /* SPSR_EL1 */
	REGISTER(0, 4, 0, 1), /* ELR_EL1 */
	REGISTER(0, 5, 2, 0), /* ESR_EL1 */
};

static bool is_alive(uint32_t encoding)
{
	for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++) {
		if (alive[i] == encoding) {
			return true;
		}
	}
	return false;
}

void residue_note(void)
{
	sweep_read_all(noted);
}

struct residue residue_find(void)
{
	static uint64_t found[OP1_COUNT * SWEEP_SIZE];
	struct residue residue = {0};

	sweep_read_all(found);
	for (uint32_t i = 0; i < OP1_COUNT * SWEEP_SIZE; i++) {
		if (found[i] == noted[i] || is_alive(i)) {
			continue;
		}
		if (residue.changed++ == 0) {
			residue.first = i;
		}
		residue.last = i;
	}
	return residue;
}
