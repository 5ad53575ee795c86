/* SPDX-License-Identifier: BSD-3-Clause */
/* See accesses.h. */
#include "accesses.h"

#include "hft/arch.h"

const struct access accesses[ACCESS_COUNT] = {
	{"ldrb w0, [x1]", 0x39400020, false},
	{"ldr x0, [x1]", 0xf9400020, false},
	{"ldar x0, [x1]", 0xc8dffc20, false},
	{"ldxr x0, [x1]", 0xc85f7c20, false},
	{"ldaxr x0, [x1]", 0xc85ffc20, false},
	{"ldp x0, x2, [x1]", 0xa9400820, false},
	{"ldxp x0, x2, [x1]", 0xc87f0820, false},
	{"ldr q0, [x1]", 0x3dc00020, false},
	{"ld1 {v0.16b}, [x1]", 0x4c407020, false},
	{"ldp q0, q1, [x1]", 0xad400420, false},
	{"strb w0, [x1]", 0x39000020, true},
	{"str x0, [x1]", 0xf9000020, true},
	{"stlr x0, [x1]", 0xc89ffc20, true},
	{"stp x0, x2, [x1]", 0xa9000820, true},
	{"str q0, [x1]", 0x3d800020, true},
	{"st1 {v0.16b}, [x1]", 0x4c007020, true},
	{"dc zva, x1", 0xd50b7421, true},
};

const struct later_access later_accesses[LATER_ACCESS_COUNT] = {
	{"cas x0, x2, [x1]", 0xc8a07c22, LSE},
	{"casal x0, x2, [x1]", 0xc8e0fc22, LSE},
	{"casb w0, w2, [x1]", 0x08a07c22, LSE},
	{"casp x2, x3, x4, x5, [x1]", 0x48227c24, LSE},
	{"caspal w2, w3, w4, w5, [x1]", 0x0862fc24, LSE},
	{"ldadd x2, x0, [x1]", 0xf8220020, LSE},
	{"ldclral x2, x0, [x1]", 0xf8e21020, LSE},
	{"ldumaxh w2, w0, [x1]", 0x78226020, LSE},
	{"swp x2, x0, [x1]", 0xf8228020, LSE},
	{"swpal w2, w0, [x1]", 0xb8e28020, LSE},
	{"stadd x2, [x1]", 0xf822003f, LSE},
	{"stset w2, [x1]", 0xb822303f, LSE},
	{"ldlar x0, [x1]", 0xc8df7c20, LSE},
	{"stllr x0, [x1]", 0xc89f7c20, LSE},
	{"ldapr x0, [x1]", 0xf8bfc020, RCPC},
	{"ldnp x0, x2, [x1]", 0xa8400820, ALWAYS},
	{"stnp x0, x2, [x1]", 0xa8000820, ALWAYS},
	{"ldpsw x0, x2, [x1]", 0x69400820, ALWAYS},
	{"ldxp w0, w2, [x1]", 0x887f0820, ALWAYS},
	{"ldaxp x0, x2, [x1]", 0xc87f8820, ALWAYS},
	{"ld1r {v0.2d}, [x1]", 0x4d40cc20, ALWAYS},
	{"ld2 {v0.16b, v1.16b}, [x1]", 0x4c408020, ALWAYS},
	{"st2 {v0.16b, v1.16b}, [x1]", 0x4c008020, ALWAYS},
};

bool access_is_there(const struct later_access *access)
{
	switch (access->since) {
	case LSE:
		return ((hft_sysreg_read(id_aa64isar0_el1) >> 20) & 0xf) != 0;
	case RCPC:
		return ((hft_sysreg_read(id_aa64isar1_el1) >> 20) & 0xf) != 0;
	case ALWAYS:
		break;
	}
	return true;
}
