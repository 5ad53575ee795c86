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

void fake_sysreg_reset(void)
{
	sysreg_file.count = 0;
}
