/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry code and vectors of the hypervisor around a guest of three
 * instructions; dispatch is ours: it looks and goes back to the test.
 */
#include <string.h>

#include "el2.h"

#include "hf/arch/context.h"
#include "hf/arch/entry.h"
#include "hf/arch/mmu.h"
#include "hf/arch/regs.h"
#include "hf/base/log.h"
#include "hft/arch.h"
#include "hftest.h"

#include "guest/cpu.h"

#define HCR_RW BIT(31)
#define CPTR_NO_TRAPS UINT64_C(0x32ff)
#define NOP 0xd503201f
#define USE_FP 0x1e604000 /* fmov d0, d0 */
#define HVC 0xd4000002
#define SMC 0xd4000003
#define READ_ACTLR 0xd5381025 /* mrs x5, actlr_el1 */
#define UDF 0x00000000

extern char vectors[];
extern char hft_vectors[];

/* exceptions.S fills it at our own fault. */
extern struct {
	uint64_t x[31];
	uint64_t sp;
} fault_frame;

noreturn void guest_enter(struct arch_regs *regs);
noreturn void arch_fault(uint64_t which);

static struct arch_regs regs;
static uint32_t code[4] aligned_to(64);

/** What came back, and from which handler. */
static struct {
	struct hft_cpu *cpu;
	struct hft_jump jump;
	/* runs at the first HVC, and the guest goes on */
	void (*between)(struct arch_regs *current);
	const char *handler;
	struct arch_regs *current;
	uint64_t esr;
	uint64_t elr;
} seen;

/** Registers of EL2 are the framework's again; on in run_guest(). */
noreturn static void back(const char *handler, struct arch_regs *current,
			  uint64_t esr)
{
	seen.handler = handler;
	seen.current = current;
	seen.esr = esr;
	seen.elr = hft_sysreg_read(elr_el2);
	hft_sysreg_write(hcr_el2, HCR_RW);
	hft_sysreg_write(cptr_el2, CPTR_NO_TRAPS);
	hft_sysreg_write(vbar_el2, (uintptr_t)hft_vectors);
	hft_sysreg_write(tpidr_el2, (uintptr_t)seen.cpu);
	hft_isb();
	hft_jump_back(&seen.jump, 1);
}

struct arch_regs *dispatch_hvc(struct arch_regs *current)
{
	void (*next)(struct arch_regs *) = seen.between;

	/* The first call of two, when a test wants something in between. */
	if (next != NULL) {
		seen.between = NULL;
		next(current);
		return current;
	}
	back("hvc", current, 0);
}

struct arch_regs *dispatch_smc(struct arch_regs *current)
{
	back("smc", current, 0);
}

struct arch_regs *dispatch_lower_sync(struct arch_regs *current, uint64_t esr)
{
	back("sync", current, esr);
}

struct arch_regs *dispatch_irq(struct arch_regs *current)
{
	back("irq", current, 0);
}

struct arch_regs *dispatch_lower_serror(struct arch_regs *current, uint64_t esr)
{
	back("serror", current, esr);
}

noreturn void arch_fault(uint64_t which)
{
	(void)which;
	back("own fault", NULL, hft_sysreg_read(esr_el2));
}

/** A guest that will run `code`, without stage 2, `arg` in x0. */
static void make_guest(uint64_t arg)
{
	const struct arch_regs_start start = {
		.role = ARCH_ROLE_PRIMARY,
		.vmpidr = 0x80000003,
		.entry = (uintptr_t)code,
		.arg = arg,
	};

	hft_cache_sync_code(code, sizeof(code));
	arch_regs_reset(&regs, &start);
	regs.hcr_el2 &= ~BIT(0);
	for (uint64_t i = 1; i < 31; i++) {
		regs.x[i] = 0x1111 * i;
	}
	for (uint64_t i = 0; i < 64; i++) {
		regs.fp[i] = 0x2222 * i;
	}
	regs.fpcr = 0x03c00000;
	regs.sysreg[SLOT_CPACR_EL1] = UINT64_C(3) << 20;
}

