/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv2 and GICv3 of one security state: private interrupts and SGIs of group 1
 * (GICv3) or 0 (GICv2), all signalled as IRQ. A VM without one has the
 * hypervisor's virtual interrupts.
 */
#include "hft/irq.h"

#include "cpu.h"
#include "hf/call.h"
#include "hft/arch.h"
#include "hft/fdt.h"

#define INTID_SPURIOUS 1020

/* Distributor, both versions. */
#define GICD_CTLR 0x000
#define GICD_SGIR 0xf00
/* Same offsets in GICv2's distributor and GICv3's redistributor SGI page. */
#define GIC_IGROUPR0 0x080
#define GIC_ISENABLER0 0x100
#define GIC_ICENABLER0 0x180
#define GIC_ISPENDR0 0x200
#define GIC_ISACTIVER0 0x300

#define GICD_ITARGETSR 0x800
#define GICD_IROUTER 0x6000
#define FIRST_SHARED 32

#define GICC_CTLR 0x00
/** Both groups; AckCtl; group 0 as FIQ. */
#define GICC_CTLR_FIQ 0xf
#define GICC_PMR 0x04
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10

#define GICR_TYPER 0x08
#define GICR_WAKER 0x14
#define GICR_WAKER_SLEEP (1U << 1)
#define GICR_WAKER_ASLEEP (1U << 2)
#define GICR_SIZE 0x20000
#define GICR_SGI_PAGE 0x10000

static struct {
	unsigned int version;
	uint64_t distributor;
	uint64_t cpu_interface;	 /* GICv2 */
	uint64_t redistributors; /* GICv3 */
	void (*handler)(uint32_t intid);
} irq;

static volatile uint32_t *reg(uint64_t base, uint64_t offset)
{
	return (volatile uint32_t *)(base + offset);
}

static void find_gic(void)
{
	static const char *const compatible[] = {
		[2] = "arm,cortex-a15-gic",
		[3] = "arm,gic-v3",
	};
	const void *fdt = hft_fdt();
	struct hft_range range;

	for (unsigned int version = 2; version <= 3 && fdt != NULL; version++) {
		int node = fdt_node_offset_by_compatible(fdt, -1,
							 compatible[version]);

		if (node < 0 || !hft_fdt_reg(node, 0, 0, &range)) {
			continue;
		}
		irq.version = version;
		irq.distributor = range.begin;
		(void)hft_fdt_reg(node, 0, 1, &range);
		irq.cpu_interface = range.begin;
		irq.redistributors = range.begin;
	}
}

unsigned int hft_irq_gic_version(void)
{
	if (irq.version == 0) {
		find_gic();
	}
	return irq.version;
}

/** The frame of this CPU: found by its affinity. */
static uint64_t redistributor(void)
{
	uint64_t mpidr = hft_sysreg_read(mpidr_el1);
	uint64_t affinity = (mpidr & 0xffffff) | ((mpidr >> 8) & 0xff000000);
	uint64_t frame = irq.redistributors;

	while (*reg(frame, GICR_TYPER + 4) != affinity) {
		frame += GICR_SIZE;
	}
	return frame;
}

/** Registers of this CPU's private interrupts. */
static uint64_t private_page(void)
{
	return irq.version == 3 ? redistributor() + GICR_SGI_PAGE
				: irq.distributor;
}

static void init_v3(void)
{
	uint64_t frame = redistributor();

	*reg(irq.distributor, GICD_CTLR) = 0x13; /* ARE, groups 0 and 1 */
	*reg(frame, GICR_WAKER) &= ~GICR_WAKER_SLEEP;
	while ((*reg(frame, GICR_WAKER) & GICR_WAKER_ASLEEP) != 0) {
		/* Waking up. */
	}
	*reg(frame + GICR_SGI_PAGE, GIC_IGROUPR0) = UINT32_MAX;
	hft_sysreg_write(icc_sre_el1, 7);
	hft_isb();
	hft_sysreg_write(icc_pmr_el1, 0xff);
	hft_sysreg_write(icc_bpr1_el1, 0);
	hft_sysreg_write(icc_ctlr_el1, 0);
	hft_sysreg_write(icc_igrpen1_el1, 1);
	hft_isb();
}

static void init_v2(void)
{
	*reg(irq.distributor, GICD_CTLR) = 1;
	*reg(irq.cpu_interface, GICC_PMR) = 0xff;
	*reg(irq.cpu_interface, GICC_CTLR) = 1;
}

void hft_irq_init(void)
{
	if (hft_irq_gic_version() == 3) {
		init_v3();
	} else if (irq.version == 2) {
		init_v2();
	}
}

/** The word with the bit of `intid`; its own CPU's for a private one. */
static volatile uint32_t *word_of(uint32_t intid, uint64_t offset)
{
	uint64_t base = intid < FIRST_SHARED ? private_page() : irq.distributor;

	return reg(base, offset + 4 * (intid / 32));
}

static uint32_t bit_of(uint32_t intid)
{
	return 1U << (intid % 32);
}

static void route_to_this_cpu(uint32_t intid)
{
	if (irq.version == 3) {
		*(volatile uint64_t *)(irq.distributor + GICD_IROUTER +
				       8 * intid) =
			hft_sysreg_read(mpidr_el1) & HFT_MPIDR_MASK;
		*word_of(intid, GIC_IGROUPR0) |= bit_of(intid);
	} else {
		/* Of a private one it reads as the CPU that asks. */
		*(volatile uint8_t *)(irq.distributor + GICD_ITARGETSR +
				      intid) =
			(uint8_t)*reg(irq.distributor, GICD_ITARGETSR);
	}
}

