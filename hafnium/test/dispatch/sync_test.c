/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/dispatch/sync.c: WFI and WFE, aborts that are stale,
 * injected or hopeless, unknown exceptions, SErrors.
 */
#include "fixture/guest.h"
#include "hf/arch/cpu.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/mm/stage2.h"
#include "hf/vm/virq.h"
#include "hftest.h"

#define REF 0x20000U
#define WAIT_FOR_INTERRUPT HF_FFA_RUN_WAIT_FOR_INTERRUPT
#define VBAR UINT64_C(0x50000000)
#define EL0T UINT64_C(0)
#define EL1T UINT64_C(4)
#define EL1H UINT64_C(5)
#define AARCH32_USR UINT64_C(0x10)
/* Translation fault at level 3; of a store. */
#define DATA_READ GUEST_ESR(0x24, 0x07)
#define DATA_WRITE GUEST_ESR(0x24, 0x47)
#define EXECUTE GUEST_ESR(0x20, 0x07)
#define SERROR GUEST_ESR(0x2f, 0)
/** EC 0, IL. */
#define ESR_UNKNOWN BIT(25)

/** A secondary's vCPU that runs on CPU 0 with vectors at VBAR. */
static struct vcpu *running_vcpu(void)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(2), 0);

	guest_clock_set(1000);
	(void)guest_run(primary, vcpu);
	sysreg_write(vbar_el1, VBAR);
	return vcpu;
}

/** It faults at `ipa`, at the same va. */
static struct vcpu *fault_at(struct vcpu *vcpu, uint64_t esr, uint64_t ipa)
{
	sysreg_write(far_el2, ipa);
	sysreg_write(hpfar_el2, (ipa >> 12) << 4);
	return guest_trap(vcpu, esr);
}

/** One page at 0x80000000, identity. */
static void map_page(struct vm *vm, mm_mode_t mode)
{
	struct pa_range page = {pa_init(0x80000000), pa_init(0x80001000)};

	(void)!stage2_map_identity(&vm->stage2, page, mode);
}

TEST(wfi, blocks_until_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = guest_trap(vcpu, GUEST_ESR_WFI);

	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_INTERRUPT);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY + 4);
}

TEST(wfi, tells_the_time_until_the_timer)
{
	struct vcpu *vcpu = running_vcpu();

	guest_timer_set(1, 1003);

	EXPECT_FRAME(guest_trap(vcpu, GUEST_ESR_WFI), WAIT_FOR_INTERRUPT, REF,
		     48U);
}

TEST(wfi, with_a_pending_interrupt_goes_on)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR_WFI), vcpu);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY + 4);
}

/* The injecting CPU changed the context only: HCR_EL2 is this CPU's. */
TEST(wfi, raises_the_line_for_an_injection_of_another_cpu)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu_locked locked;

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	locked = vcpu_lock(vcpu);
	EXPECT_TRUE(virq_inject(locked, 9));
	vcpu_unlock(&locked);
	EXPECT_NE(sysreg_read(hcr_el2), vcpu->regs.hcr_el2);

	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR_WFI), vcpu);
	EXPECT_EQ(sysreg_read(hcr_el2), vcpu->regs.hcr_el2);
}

/* Nobody counts its time: a loop of it until then goes on as if it had ended. */
TEST(wfi, with_a_timeout_yields)
{
	struct vcpu *vcpu = running_vcpu();

	/* WFIT: ISS.TI = 2. */
	EXPECT_FRAME(guest_trap(vcpu, GUEST_ESR(0x01, 2)), FFA_YIELD, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
}

TEST(wfi, changes_no_register_but_the_pc)
{
	struct vcpu *vcpu = running_vcpu();

	machine_mark_registers(vcpu);
	(void)guest_trap(vcpu, GUEST_ESR_WFI);

	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
}

TEST(wfe, yields)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = guest_trap(vcpu, GUEST_ESR_WFE);

	EXPECT_FRAME(primary, FFA_YIELD, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY + 4);
}

TEST(wfe, is_run_again_at_once)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	machine_mark_registers(vcpu);
	primary = guest_trap(vcpu, GUEST_ESR_WFE);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
}

TEST(wfe, with_a_timeout_yields_as_well)
{
	struct vcpu *vcpu = running_vcpu();

	/* WFET: ISS.TI = 3. */
	EXPECT_FRAME(guest_trap(vcpu, GUEST_ESR(0x01, 3)), FFA_YIELD, REF, 0U);
}