/** Until something comes back. */
static void enter_guest(void)
{
	seen.cpu = hft_cpu();
	if (hft_jump_save(&seen.jump) == 0) {
		hft_sysreg_write(vbar_el2, (uintptr_t)vectors);
		hft_isb();
		/* The word at SP says whose FP registers are loaded: nobody's. */
		__asm__ volatile(
			"stp xzr, xzr, [sp, #-16]!\n"
			"mov x0, %0\n"
			"b guest_enter"
			:
			: "r"(&regs)
			: "x0", "memory");
	}
}

static void run_guest(uint64_t arg)
{
	make_guest(arg);
	enter_guest();
}

TEST(guest, registers_arrive_and_come_back_with_a_call)
{
	code[0] = HVC;
	run_guest(7);

	EXPECT_STREQ(seen.handler, "hvc");
	ASSERT_TRUE(seen.current == &regs);
	EXPECT_EQ(seen.elr, (uintptr_t)code + 4);
	EXPECT_EQ(regs.x[0], 7);
	for (uint64_t i = 1; i <= 18; i++) {
		EXPECT_EQ(regs.x[i], 0x1111 * i);
	}
	EXPECT_EQ(regs.x[29], 0x1111 * 29);
	EXPECT_EQ(regs.x[30], 0x1111 * 30);
}

TEST(guest, smc_leaves_the_pc_behind_it)
{
	code[0] = NOP;
	code[1] = SMC;
	run_guest(7);

	EXPECT_STREQ(seen.handler, "smc");
	EXPECT_EQ(seen.elr, (uintptr_t)code + 8);
}

static void answer_99(struct arch_regs *current)
{
	current->x[0] = 99;
}

TEST(guest, goes_on_with_the_answer)
{
	code[0] = HVC;
	code[1] = HVC;
	seen.between = answer_99;
	run_guest(1);

	EXPECT_STREQ(seen.handler, "hvc");
	EXPECT_EQ(regs.x[0], 99);
	EXPECT_EQ(regs.x[18], 0x1111 * 18);
	EXPECT_EQ(seen.elr, (uintptr_t)code + 8);
}

TEST(guest, trapped_register_saves_all_and_the_syndrome)
{
	code[0] = READ_ACTLR;
	run_guest(7);

	EXPECT_STREQ(seen.handler, "sync");
	EXPECT_EQ(hft_esr_class(seen.esr), 0x18);
	EXPECT_EQ(regs.pc, (uintptr_t)code);
	EXPECT_EQ(regs.pstate & 0x1f, 5);
	for (uint64_t i = 1; i <= 30; i++) {
		EXPECT_EQ(regs.x[i], 0x1111 * i);
	}
}

TEST(guest, fp_registers_are_loaded_when_they_are_used)
{
	uint64_t q31[2];

	code[0] = USE_FP;
	code[1] = HVC;
	run_guest(7);
	EXPECT_STREQ(seen.handler, "hvc");
	EXPECT_EQ(seen.elr, (uintptr_t)code + 8);
	__asm__ volatile(
		".arch_extension fp\n"
		".arch_extension simd\n"
		"str q31, [%0]"
		:
		: "r"(q31)
		: "memory");

	EXPECT_EQ(q31[0], 0x2222 * 62);
	EXPECT_EQ(q31[1], 0x2222 * 63);
	EXPECT_EQ(hft_sysreg_read(fpcr), 0x03c00000);
	hft_sysreg_write(fpcr, 0);
}

TEST(guest, sees_the_mpidr_that_it_is_given)
{
	code[0] = 0xd53800a1; /* mrs x1, mpidr_el1 */
	code[1] = HVC;
	run_guest(7);

	EXPECT_EQ(regs.x[1], 0x80000003);
}

TEST(guest, el1_registers_are_those_of_the_context)
{
	code[0] = 0xd5381001; /* mrs x1, sctlr_el1 */
	code[1] = 0xd538d082; /* mrs x2, tpidr_el1 */
	code[2] = HVC;
	hft_sysreg_write(tpidr_el1, 0xbad);
	run_guest(7);

	EXPECT_EQ(regs.x[1], regs.sysreg[SLOT_SCTLR_EL1]);
	EXPECT_EQ(regs.x[2], 0);
}

