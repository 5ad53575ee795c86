/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of dispatch/mmio.c, by data aborts of guests. */
#include "hf/dispatch/mmio.h"

#include "fixture/gic.h"
#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hf/irq/gicr.h"
#include "hftest.h"

#define VBAR UINT64_C(0x50000000)
#define ISV BIT(24)
#define SSE BIT(21)
#define SF BIT(15)
#define WNR BIT(6)
#define SIZE(log2) ((uint64_t)(log2) << 22)
#define RT(n) ((uint64_t)(n) << 16)
#define TRANSLATION 0x07

/** The primary on a machine with one redistributor. */
static struct vcpu *begin(void)
{
	struct vcpu *primary = machine_start();

	gic_begin(32);
	gic_set(0, GICR_TYPER, TYPER_LAST | TYPER_PLPIS | 0x8765432100000000);
	(void)!gicr_add_region(gic_region(1), 0);
	sysreg_write(vbar_el1, VBAR);
	primary->regs.pc = 0x1000;
	machine_mark_registers(primary);
	return primary;
}

/** A data abort with that syndrome at a register. */
static struct vcpu *access_at(struct vcpu *vcpu, uint64_t offset, uint64_t iss)
{
	uint64_t address = gic_register(0, offset).pa;

	sysreg_write(far_el2, address);
	sysreg_write(hpfar_el2, (address >> 12) << 4);
	return guest_trap(vcpu, GUEST_ESR(0x24, TRANSLATION | iss));
}

static bool is_injected(const struct vcpu *vcpu)
{
	return vcpu->regs.pc == VBAR + 0x200;
}

TEST(mmio, load_gives_the_value_of_the_register)
{
	struct vcpu *primary = begin();

	gic_set(0, GICR_WAKER & ~7U, UINT64_C(0x89abcdef) << 32);
	EXPECT_EQ(access_at(primary, GICR_WAKER, ISV | SIZE(2) | RT(3)),
		  primary);
	EXPECT_EQ(primary->regs.x[3], 0x89abcdefU);
	EXPECT_EQ(primary->regs.pc, 0x1004U);
}

TEST(mmio, load_changes_no_other_register)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, GICR_WAKER, ISV | SIZE(2) | RT(0));
	EXPECT_EQ(machine_first_changed(primary, 1), 31U);
}

TEST(mmio, load_of_a_w_register_clears_the_upper_half)
{
	struct vcpu *primary = begin();

	gic_set(0, GICR_WAKER & ~7U, UINT64_MAX);
	(void)access_at(primary, GICR_WAKER, ISV | SIZE(2) | SSE | RT(3));
	EXPECT_EQ(primary->regs.x[3], 0xffffffffU);
}

TEST(mmio, load_of_an_x_register_extends_the_sign)
{
	struct vcpu *primary = begin();

	gic_set(0, GICR_WAKER & ~7U, UINT64_MAX);
	(void)access_at(primary, GICR_WAKER, ISV | SIZE(2) | SSE | SF | RT(3));
	EXPECT_EQ(primary->regs.x[3], UINT64_MAX);
}

TEST(mmio, load_of_eight_bytes)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, GICR_TYPER, ISV | SIZE(3) | SF | RT(30));
	EXPECT_EQ(primary->regs.x[30], TYPER_LAST | 0x8765432100000000);
}

TEST(mmio, load_into_the_zero_register_is_stepped_over)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, GICR_TYPER, ISV | SIZE(3) | SF | RT(31));
	EXPECT_EQ(machine_first_changed(primary, 0), 31U);
	EXPECT_EQ(primary->regs.pc, 0x1004U);
}

TEST(mmio, store_writes_the_register)
{
	struct vcpu *primary = begin();

	primary->regs.x[7] = 0xffffffff00000002;
	(void)access_at(primary, GICR_WAKER, ISV | SIZE(2) | WNR | RT(7));
	EXPECT_EQ(gic_get(0, GICR_WAKER & ~7U) >> 32, 2U);
	EXPECT_EQ(gic_get(0, (GICR_WAKER & ~7U) + 8), 0U);
	EXPECT_EQ(primary->regs.pc, 0x1004U);
}

TEST(mmio, store_of_the_zero_register_writes_zero)
{
	struct vcpu *primary = begin();

	gic_set(0, GICR_WAKER & ~7U, UINT64_MAX);
	(void)access_at(primary, GICR_WAKER, ISV | SIZE(2) | WNR | RT(31));
	EXPECT_EQ(gic_get(0, GICR_WAKER & ~7U), 0xffffffffU);
}

TEST(mmio, lpis_can_not_be_turned_on)
{
	struct vcpu *primary = begin();

	primary->regs.x[7] = 1;
	(void)access_at(primary, GICR_CTLR, ISV | SIZE(2) | WNR | RT(7));
	EXPECT_EQ(gic_get(0, GICR_CTLR), 0U);
	EXPECT_EQ(primary->regs.pc, 0x1004U);
}

TEST(mmio, access_without_a_syndrome_is_injected)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, GICR_WAKER, SIZE(2) | RT(3));
	EXPECT_TRUE(is_injected(primary));
	EXPECT_EQ(machine_first_changed(primary, 0), 31U);
}

TEST(mmio, access_of_a_wrong_size_is_injected)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, GICR_WAKER, ISV | SIZE(0) | RT(3));
	EXPECT_TRUE(is_injected(primary));
	primary->regs.pc = 0x1000;
	(void)access_at(primary, GICR_CTLR, ISV | SIZE(3) | WNR | RT(3));
	EXPECT_TRUE(is_injected(primary));
	EXPECT_EQ(gic_get(0, GICR_CTLR), 0U);
}

TEST(mmio, other_page_is_injected)
{
	struct vcpu *primary = begin();

	(void)access_at(primary, PAGE_SIZE, ISV | SIZE(2) | RT(3));
	EXPECT_TRUE(is_injected(primary));
}

TEST(mmio, external_abort_is_injected)
{
	struct vcpu *primary = begin();
	uint64_t address = gic_register(0, GICR_WAKER).pa;

	sysreg_write(far_el2, address);
	sysreg_write(hpfar_el2, (address >> 12) << 4);
	(void)guest_trap(primary,
			 GUEST_ESR(0x24, 0x10 | ISV | SIZE(2) | RT(3)));
	EXPECT_TRUE(is_injected(primary));
}

TEST(mmio, secondary_has_no_such_page)
{
	struct vcpu *primary = begin();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);

	(void)guest_run(primary, vcpu);
	sysreg_write(vbar_el1, VBAR);
	vcpu->regs.x[3] = 1;
	EXPECT_EQ(access_at(vcpu, GICR_CTLR, ISV | SIZE(2) | WNR | RT(3)),
		  vcpu);
	EXPECT_TRUE(is_injected(vcpu));
	EXPECT_EQ(gic_get(0, GICR_CTLR), 0U);
}
