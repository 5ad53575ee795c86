/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary one of whose secondaries causes an SError. No emulator raises
 * one, so this is for a debugger (harness/scenarios/debugger.toml), which turns
 * the physical timer's interrupt into one. See docs/security.md.
 */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/puppet.h"
#include "hftest.h"

#define SOON_TICKS 10000
#define SECRET UINT64_C(0x5ec4e75ec4e75ec4)

static void stop_timer(uint32_t intid)
{
	(void)intid;
	hft_sysreg_write(cntp_ctl_el0, 0);
	hft_isb();
}

TEST(serror, of_a_secondary_ends_that_one_alone)
{
	struct order to_spin = order_word(WORD_SPIN, 0, 0);
	uint64_t word;
	struct smccc_value frame;

	hft_irq_init();
	hft_irq_set_handler(stop_timer);
	hft_irq_enable(HFT_PPI_PHYSICAL_TIMER);
	puppet_start(VM_FDT);
	word = puppet_memory(VM_FDT).end - 8;
	(void)puppet_do(VM_FDT, order(ORDER_ADD, word, SECRET, 0));
	puppet_start(VM_SMP);
	puppet_start_vcpu(VM_SMP, 1);
	puppet_tell(VM_SMP, &to_spin);
	hft_sysreg_write(cntp_tval_el0, SOON_TICKS);
	hft_sysreg_write(cntp_ctl_el0, 1);

	frame = hft_run_any(VM_SMP, 0);

	EXPECT_TRUE(hft_is_error(frame, FFA_ABORTED));
	for (unsigned int i = 3; i < 8; i++) {
		EXPECT_EQ(frame.x[i], 0);
	}
	/* The interrupt that it was is still the primary's to take. */
	hft_irq_wait(HFT_PPI_PHYSICAL_TIMER, 1);
	/* Its other vCPU ends, too; another VM does not. */
	EXPECT_TRUE(hft_is_error(hft_run_any(VM_SMP, 1), FFA_ABORTED));
	EXPECT_TRUE(
		hft_is_error(hft_run_any(VM_SMP, 0), FFA_INVALID_PARAMETERS));
	EXPECT_EQ(puppet_do(VM_FDT, order(ORDER_ADD, word, 0, 0)).value[0],
		  SECRET);
}
