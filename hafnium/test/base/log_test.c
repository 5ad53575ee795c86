/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/base/log.c: console, ring, lines of VMs. */
#include "hf/base/log.h"

#include <string.h>

#include "hf/arch/fake/machine.h"
#include "hf/base/check.h"
#include "hftest.h"

/** `count` times `c`, as text. */
static const char *repeated(char c, size_t count)
{
	static char text[1024];

	memset(text, c, count);
	text[count] = '\0';
	return text;
}

TEST(log, each_level_has_its_prefix)
{
	fake_machine_reset();

	log_error("e %d", 1);
	log_notice("n");
	log_warning("w");
	log_info("i");

	EXPECT_STREQ(fake_console_text(),
		     "ERROR: e 1\nNOTICE: n\nWARNING: w\nINFO: i\n");
}

TEST(log, level_above_the_limit_is_not_compiled_in)
{
	fake_machine_reset();

	log_verbose("nobody reads this");

	EXPECT_STREQ(fake_console_text(), "");
}

TEST(log, write_knows_every_level)
{
	fake_machine_reset();

	log_write(LOG_MARK_VERBOSE "v");
	log_write(LOG_MARK_NONE "bare");

	EXPECT_STREQ(fake_console_text(), "VERBOSE: v\nbare\n");
}

TEST(log, long_line_is_cut_and_still_ends)
{
	const char *text;

	fake_machine_reset();
	log_write(LOG_MARK_NONE "%s", repeated('x', 1000));
	text = fake_console_text();

	/* 318 characters, then the newline. */
	EXPECT_EQ(strspn(text, "x"), 318U);
	EXPECT_STREQ(&text[318], "\n");
}

TEST(log, cut_line_keeps_its_prefix)
{
	const char *text;

	fake_machine_reset();
	log_error("%s", repeated('y', 1000));
	text = fake_console_text();

	EXPECT_EQ(strncmp(text, "ERROR: y", 8), 0);
	EXPECT_EQ(strspn(&text[7], "y"), 318U);
	EXPECT_STREQ(&text[7 + 318], "\n");
}

TEST(log, unlocked_text_has_neither_prefix_nor_newline)
{
	fake_machine_reset();

	log_unlocked("x0=%#lx ", UINT64_C(0x10));
	log_unlocked("x1=%d", 2);

	EXPECT_STREQ(fake_console_text(), "x0=0x10 x1=2");
}

TEST(log, vm_line_begins_with_the_id_in_hexadecimal)
{
	fake_machine_reset();

	log_vm_line(1, "one");
	log_vm_line(0x1a, "two");
	log_vm_line(0xffff, "");

	EXPECT_STREQ(fake_console_text(), "VM 1: one\nVM 1a: two\nVM ffff: \n");
}

TEST(log_ring, header_can_be_found_in_a_dump)
{
	const struct log_ring *ring = log_ring_get();
	const unsigned char *bytes = (const unsigned char *)ring;

	log_write(LOG_MARK_NONE "first");

	EXPECT_EQ(memcmp(bytes, "HFLOGRNG", 8), 0);
	EXPECT_EQ(bytes[8], 1);
	EXPECT_EQ(ring->version, 1U);
	EXPECT_EQ(ring->size, 8192U);
	EXPECT_EQ((const unsigned char *)ring->data - bytes, 24);
}

TEST(log_ring, text_is_kept_as_on_the_console)
{
	const struct log_ring *ring = log_ring_get();

	fake_machine_reset();
	log_info("kept");
	log_vm_line(3, "too");

	EXPECT_EQ(ring->next, strlen(fake_console_text()));
	EXPECT_EQ(memcmp(ring->data, "INFO: kept\nVM 3: too\n", 21), 0);
	EXPECT_EQ(ring->data[21], '\0');
}

TEST(log_ring, full_ring_goes_on_at_its_start)
{
	const struct log_ring *ring = log_ring_get();
	unsigned int lines = LOG_RING_SIZE / 64;

	/* Lines of 64 bytes fill the ring to the last byte. */
	fake_machine_reset();
	for (unsigned int i = 0; i < lines; i++) {
		log_write(LOG_MARK_NONE "%063u", i);
	}
	log_write(LOG_MARK_NONE "again");

	EXPECT_EQ(ring->next, LOG_RING_SIZE + 6U);
	EXPECT_EQ(memcmp(ring->data, "again\n000", 9), 0);
	EXPECT_EQ(ring->data[LOG_RING_SIZE - 1], '\n');
	EXPECT_EQ(ring->data[LOG_RING_SIZE - 2], '7');
}

TEST(log_ring, line_may_lie_across_the_end)
{
	const struct log_ring *ring = log_ring_get();

	fake_machine_reset();
	for (unsigned int i = 0; i < LOG_RING_SIZE / 64 - 1; i++) {
		log_write(LOG_MARK_NONE "%063u", i);
	}
	log_write(LOG_MARK_NONE "%059u", 0U);
	log_write(LOG_MARK_NONE "abcdef");

	EXPECT_EQ(memcmp(&ring->data[LOG_RING_SIZE - 4], "abcd", 4), 0);
	EXPECT_EQ(memcmp(ring->data, "ef\n", 3), 0);
}

TEST(log_ring, header_comes_with_the_first_character)
{
	const struct log_ring *ring = log_ring_get();

	EXPECT_EQ(ring->magic[0], '\0');

	log_unlocked("x");

	EXPECT_EQ(ring->magic[0], 'H');
}

TEST(log_ring, reset_empties_it)
{
	const struct log_ring *ring = log_ring_get();

	log_write(LOG_MARK_NONE "old");

	log_reset();

	EXPECT_EQ(ring->next, 0U);
	EXPECT_EQ(ring->data[0], '\0');
}

static void panic_in_the_middle_of_a_line(void)
{
	fake_machine_reset();
	log_unlocked("half a line");
	panic("value %#x", 0x2aU);
}

TEST(panic, text_has_a_line_of_its_own)
{
	EXPECT_PANIC("Panic: value 0x2a\n", panic_in_the_middle_of_a_line());
}

TEST(panic, check_tells_condition_and_place)
{
	EXPECT_PANIC("assertion failed (1 + 1 == 3) at hafnium/test/base/",
		     CHECK(1 + 1 == 3));
}

TEST(panic, check_that_holds_goes_on)
{
	int went_on = 0;

	CHECK(1 + 1 == 2);
	went_on = 1;

	EXPECT_EQ(went_on, 1);
}

/* What the compiler calls; there is no header for it. */
_Noreturn void __stack_chk_fail(void);

TEST(panic, broken_stack_is_one)
{
	EXPECT_PANIC("stack smashed", __stack_chk_fail());
}
