/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the compiler offers and the language does not name. One of the three
 * places where `#if` is allowed.
 */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/** The caller has to look at the result. */
#define must_check __attribute__((warn_unused_result))

/** Arguments `fmt` and following are checked like those of printf(). */
#define format_like_printf(fmt, args) __attribute__((format(printf, fmt, args)))

#define in_section(name) __attribute__((section(name)))
#define aligned_to(bytes) __attribute__((aligned(bytes)))
#define weak_symbol __attribute__((weak))
#define keep_symbol __attribute__((used))
#define never_inline __attribute__((noinline))
#define always_inline inline __attribute__((always_inline))

/** Is this built for speed? Then it has inline what others call. */
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define BUILT_FOR_SPEED 1
#else
#define BUILT_FOR_SPEED 0
#endif

/** A branch that a correct caller hardly ever takes. */
#define unlikely(x) __builtin_expect(!!(x), 0)

#ifndef static_assert
#define static_assert _Static_assert
#endif

/** A bool in a whole register: of one, each caller has to cut off the rest. */
typedef uint32_t bool32;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/** Whether the order of locks is checked: on the host, and if asked to be. */
#ifndef LOCK_CHECKS
#define LOCK_CHECKS __STDC_HOSTED__
#endif

/** What a failed check says; on the board its line is enough, for size. */
#if __STDC_HOSTED__
#define CHECK_FORMAT "assertion failed (%s"
#define CHECK_CONDITION(text) text ") at "
#else
#define CHECK_FORMAT "assertion failed at %s"
#define CHECK_CONDITION(text)
#endif

/**
 * A relaxed load or store of an _Atomic scalar. An access of one word is in one piece on
 * AArch64; compilers do not fold an offset into the instruction of theirs.
 */
#ifdef __aarch64__
#define load_relaxed(pointer) \
	(*(const volatile __typeof__((void)0, *(pointer)) *)(pointer))
#define store_relaxed(pointer, value) \
	(*(volatile __typeof__((void)0, *(pointer)) *)(pointer) = (value))
#else
#define load_relaxed(pointer) \
	atomic_load_explicit(pointer, memory_order_relaxed)
#define store_relaxed(pointer, value) \
	atomic_store_explicit(pointer, value, memory_order_relaxed)
#endif

/** What a CPU does in a loop that waits for another CPU. */
static inline void relax(void)
{
#ifdef __aarch64__
	__asm__ volatile("yield");
#else
	__asm__ volatile("pause");
#endif
}
