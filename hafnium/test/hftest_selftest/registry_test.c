/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hftest/src/registry.c. */
#include "registry.h"

SERVICE(selftest_service)
{
}

TEST(hftest_glob, star_stands_for_any_text)
{
	EXPECT_TRUE(hft_glob_matches("*", "mm.maps"));
	EXPECT_TRUE(hft_glob_matches("*", ""));
	EXPECT_TRUE(hft_glob_matches("mm.*", "mm."));
	EXPECT_TRUE(hft_glob_matches("*.maps", "mm.maps"));
	EXPECT_TRUE(hft_glob_matches("m*.*s", "mm.maps"));
	EXPECT_TRUE(hft_glob_matches("**", "mm"));
}

TEST(hftest_glob, star_takes_back_what_it_took)
{
	EXPECT_TRUE(hft_glob_matches("*ab", "aaab"));
	EXPECT_TRUE(hft_glob_matches("*a*ab", "xaab"));
	EXPECT_FALSE(hft_glob_matches("*ab", "aba"));
	EXPECT_FALSE(hft_glob_matches("*aab*c", "aaabb"));
}

TEST(hftest_glob, question_mark_is_one_character)
{
	EXPECT_TRUE(hft_glob_matches("m?.maps", "mm.maps"));
	EXPECT_FALSE(hft_glob_matches("m?.maps", "m.maps"));
	EXPECT_FALSE(hft_glob_matches("mm?", "mm"));
}

TEST(hftest_glob, plain_text_is_the_whole_name)
{
	EXPECT_TRUE(hft_glob_matches("mm.maps", "mm.maps"));
	EXPECT_FALSE(hft_glob_matches("mm.map", "mm.maps"));
	EXPECT_FALSE(hft_glob_matches("mm.maps", "mm.map"));
	EXPECT_FALSE(hft_glob_matches("", "m"));
	EXPECT_TRUE(hft_glob_matches("", ""));
	EXPECT_FALSE(hft_glob_matches("mm.[m]aps", "mm.maps"));
}

TEST(hftest_registry, every_name_is_there_once)
{
	size_t count = hft_registry_count();

	ASSERT_GT(count, (size_t)0);
	for (size_t i = 0; i < count; i++) {
		const struct hft_test *test = hft_registry_test(i);

		if (hft_registry_match_count(test->name) != 1) {
			FAIL("%s is there twice", test->name);
		}
		EXPECT_TRUE(test->run != NULL);
		EXPECT_EQ(test->flags, 0);
		EXPECT_EQ(test->reserved, 0);
	}
}

TEST(hftest_registry, match_count_follows_the_glob)
{
	EXPECT_EQ(hft_registry_match_count("*"), hft_registry_count());
	EXPECT_EQ(hft_registry_match_count("no_such_suite.*"), 0);
	EXPECT_EQ(hft_registry_match_count(
			  "hftest_registry.match_count_follows_the_glob"),
		  1);
}

TEST(hftest_registry, service_is_found_by_name)
{
	const struct hft_test *service;

	service = hft_registry_service("selftest_service");

	ASSERT_TRUE(service != NULL);
	EXPECT_TRUE(service->run == hft_service_selftest_service);
	EXPECT_TRUE(hft_registry_service("selftest_*") == NULL);
	EXPECT_TRUE(hft_registry_service("") == NULL);
}
