/* SPDX-License-Identifier: BSD-3-Clause */
/* See tables.h. */
#include "tables.h"

#include "hf/call.h"
#include "hft/arch.h"
#include "hftest.h"

#define ENTRIES 512
#define LAST_LEVEL 3U
#define ADDRESS (((UINT64_C(1) << 48) - 1) & ~UINT64_C(0xfff))
#define VALID UINT64_C(1)
#define TABLE UINT64_C(2)
#define NORMAL_WRITE_BACK UINT64_C(0xf)
#define ACCESS_FLAG (UINT64_C(1) << 10)
/* What an entry says: attributes, but not whether it is a block or a page. */
#define MEANING ((UINT64_C(0x3) << 53) | UINT64_C(0xffc))

/** Adds up what lies in a row with the same meaning. */
struct digest {
	const uint64_t *others;
	uint32_t count;
	uint64_t begin;
	uint64_t end;
	uint64_t pa;
	uint64_t meaning;
	uint64_t sum;
};

bool tables_can_be_read(void)
{
	return hf_call(HF_DEBUG_STAGE2, HF_PRIMARY_VM_ID, 0, 0) != -1;
}

static uint64_t root_of(uint16_t vm)
{
	return (uint64_t)hf_call(HF_DEBUG_STAGE2, vm, 0, 0) & ADDRESS;
}

static uint64_t entry_of(uint64_t table, uint64_t index)
{
	return (uint64_t)hf_call(HF_DEBUG_MEMORY, table + index * 8, 0, 0);
}

/** Bits of an IPA: as many as of a PA (ID_AA64MMFR0_EL1.PARange), up to 48. */
static unsigned int ipa_bits(void)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
	uint64_t range = hft_sysreg_read(id_aa64mmfr0_el1) & 0xf;

	return range < sizeof(bits) ? bits[range] : 48;
}

/** Up to 16 tables side by side take the place of a level (D8.3.2). */
static unsigned int first_level(void)
{
	return ipa_bits() > 43 ? 0 : 1;
}

static unsigned int shift_of(unsigned int level)
{
	return 12 + 9 * (LAST_LEVEL - level);
}

static bool is_table(uint64_t entry, unsigned int level)
{
	return level < LAST_LEVEL &&
	       (entry & (VALID | TABLE)) == (VALID | TABLE);
}

struct tables_page tables_look(uint16_t vm, uint64_t ipa)
{
	unsigned int level = first_level();
	uint64_t entry = entry_of(root_of(vm), ipa >> shift_of(level));
	struct tables_page page = {.rights = ""};
	uint64_t inside;
	char *right = page.rights;

	while (is_table(entry, level)) {
		level++;
		entry = entry_of(entry & ADDRESS,
				 (ipa >> shift_of(level)) % ENTRIES);
	}
	if ((entry & VALID) == 0) {
		return page;
	}
	/* S2AP 7:6, XN 54:53 */
	if ((entry >> 6 & 1) != 0) {
		*right++ = 'r';
	}
	if ((entry >> 7 & 1) != 0) {
		*right++ = 'w';
	}
	if ((entry >> 53 & 3) == 0) {
		*right++ = 'x';
	}
	inside = (UINT64_C(1) << shift_of(level)) - 1;
	page.pa =
		(entry & ADDRESS & ~inside) | (ipa & inside & ~UINT64_C(0xfff));
	page.is_normal = (entry >> 2 & 0xf) == NORMAL_WRITE_BACK &&
			 (entry & ACCESS_FLAG) != 0;
	return page;
}

static void mix(struct digest *digest, uint64_t value)
{
	digest->sum = (digest->sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	digest->sum ^= digest->sum >> 29;
}

static void end_row(struct digest *digest)
{
	if (digest->begin != digest->end) {
		mix(digest, digest->begin);
		mix(digest, digest->end);
		mix(digest, digest->pa);
		mix(digest, digest->meaning);
	}
	digest->begin = digest->end;
}

/** From `begin` to `end` it is as `entry` says, whose address is of `begin`. */
static void add(struct digest *digest, uint64_t begin, uint64_t end,
		uint64_t entry)
{
	uint64_t pa = entry & ADDRESS;

	if (begin == end) {
		return;
	}
	if (begin != digest->end || (entry & MEANING) != digest->meaning ||
	    pa - digest->pa != begin - digest->begin) {
		end_row(digest);
		digest->begin = begin;
		digest->pa = pa;
		digest->meaning = entry & MEANING;
	}
	digest->end = end;
}

/** What `entry` maps, around the pages that do not count. */
static void add_leaf(struct digest *digest, uint64_t begin, uint64_t end,
		     uint64_t entry)
{
	uint64_t pa = entry & ADDRESS & ~(end - begin - 1);
	uint64_t attributes = entry & ~ADDRESS;
	uint64_t at = begin;

	for (uint32_t i = 0; i < digest->count; i++) {
		uint64_t other = digest->others[i];

		if (other >= at && other < end) {
			add(digest, at, other,
			    attributes | (pa + (at - begin)));
			end_row(digest);
			at = other + HFT_PAGE_SIZE;
		}
	}
	add(digest, at, end, attributes | (pa + (at - begin)));
}

/** The table of `level` that maps `begin`: it goes as deep as there are levels. */
static void add_table(struct digest *digest, uint64_t table, uint64_t begin,
		      unsigned int level)
{
	uint64_t size = UINT64_C(1) << shift_of(level);
	uint64_t count = level == first_level()
				 ? UINT64_C(1) << (ipa_bits() - shift_of(level))
				 : ENTRIES;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t entry = entry_of(table, i);
		uint64_t at = begin + i * size;

		if (is_table(entry, level)) {
			add_table(digest, entry & ADDRESS, at, level + 1);
		} else if ((entry & VALID) != 0) {
			add_leaf(digest, at, at + size, entry);
		}
	}
}

uint64_t tables_digest(uint16_t vm, const uint64_t *others, uint32_t count)
{
	struct digest digest = {.others = others, .count = count};

	add_table(&digest, root_of(vm), 0, first_level());
	end_row(&digest);
	return digest.sum;
}
