/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which registers of a redistributor the primary gets at (IHI0069 12.10). What
 * has to do with LPIs keeps its value; what is not in the table reads as 0 and
 * is not written. See docs/interrupts.md.
 */
#include "hf/irq/gicr.h"

#include "hf/arch/mmio.h"
#include "hf/base/log.h"
#include "hf/mm/stage1.h"

#define GICR_CTLR 0x000
#define GICR_TYPER 0x008

#define CTLR_ENABLE_LPIS BIT(0)
#define TYPER_PLPIS BIT(0)
#define TYPER_VLPIS BIT(1)
#define TYPER_DIRECT_LPI BIT(3)
#define TYPER_LAST BIT(4)

/** RD_base and SGI_base, 64 KiB each; GICv4 has as much again for VLPIs. */
#define FRAME_SIZE UINT64_C(0x20000)
#define VLPI_SIZE UINT64_C(0x20000)

#define MODE_REGISTERS (MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE)

static struct gicr_state {
	/* fixed after boot */
	paddr_t pages[MAX_CPUS]; /* RD_base, the first 4 KiB */
	uint32_t page_count;
	struct pa_range denied[MAX_GICR_DENIED];
	uint32_t denied_count;
} gicr;

/** One register; a range of 32-bit ones when `size` is larger than 8. */
struct gicr_row {
	uint16_t offset;
	uint16_t size;
	uint8_t unwritten; /* these bits are written as 0 */
	uint8_t unread;	   /* these bits read as 0 */
	bool is_wide;	   /* 64 bits, or its halves */
	bool is_read_only; /* a write has no effect */
};

static const struct gicr_row gicr_rows[] = {
	{.offset = GICR_CTLR, .size = 4, .unwritten = CTLR_ENABLE_LPIS},
	{.offset = 0x004, .size = 4}, /* IIDR */
	{.offset = GICR_TYPER,
	 .size = 8,
	 .is_wide = true,
	 .unread = TYPER_PLPIS | TYPER_DIRECT_LPI,
	 .is_read_only = true},
	{.offset = 0x010, .size = 16}, /* STATUSR WAKER MPAMIDR PARTIDR */
	{.offset = 0x020, .size = 32}, /* of the implementation: power */
	/* PROPBASER, PENDBASER */
	{.offset = 0x070, .size = 8, .is_wide = true, .is_read_only = true},
	{.offset = 0x078, .size = 8, .is_wide = true, .is_read_only = true},
	/* SYNCR */
	{.offset = 0x0c0, .size = 4, .is_read_only = true},
	/* All others: SETLPIR, CLRLPIR, INVLPIR, INVALLR, what is reserved. */
	{.size = PAGE_SIZE, .is_wide = true, .is_read_only = true},
};

static bool is_other(const struct gicr_row *row)
{
	return row->size == PAGE_SIZE;
}

void gicr_reset(void)
{
	gicr = (struct gicr_state){.page_count = 0};
}

static void deny(uint64_t begin, uint64_t end)
{
	gicr.denied[gicr.denied_count] =
		(struct pa_range){pa_init(begin), pa_init(end)};
	gicr.denied_count++;
}

static bool turn_off_lpis(paddr_t page)
{
	uint32_t ctlr = mmio_read32(page);

	if ((ctlr & CTLR_ENABLE_LPIS) == 0) {
		return true;
	}
	mmio_write32(page, ctlr & ~(uint32_t)CTLR_ENABLE_LPIS);
	if ((mmio_read32(page) & CTLR_ENABLE_LPIS) != 0) {
		log_error("GIC: LPIs stay on at %#lx.", page.pa);
		return false;
	}
	return true;
}

/**
 * From its first frame to the next redistributor's; 0: the stride of the FDT has
 * no room for its frames.
 */
