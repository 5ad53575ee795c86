/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of vm_log_char(), hafnium/src/vm/vm.c: lines of a VM. */
#include <string.h>

#include "fixture/machine.h"
#include "hftest.h"

/** Whole lines of the console begin with this for VM 1. */
#define PREFIX "VM 1: "

static void write_chars(struct vm *vm, const char *text, size_t length)
{
	struct vm_locked locked = vm_lock(vm);

	for (size_t i = 0; i < length; i++) {
		vm_log_char(locked, text[i]);
	}
	vm_unlock(&locked);
}

static void write_repeated(struct vm *vm, char c, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		write_chars(vm, &c, 1);
	}
}

TEST(vm_log, newline_ends_a_line)
{
	struct vm *vm = machine_start()->vm;

	write_chars(vm, "hello\n", 6);

	EXPECT_STREQ(fake_console_text(), PREFIX "hello\n");
}

TEST(vm_log, nul_ends_a_line)
{
	struct vm *vm = machine_start()->vm;

	write_chars(vm, "hello\0more", 10);

	EXPECT_STREQ(fake_console_text(), PREFIX "hello\n");
}

TEST(vm_log, nothing_is_written_before_the_end)
{
	struct vm *vm = machine_start()->vm;

	write_chars(vm, "not yet", 7);

	EXPECT_STREQ(fake_console_text(), "");
}

TEST(vm_log, empty_line_has_its_prefix)
{
	struct vm *vm = machine_start()->vm;

	write_chars(vm, "\n\0", 2);

	EXPECT_STREQ(fake_console_text(), PREFIX "\n" PREFIX "\n");
}

TEST(vm_log, a_line_of_255_waits_for_its_end)
{
	struct vm *vm = machine_start()->vm;

	write_repeated(vm, 'x', 255);
	EXPECT_STREQ(fake_console_text(), "");

	write_chars(vm, "\n", 1);
	EXPECT_EQ(strlen(fake_console_text()), sizeof(PREFIX) - 1 + 256);
}

TEST(vm_log, a_line_of_256_is_written_at_once)
{
	struct vm *vm = machine_start()->vm;
	const char *text = fake_console_text();

	write_repeated(vm, 'x', 256);

	EXPECT_EQ(strncmp(text, PREFIX "xxx", 9), 0);
	EXPECT_EQ(strlen(text), sizeof(PREFIX) - 1 + 257);
	EXPECT_EQ(text[strlen(text) - 1], '\n');
}

TEST(vm_log, longer_text_is_split_into_lines)
{
	struct vm *vm = machine_start()->vm;
	const char *second;

	write_repeated(vm, 'x', 256);
	write_chars(vm, "tail\n", 5);
	second = strchr(fake_console_text(), '\n') + 1;

	EXPECT_STREQ(second, PREFIX "tail\n");
}

TEST(vm_log, lines_of_two_vms_do_not_mix)
{
	struct vm *one = machine_start()->vm;
	struct vm *two = machine_add_secondary()->vm;

	write_chars(one, "on", 2);
	write_chars(two, "two\n", 4);
	write_chars(one, "e\n", 2);

	EXPECT_STREQ(fake_console_text(), "VM 2: two\nVM 1: one\n");
}

TEST(vm_log, id_is_lower_case_hexadecimal)
{
	struct vm *vm = machine_start()->vm;

	for (unsigned int i = 0; i < 10; i++) {
		vm = machine_add_secondary()->vm;
	}
	write_chars(vm, "eleven\n", 7);

	EXPECT_STREQ(fake_console_text(), "VM b: eleven\n");
}

TEST(vm, unlock_clears_the_handle)
{
	struct vm_locked vm = vm_lock(machine_start()->vm);

	EXPECT_NE(vm.vm, NULL);
	vm_unlock(&vm);

	EXPECT_EQ(vm.vm, NULL);
}
