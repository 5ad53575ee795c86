/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The test framework: the same TEST() on the host, in a VM at EL1 and in a bare
 * image at EL2. Nothing else is needed to write a test. See docs/hftest.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One entry of the section `hft_tests`, read from the ELF by the harness. */
struct hft_test {
	char name[96];
	void (*run)(void);
	const char *file;
	uint32_t line;
	uint32_t flags;
	uint64_t reserved;
};
_Static_assert(sizeof(struct hft_test) == 128, "hftest/protocol.md");

#define HFT_ENTRY(section_name, kind, full_name, function)       \
	__attribute__((section(section_name), used,              \
		       aligned(8))) static const struct hft_test \
		hft_##kind##_##function##_entry = {              \
			.name = full_name,                       \
			.run = (function),                       \
			.file = __FILE__,                        \
			.line = __LINE__,                        \
	}

/** `suite` and `test` are identifiers; together the test's name. */
#define TEST(suite, test)                              \
	void hft_test_##suite##_##test(void);          \
	HFT_ENTRY("hft_tests", test, #suite "." #test, \
		  hft_test_##suite##_##test);          \
	void hft_test_##suite##_##test(void)

/** What a secondary test VM runs when it is asked to by name. */
#define SERVICE(service)                                                     \
	void hft_service_##service(void);                                    \
	HFT_ENTRY("hft_services", service, #service, hft_service_##service); \
	void hft_service_##service(void)

/** A line of text for whoever reads the log; printf-like (log.h's subset). */
#define HFTEST_LOG(...) hft_log(__VA_ARGS__)

/** Ends the test, which does not apply here, and says why. */
#define SKIP(...) hft_skip(__VA_ARGS__)

/* ASSERT_* ends the test, EXPECT_* goes on. */
#define ASSERT_TRUE(x) HFT_TRUE(x, #x, true)
#define EXPECT_TRUE(x) HFT_TRUE(x, #x, false)
#define ASSERT_FALSE(x) HFT_TRUE(!(x), "!(" #x ")", true)
#define EXPECT_FALSE(x) HFT_TRUE(!(x), "!(" #x ")", false)
#define ASSERT_EQ(a, b) HFT_COMPARE(a, ==, b, #a, #b, true)
#define EXPECT_EQ(a, b) HFT_COMPARE(a, ==, b, #a, #b, false)
#define ASSERT_NE(a, b) HFT_COMPARE(a, !=, b, #a, #b, true)
#define EXPECT_NE(a, b) HFT_COMPARE(a, !=, b, #a, #b, false)
#define ASSERT_LT(a, b) HFT_COMPARE(a, <, b, #a, #b, true)
#define EXPECT_LT(a, b) HFT_COMPARE(a, <, b, #a, #b, false)
#define ASSERT_LE(a, b) HFT_COMPARE(a, <=, b, #a, #b, true)
#define EXPECT_LE(a, b) HFT_COMPARE(a, <=, b, #a, #b, false)
#define ASSERT_GT(a, b) HFT_COMPARE(a, >, b, #a, #b, true)
#define EXPECT_GT(a, b) HFT_COMPARE(a, >, b, #a, #b, false)
#define ASSERT_GE(a, b) HFT_COMPARE(a, >=, b, #a, #b, true)
#define EXPECT_GE(a, b) HFT_COMPARE(a, >=, b, #a, #b, false)
/** NUL-terminated strings. */
#define ASSERT_STREQ(a, b) hft_streq(a, b, #a, #b, true, __FILE__, __LINE__)
#define EXPECT_STREQ(a, b) hft_streq(a, b, #a, #b, false, __FILE__, __LINE__)
/** Give up at once. */
#define FAIL(...) hft_fail(true, __FILE__, __LINE__, __VA_ARGS__)

#define HFT_TRUE(x, text, fatal)                                           \
	do {                                                               \
		if (!(x)) {                                                \
			hft_fail(fatal, __FILE__, __LINE__, "expected %s", \
				 text);                                    \
		}                                                          \
	} while (0)

/*
 * Both sides are shown in hexadecimal; evaluated once. A literal loses its
 * right to be compared with any integer type when it becomes a variable, hence
 * the pragma.
 */
#define HFT_COMPARE(a, op, b, a_text, b_text, fatal)                        \
	do {                                                                \
		__auto_type hft_a = (a);                                    \
		__auto_type hft_b = (b);                                    \
		_Pragma("GCC diagnostic push");                             \
		_Pragma("GCC diagnostic ignored \"-Wsign-compare\"");       \
		if (!(hft_a op hft_b)) {                                    \
			hft_fail(fatal, __FILE__, __LINE__,                 \
				 "expected %s %s %s: %#llx, %#llx", a_text, \
				 #op, b_text, HFT_NUMBER(hft_a),            \
				 HFT_NUMBER(hft_b));                        \
		}                                                           \
		_Pragma("GCC diagnostic pop");                              \
	} while (0)

/** A scalar or pointer as what %llx takes. */
#define HFT_NUMBER(x) ((unsigned long long)(uintptr_t)(x))

__attribute__((format(printf, 1, 2))) void hft_log(const char *format, ...);
__attribute__((format(printf, 1, 2), __noreturn__)) void hft_skip(
	const char *format, ...);
__attribute__((format(printf, 4, 5))) void hft_fail(bool fatal,
						    const char *file, int line,
						    const char *format, ...);
void hft_streq(const char *a, const char *b, const char *a_text,
	       const char *b_text, bool fatal, const char *file, int line);

/*
 * Host only: the rest of the test runs in a child that is expected to end by
 * panic() with `text` in its message.
 */
#define EXPECT_PANIC(text, statement)                            \
	do {                                                     \
		if (hft_panic_begin(text, __FILE__, __LINE__)) { \
			statement;                               \
			hft_panic_missed();                      \
		}                                                \
	} while (0)
bool hft_panic_begin(const char *text, const char *file, int line);
__attribute__((__noreturn__)) void hft_panic_missed(void);