TEST(wfx, of_the_primary_is_stepped_over)
{
	struct vcpu *primary = machine_start();
	uint64_t pc = primary->regs.pc;

	EXPECT_EQ(guest_trap(primary, GUEST_ESR_WFI), primary);
	EXPECT_EQ(guest_trap(primary, GUEST_ESR_WFE), primary);
	EXPECT_EQ(primary->regs.pc, pc + 8);
}

TEST(abort, outside_the_map_comes_back_to_the_guest)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(fault_at(vcpu, DATA_READ, 0x80000000), vcpu);
	EXPECT_EQ(vcpu->regs.pc, VBAR + 0x200);
	EXPECT_EQ(sysreg_read(elr_el1), GUEST_ENTRY);
	EXPECT_EQ(sysreg_read(far_el1), 0x80000000U);
	EXPECT_EQ(sysreg_read(esr_el1), GUEST_ESR(0x25, 0x07));
}

TEST(abort, is_written_to_the_log)
{
	struct vcpu *vcpu = running_vcpu();

	fake_console_clear();
	(void)fault_at(vcpu, DATA_WRITE, 0x80000000);

	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Stage-2 page fault: pc=0x40080000, vmid=0x2, "
		     "vcpu=0, vaddr=0x80000000, ipaddr=0x80000000, "
		     "mode=write\n"
		     "NOTICE: Injecting Data Abort exception into VM2.\n");
}

TEST(abort, of_a_page_that_is_there_by_now_is_retried)
{
	struct vcpu *vcpu = running_vcpu();

	map_page(vcpu->vm, MM_MODE_R | MM_MODE_W);
	fake_console_clear();

	EXPECT_EQ(fault_at(vcpu, DATA_WRITE, 0x80000ff8), vcpu);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(abort, of_a_right_that_is_missing_is_injected)
{
	struct vcpu *vcpu = running_vcpu();

	map_page(vcpu->vm, MM_MODE_R);

	(void)fault_at(vcpu, DATA_READ, 0x80000000);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY);
	(void)fault_at(vcpu, DATA_WRITE, 0x80000000);
	EXPECT_EQ(vcpu->regs.pc, VBAR + 0x200);
}

TEST(abort, of_an_instruction_needs_the_right_to_execute)
{
	struct vcpu *vcpu = running_vcpu();

	map_page(vcpu->vm, MM_MODE_R | MM_MODE_W);

	EXPECT_EQ(fault_at(vcpu, EXECUTE, 0x80000000), vcpu);
	EXPECT_EQ(sysreg_read(esr_el1), GUEST_ESR(0x21, 0x07));
}

TEST(abort, that_is_not_of_stage_2_is_never_stale)
{
	struct vcpu *vcpu = running_vcpu();

	map_page(vcpu->vm, MM_MODE_R | MM_MODE_W);

	/* External abort. */
	(void)fault_at(vcpu, GUEST_ESR(0x24, 0x10), 0x80000000);
	EXPECT_EQ(sysreg_read(esr_el1), GUEST_ESR(0x25, 0x10));
}

TEST(hopeless, vector_that_can_not_be_executed_aborts_the_vm)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	ASSERT_EQ(fault_at(vcpu, DATA_READ, 0x80000000), vcpu);
	primary = fault_at(vcpu, EXECUTE, VBAR + 0x200);

	EXPECT_NE(primary, vcpu);
	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(vcpu->state, VCPU_ABORTED);
	EXPECT_TRUE(vcpu->vm->is_aborting);
}

/** Faults, with each at its vector, until the VM is aborted; at most 9. */
static unsigned int faults_until_aborted(uint64_t mode)
{
	struct vcpu *vcpu = running_vcpu();
	unsigned int count = 0;

	vcpu->regs.pstate = mode;
	while (vcpu->state == VCPU_RUNNING && count < 9) {
		(void)fault_at(vcpu, EXECUTE, vcpu->regs.pc);
		count++;
	}
	return count;
}

TEST(hopeless, comes_to_an_end_from_every_mode)
{
	EXPECT_EQ(faults_until_aborted(EL1H), 2U);
	/* Taken to another vector first. */
	EXPECT_EQ(faults_until_aborted(EL1T), 3U);
	EXPECT_EQ(faults_until_aborted(EL0T), 3U);
	EXPECT_EQ(faults_until_aborted(AARCH32_USR), 3U);
}

