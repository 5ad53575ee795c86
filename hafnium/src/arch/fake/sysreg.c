/* SPDX-License-Identifier: BSD-3-Clause */
/* A register file by name, one per thread. See docs/testing.md. */
#include "hf/arch/sysreg.h"

#include <string.h>

#include "hf/base/check.h"
#include "sysreg_file.h"

#define REGISTERS_MAX 256

struct fake_register {
	const char *name;
	uint64_t value;
};

static _Thread_local struct sysreg_file {
	struct fake_register registers[REGISTERS_MAX];
	size_t count;
} sysreg_file;

static struct fake_register *find(const char *name)
{
	for (size_t i = 0; i < sysreg_file.count; i++) {
		if (strcmp(sysreg_file.registers[i].name, name) == 0) {
			return &sysreg_file.registers[i];
		}
	}
	return NULL;
}

uint64_t fake_sysreg_get(const char *name)
{
	const struct fake_register *found = find(name);

	return found != NULL ? found->value : 0;
}

void fake_sysreg_set(const char *name, uint64_t value)
{
	struct fake_register *found = find(name);

	if (found == NULL) {
		CHECK(sysreg_file.count < REGISTERS_MAX);
		found = &sysreg_file.registers[sysreg_file.count++];
		found->name = name;
	}
	found->value = value;
}

/* The names that sysreg_read() would have, by number. */
#define OP2_FROM_0(space, crm) \
	space #crm "_0", space #crm "_1", space #crm "_2", space #crm "_3"
#define OP2_FROM_4(space, crm) \
	space #crm "_4", space #crm "_5", space #crm "_6", space #crm "_7"
#define ID_ROW(crm) OP2_FROM_0("S3_0_C0_C", crm), OP2_FROM_4("S3_0_C0_C", crm)
#define BREAKPOINT_ROW(crm) OP2_FROM_4("S2_0_C0_C", crm)

static const char *const id_names[SYSREG_IDS] = {
	ID_ROW(1), ID_ROW(2), ID_ROW(3), ID_ROW(4),
	ID_ROW(5), ID_ROW(6), ID_ROW(7),
};

#define DEBUG_BOTH                                                          \
	BREAKPOINT_ROW(0), BREAKPOINT_ROW(1), BREAKPOINT_ROW(2),            \
		BREAKPOINT_ROW(3), BREAKPOINT_ROW(4), BREAKPOINT_ROW(5),    \
		BREAKPOINT_ROW(6), BREAKPOINT_ROW(7), BREAKPOINT_ROW(8),    \
		BREAKPOINT_ROW(9), BREAKPOINT_ROW(10), BREAKPOINT_ROW(11),  \
		BREAKPOINT_ROW(12), BREAKPOINT_ROW(13), BREAKPOINT_ROW(14), \
		BREAKPOINT_ROW(15), "S2_0_C0_C2_0", "S2_0_C0_C2_2",         \
		"S2_0_C1_C3_4", "S2_0_C1_C4_4", "S2_0_C7_C8_6", "S2_0_C7_C9_6"

static const char *const debug_readable[] = {
	DEBUG_BOTH,	 "S2_0_C1_C0_0", "S2_0_C1_C1_4",
	"S2_0_C7_C14_6", "S2_3_C0_C1_0",
};

static const char *const debug_writable[] = {DEBUG_BOTH, "S2_0_C1_C0_4"};

uint64_t sysreg_read_id(uint32_t n)
{
	return fake_sysreg_get(id_names[n]);
}

uint64_t sysreg_read_debug(uint32_t n)
{
	return fake_sysreg_get(debug_readable[n]);
}

void sysreg_write_debug(uint32_t n, uint64_t value)
{
	fake_sysreg_set(debug_writable[n], value);
}

void fake_sysreg_reset(void)
{
	sysreg_file.count = 0;
}
