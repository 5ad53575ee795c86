/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end: say why on the console, and stop the machine. See
 * docs/debugging.md.
 */
#include "hf/base/check.h"

#include <stdarg.h>

#include "hf/base/log.h"
#include "hf/base/sink.h"

void panic(const char *format, ...)
{
	va_list args;

	sink_backtrace();
	/*
	 * The newline ends a line that another CPU may have begun: the lock
	 * of the log is not taken, it may be ours.
	 */
	log_unlocked("\nPanic: ");
	va_start(args, format);
	log_unlocked_args(format, &args);
	va_end(args);
	log_unlocked("\n");
	sink_flush();
	sink_halt();
}

void check_failed(const char *where)
{
	panic(CHECK_FORMAT, where);
}

/* Called by code that -fstack-protector instruments, of which -flto knows late. */
keep_symbol noreturn void __stack_chk_fail(void);
noreturn void __stack_chk_fail(void)
{
	panic("stack smashed");
}