void hft_irq_enable(uint32_t intid)
{
	if (intid >= FIRST_SHARED) {
		route_to_this_cpu(intid);
	}
	*word_of(intid, GIC_ISENABLER0) = bit_of(intid);
	hft_dsb();
}

void hft_irq_disable(uint32_t intid)
{
	*word_of(intid, GIC_ICENABLER0) = bit_of(intid);
	hft_dsb();
}

bool hft_irq_is_pending(uint32_t intid)
{
	return (*word_of(intid, GIC_ISPENDR0) & bit_of(intid)) != 0;
}

void hft_irq_set_pending(uint32_t intid)
{
	*word_of(intid, GIC_ISPENDR0) = bit_of(intid);
	hft_dsb();
}

void hft_irq_enable_as_fiq(uint32_t intid)
{
	hft_irq_enable(intid);
	/* All others beside it are of group 1. */
	*word_of(intid, GIC_IGROUPR0) = ~bit_of(intid);
	if (irq.version == 3) {
		hft_sysreg_write(icc_igrpen0_el1, 1);
		hft_isb();
	} else {
		*reg(irq.distributor, GICD_CTLR) = 3;
		*reg(irq.cpu_interface, GICC_CTLR) = GICC_CTLR_FIQ;
	}
	hft_dsb();
}

uint32_t hft_irq_private_pending(void)
{
	return *reg(private_page(), GIC_ISPENDR0);
}

uint32_t hft_irq_private_active(void)
{
	return *reg(private_page(), GIC_ISACTIVER0);
}

void hft_irq_send_sgi(uint32_t cpu_idx, uint32_t intid)
{
	uint64_t mpidr = hft_cpu_mpidr(cpu_idx);

	/* What was written before is there when the target is interrupted. */
	hft_dsb();
	if (irq.version == 3) {
		hft_sysreg_write(icc_sgi1r_el1,
				 ((mpidr & 0xff0000) << 16) |
					 ((mpidr & 0xff00) << 8) |
					 ((uint64_t)intid << 24) |
					 (UINT64_C(1) << (mpidr & 0xf)));
		hft_isb();
	} else {
		*reg(irq.distributor, GICD_SGIR) =
			(UINT32_C(0x10000) << (mpidr & 7)) | intid;
	}
}

uint32_t hft_irq_count(uint32_t intid)
{
	return hft_cpu()->irq_count[intid % HFT_INTID_COUNT];
}

uint32_t hft_fiq_count(void)
{
	return hft_cpu()->fiq_count;
}

void hft_irq_set_handler(void (*handler)(uint32_t intid))
{
	irq.handler = handler;
}

static void count(uint32_t intid)
{
	if (irq.handler != NULL) {
		irq.handler(intid);
	}
	hft_cpu()->irq_count[intid % HFT_INTID_COUNT]++;
}

/** All that are pending and enabled. */
static void take_virtual(void)
{
	uint32_t intid = (uint32_t)hf_call(HF_INTERRUPT_GET, 0, 0, 0);

	while (intid != HF_INVALID_INTID) {
		count(intid);
		intid = (uint32_t)hf_call(HF_INTERRUPT_GET, 0, 0, 0);
	}
}

static uint32_t acknowledge(bool is_fiq)
{
	if (irq.version == 2) {
		return *reg(irq.cpu_interface, GICC_IAR);
	}
	return (uint32_t)(is_fiq ? hft_sysreg_read(icc_iar0_el1)
				 : hft_sysreg_read(icc_iar1_el1));
}

static void end_of_interrupt(uint32_t iar, bool is_fiq)
{
	if (irq.version == 2) {
		*reg(irq.cpu_interface, GICC_EOIR) = iar;
	} else if (is_fiq) {
		hft_sysreg_write(icc_eoir0_el1, iar);
	} else {
		hft_sysreg_write(icc_eoir1_el1, iar);
	}
	hft_isb();
}

static void take_physical(bool is_fiq)
{
	uint32_t iar = acknowledge(is_fiq);
	uint32_t intid = iar & 0x3ff;

	if (intid < INTID_SPURIOUS) {
		count(intid);
		end_of_interrupt(iar, is_fiq);
	}
}

void hft_irq_take(bool is_fiq)
{
	hft_cpu()->fiq_count += is_fiq;
	if (hft_irq_gic_version() == 0) {
		take_virtual();
	} else {
		take_physical(is_fiq);
	}
}

void hft_irq_reset(void)
{
	struct hft_cpu *cpu = hft_cpu();

	hft_irq_mask();
	irq.handler = NULL;
	cpu->fiq_count = 0;
	for (uint32_t i = 0; i < HFT_INTID_COUNT; i++) {
		cpu->irq_count[i] = 0;
	}
}

void hft_irq_wait(uint32_t intid, uint32_t count)
{
	while (hft_irq_count(intid) < count) {
		/* WFI ends with a pending interrupt although it is masked. */
		__asm__ volatile("wfi" : : : "memory");
		hft_irq_unmask();
		hft_irq_mask();
	}
}