TEST(hopeless, data_abort_at_the_vector_is_not)
{
	struct vcpu *vcpu = running_vcpu();

	vcpu->regs.pc = VBAR + 0x200;

	EXPECT_EQ(fault_at(vcpu, DATA_READ, 0x80000000), vcpu);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(hopeless, primary_is_never_aborted)
{
	struct vcpu *primary = machine_start();

	sysreg_write(vbar_el1, VBAR);
	primary->regs.pc = VBAR + 0x200;

	EXPECT_EQ(fault_at(primary, EXECUTE, VBAR + 0x200), primary);
	EXPECT_EQ(primary->regs.pc, VBAR + 0x200);
	EXPECT_FALSE(primary->vm->is_aborting);
}

TEST(hopeless, other_vcpus_of_the_vm_end_at_their_next_run)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *other = vm_vcpu(vcpu->vm, 1);
	struct vcpu_locked locked = vcpu_lock(other);
	struct vcpu *primary;

	vcpu_reset(locked, GUEST_ENTRY, 0);
	vcpu_set_state(locked, VCPU_READY);
	vcpu_unlock(&locked);
	vcpu->regs.pc = VBAR + 0x200;
	primary = fault_at(vcpu, EXECUTE, VBAR + 0x200);

	EXPECT_EQ(guest_run(primary, other), primary);
	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(guest_run(primary, other), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FFA_ERROR(primary, FFA_INVALID_PARAMETERS);
}

TEST(unknown_exception, comes_back_as_undefined)
{
	struct vcpu *vcpu = running_vcpu();

	fake_console_clear();
	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR(0x3f, 0x123)), vcpu);

	EXPECT_EQ(sysreg_read(esr_el1), ESR_UNKNOWN);
	EXPECT_EQ(vcpu->regs.pc, VBAR + 0x200);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Unknown lower sync exception pc=0x40080000, "
		     "esr=0xfe000123, ec=0x3f\n"
		     "NOTICE: Injecting Unknown Reason exception into VM2.\n");
}

TEST(unknown_exception, pointer_authentication_is_undefined)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR(0x09, 0)), vcpu);
	EXPECT_EQ(sysreg_read(esr_el1), ESR_UNKNOWN);
}

TEST(unknown_exception, physical_timer_of_a_secondary_is_undefined)
{
	struct vcpu *vcpu = running_vcpu();

	/* MRS x1, CNTP_CTL_EL0: op0 3, op1 3, CRn 14, CRm 2, op2 1. */
	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR(0x18, 0x32f825)), vcpu);
	EXPECT_EQ(sysreg_read(esr_el1), ESR_UNKNOWN);
	EXPECT_EQ(sysreg_read(elr_el1), GUEST_ENTRY);
}

TEST(trapped_register, that_is_emulated_is_stepped_over)
{
	struct vcpu *vcpu = running_vcpu();

	sysreg_write(S3_0_C0_C5_0, BITS(11, 8) | 6);
	/* MRS x1, ID_AA64DFR0_EL1, without the PMU: op0 3, CRm 5. */
	EXPECT_EQ(guest_trap(vcpu, GUEST_ESR(0x18, 0x30002b)), vcpu);

	EXPECT_EQ(bits_get(vcpu->regs.x[1], 11, 0), 6U);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY + 4);
}

TEST(serror, of_a_secondary_aborts_it)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	fake_console_clear();
	primary = guest_serror(vcpu, SERROR);

	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(vcpu->state, VCPU_ABORTED);
	EXPECT_TRUE(vcpu->vm->is_aborting);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: SError from VM 0x2: pc=0x40080000, "
		     "esr=0xbe000000\n");
}

TEST(serror, of_the_primary_comes_back_to_it)
{
	struct vcpu *primary = machine_start();
	uint64_t pc = primary->regs.pc;

	sysreg_write(vbar_el1, VBAR);
	EXPECT_EQ(guest_serror(primary, SERROR), primary);
	EXPECT_EQ(primary->regs.pc, VBAR + 0x200);
	EXPECT_EQ(sysreg_read(elr_el1), pc);
	EXPECT_FALSE(primary->vm->is_aborting);
}

TEST(serror, leaves_other_vms_alone)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *other = vm_vcpu(guest_add_vm(1), 0);
	struct vcpu *primary = guest_serror(vcpu, SERROR);

	EXPECT_EQ(guest_run(primary, other), other);
}