static struct stage2 stage2;
static uint64_t pages[2][PAGE_SIZE / 8] aligned_to(PAGE_SIZE);

/** IPA of `pages[0]` leads to `pages[page_idx]`. */
static void map_first_page_to(unsigned int page_idx, mm_mode_t mode)
{
	struct stage2_map map = {
		.begin = ipa_init((uintptr_t)pages[0]),
		.end = ipa_init((uintptr_t)pages[1]),
		.pa = pa_from_ptr(pages[page_idx]),
		.mode = mode,
	};

	ASSERT_EQ(stage2_prepare(&stage2, &map), MM_OK);
	stage2_commit(&stage2, &map);
}

/** ldr x1, [x0]; hvc; ldr x2, [x0]; hvc, behind stage 2. */
static void read_twice(void (*between)(struct arch_regs *current))
{
	uint64_t code_page = align_down((uintptr_t)code, PAGE_SIZE);
	struct pa_range code_range = {pa_init(code_page),
				      pa_init(code_page + PAGE_SIZE)};

	code[0] = 0xf9400001;
	code[1] = HVC;
	code[2] = 0xf9400002;
	code[3] = HVC;
	pages[0][0] = 0xaaaa;
	pages[1][0] = 0xbbbb;
	hft_cache_clean(pages, sizeof(pages));
	ASSERT_EQ(stage2_init(&stage2, 5, el2_pool()), MM_OK);
	ASSERT_EQ(stage2_map_identity(&stage2, code_range, MM_MODE_RWX), MM_OK);
	map_first_page_to(0, MM_MODE_RWX);
	mmu_stage2_enable();

	make_guest((uintptr_t)pages[0]);
	regs.hcr_el2 |= BIT(0);
	regs.vttbr_el2 = stage2_vttbr(&stage2);
	seen.between = between;
	enter_guest();
}

static void move_page(struct arch_regs *current)
{
	(void)current;
	map_first_page_to(1, MM_MODE_RWX);
}

TEST(guest, sees_a_moved_page_at_once)
{
	read_twice(move_page);

	EXPECT_STREQ(seen.handler, "hvc");
	EXPECT_EQ(regs.x[1], 0xaaaa);
	EXPECT_EQ(regs.x[2], 0xbbbb);
}

static void take_page(struct arch_regs *current)
{
	(void)current;
	map_first_page_to(0, MM_MODE_ABSENT);
}

TEST(guest, loses_an_unmapped_page_at_once)
{
	read_twice(take_page);

	EXPECT_STREQ(seen.handler, "sync");
	EXPECT_EQ(hft_esr_class(seen.esr), HFT_EC_DATA_ABORT_LOWER);
	EXPECT_EQ(regs.pc, (uintptr_t)&code[2]);
	EXPECT_EQ(regs.x[1], 0xaaaa);
	EXPECT_EQ(hft_sysreg_read(hpfar_el2) >> 4,
		  (uintptr_t)pages[0] / PAGE_SIZE);
}

TEST(vectors, fault_of_el2_keeps_every_register)
{
	seen.cpu = hft_cpu();
	if (hft_jump_save(&seen.jump) == 0) {
		hft_sysreg_write(vbar_el2, (uintptr_t)vectors);
		hft_isb();
		__asm__ volatile(
			"mov x5, #0x55\n"
			"mov x17, #0x77\n"
			"mov x1, #0x11\n"
			"mov x0, #0x33\n"
			".inst 0\n"
			:
			:
			: "x0", "x1", "x5", "x17", "memory");
	}

	EXPECT_STREQ(seen.handler, "own fault");
	EXPECT_EQ(hft_esr_class(seen.esr), HFT_EC_UNKNOWN);
	EXPECT_EQ(fault_frame.x[0], 0x33);
	EXPECT_EQ(fault_frame.x[1], 0x11);
	EXPECT_EQ(fault_frame.x[5], 0x55);
	EXPECT_EQ(fault_frame.x[17], 0x77);
	EXPECT_EQ(fault_frame.sp % 16, 0);
}
