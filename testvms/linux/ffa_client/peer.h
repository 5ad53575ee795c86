/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/*
 * What testvms/ffa_peer does with a direct request: the first word says, the
 * others are arguments. The answer's first word is 0, or -1 for what failed.
 */
#pragma once

enum peer_op {
	/* the other four words come back, each plus one */
	PEER_ADD_ONE = 1,
	/* so many ticks of the counter pass */
	PEER_SPIN,
	/* handle, pages, 1 if shared or 0 if lent: it retrieves them, readable and writable */
	PEER_RETRIEVE,
	/* page n begins with PEER_OF_LINUX + n, then with PEER_OF_PEER + n */
	PEER_CHECK_AND_SET,
	/* handle */
	PEER_RELINQUISH,
};

#define PEER_OF_LINUX 0x4c696e757800ULL
#define PEER_OF_PEER 0x706565722100ULL

/** Most pages of one transaction. */
#define PEER_MAX_PAGES 512