static uint64_t size_of(uint64_t typer, uint64_t stride)
{
	uint64_t size =
		FRAME_SIZE + ((typer & TYPER_VLPIS) != 0 ? VLPI_SIZE : 0);

	if (stride == 0) {
		return size;
	}
	return stride >= size ? stride : 0;
}

/** `*next` is behind it; the end of the region when it was the last one. */
static bool add_redistributor(struct pa_range region, uint64_t stride,
			      paddr_t *next)
{
	paddr_t page = *next;
	uint64_t left = region.end.pa - page.pa;
	struct pa_range registers = {page, pa_init(page.pa + PAGE_SIZE)};
	uint64_t typer;
	uint64_t size;

	if (stage1_map(registers, MODE_REGISTERS) != MM_OK) {
		log_error("GIC: unable to map %#lx.", page.pa);
		return false;
	}
	gicr.pages[gicr.page_count] = page;
	gicr.page_count++;
	deny(registers.begin.pa, registers.end.pa);

	typer = mmio_read64(pa_init(page.pa + GICR_TYPER));
	size = size_of(typer, stride);
	if (size == 0) {
		log_error("GIC: stride of %#lx is too small.", stride);
		return false;
	}
	size = size < left ? size : left;
	if (size > FRAME_SIZE) {
		/* of VLPIs, and padding */
		deny(page.pa + FRAME_SIZE, page.pa + size);
	}
	next->pa = (typer & TYPER_LAST) != 0 ? region.end.pa : page.pa + size;
	return turn_off_lpis(page);
}

bool gicr_add_region(struct pa_range region, uint64_t stride)
{
	paddr_t next = region.begin;

	while (next.pa < region.end.pa &&
	       region.end.pa - next.pa >= FRAME_SIZE &&
	       gicr.page_count < MAX_CPUS) {
		if (!add_redistributor(region, stride, &next)) {
			return false;
		}
	}
	/* More than we have CPUs: of no use to anybody. */
	if (next.pa < region.end.pa) {
		deny(next.pa, region.end.pa);
	}
	return true;
}

bool gicr_denied(uint32_t idx, struct pa_range *range)
{
	if (idx >= gicr.denied_count) {
		return false;
	}
	*range = gicr.denied[idx];
	return true;
}

static bool is_ours(paddr_t address)
{
	uint64_t page = align_down(address.pa, PAGE_SIZE);

	for (uint32_t i = 0; i < gicr.page_count; i++) {
		if (gicr.pages[i].pa == page) {
			return true;
		}
	}
	return false;
}

static const struct gicr_row *find_row(uint64_t offset)
{
	const struct gicr_row *row = gicr_rows;

	while (offset - row->offset >= row->size) {
		row++;
	}
	return row;
}

/** The row of a whole register, or of half of one; NULL: not to be had. */
static const struct gicr_row *find_access(paddr_t address, size_t size)
{
	uint64_t offset = address.pa & (PAGE_SIZE - 1);
	const struct gicr_row *row;

	if (!is_ours(address) || (size != 4 && size != 8) ||
	    !is_aligned(offset, size)) {
		return NULL;
	}
	row = find_row(offset);
	return size == 4 || row->is_wide ? row : NULL;
}

static uint64_t read(const struct gicr_row *row, paddr_t address, size_t size)
{
	bool is_upper_half = size == 4 && !is_aligned(address.pa, 8);
	uint64_t value;

	if (is_other(row)) {
		return 0;
	}
	value = size == 8 ? mmio_read64(address) : mmio_read32(address);
	return is_upper_half && row->is_wide ? value
					     : value & ~(uint64_t)row->unread;
}

bool gicr_access(paddr_t address, size_t size, bool is_write, uint64_t *value)
{
	const struct gicr_row *row = find_access(address, size);

	if (row == NULL) {
		return false;
	}
	if (!is_write) {
		*value = read(row, address, size);
	} else if (!row->is_read_only) {
		mmio_write32(address,
			     (uint32_t)(*value & ~(uint64_t)row->unwritten));
	}
	return true;
}
