// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks. Each says its name and what is wrong in one line of the kernel's
 * log.
 */
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "ffa_client.h"
#include "peer.h"

/* 32 ms at 62.5 MHz. */
#define SPIN_TICKS 2000000
#define BELL_MS 5
#define BELL_LATEST_MS 16

/** Pages of their own, each an entry of a list. */
struct pages {
	unsigned int count;
	struct page **pages;
	struct sg_table list;
};

static int ask(struct ffa_device *dev, struct ffa_send_direct_data *data)
{
	return dev->ops->msg_ops->sync_send_receive(dev, data);
}

/** A request with an argument; 0, or what came instead. */
static long ask_for(struct ffa_device *dev, enum peer_op op, u64 arg)
{
	struct ffa_send_direct_data data = {op, arg};
	int error = ask(dev, &data);

	return error != 0 ? error : (long)data.data0;
}

static int add_one(struct ffa_device *dev, unsigned long seed)
{
	struct ffa_send_direct_data data = {PEER_ADD_ONE, seed, seed + 1,
					    seed + 2, seed + 3};
	int error = ask(dev, &data);

	if (error != 0) {
		return error;
	}
	return data.data0 == 0 && data.data1 == seed + 1 &&
			       data.data2 == seed + 2 &&
			       data.data3 == seed + 3 && data.data4 == seed + 4
		       ? 0
		       : -EBADMSG;
}

static int check_direct_64(struct ffa_device *dev)
{
	return add_one(dev, 0x123456789abcdef0);
}

static int check_many(struct ffa_device *dev)
{
	int error = 0;

	for (unsigned long i = 0; i < 1000 && error == 0; i++) {
		error = add_one(dev, i);
	}
	return error;
}

struct bell {
	struct hrtimer timer;
	ktime_t rang;
};

static enum hrtimer_restart ring(struct hrtimer *timer)
{
	container_of(timer, struct bell, timer)->rang = ktime_get();
	return HRTIMER_NORESTART;
}

/** The peer is interrupted for a timer of this CPU, and is run on. */
static int check_interrupted(struct ffa_device *dev)
{
	struct bell bell = {.rang = 0};
	ktime_t start;
	int error;

	hrtimer_init(&bell.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	bell.timer.function = ring;
	migrate_disable();
	start = ktime_get();
	hrtimer_start(&bell.timer, ms_to_ktime(BELL_MS),
		      HRTIMER_MODE_REL_PINNED);
	error = ask_for(dev, PEER_SPIN, SPIN_TICKS);
	migrate_enable();
	hrtimer_cancel(&bell.timer);
	if (error == 0 && (bell.rang == 0 ||
			   ktime_ms_delta(bell.rang, start) > BELL_LATEST_MS)) {
		error = -ETIME;
	}
	return error;
}

static void pages_free(struct pages *pages)
{
	for (unsigned int i = 0; i < pages->count; i++) {
		__free_page(pages->pages[i]);
	}
	sg_free_table(&pages->list);
	kfree(pages->pages);
}

static int pages_alloc(struct pages *pages, unsigned int count)
{
	struct scatterlist *entry;
	unsigned int i;
	int error = sg_alloc_table(&pages->list, count, GFP_KERNEL);

	pages->count = 0;
	if (error != 0) {
		return error;
	}
	pages->pages = kcalloc(count, sizeof(*pages->pages), GFP_KERNEL);
	for_each_sg(pages->list.sgl, entry, count, i)
	{
		struct page *page =
			pages->pages == NULL
				? NULL
				: alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (page == NULL) {
			pages_free(pages);
			return -ENOMEM;
		}
		sg_set_page(entry, page, PAGE_SIZE, 0);
		*(u64 *)page_address(page) = PEER_OF_LINUX + i;
		pages->pages[pages->count++] = page;
	}
	return 0;
}

/** Share or lend them to the peer; the driver walks the list. */
static int transmit(struct ffa_device *dev, struct pages *pages, bool is_share,
		    u64 *handle)
{
	const struct ffa_mem_ops *ops = dev->ops->mem_ops;
	struct ffa_mem_region_attributes attributes = {
		.receiver = dev->vm_id,
		.attrs = FFA_MEM_RW,
	};
	struct ffa_mem_ops_args args = {
		.use_txbuf = true,
		.nattrs = 1,
		.attrs = &attributes,
		.sg = pages->list.sgl,
	};
	int error =
		is_share ? ops->memory_share(&args) : ops->memory_lend(&args);

	*handle = args.g_handle;
	return error;
}

/** Does every page begin with `pattern` plus its number? */
static bool pages_have(const struct pages *pages, u64 pattern)
{
	for (unsigned int i = 0; i < pages->count; i++) {
		if (*(u64 *)page_address(pages->pages[i]) != pattern + i) {
			return false;
		}
	}
	return true;
}

static bool is_readable(const struct page *page)
{
	u64 word;

	return copy_from_kernel_nofault(&word, page_address(page),
					sizeof(word)) == 0;
}

/** What the peer does with memory that is its to use. */
static int peer_uses(struct ffa_device *dev, u64 handle, unsigned int count,
		     bool is_share)
{
	struct ffa_send_direct_data data = {PEER_RETRIEVE, handle, count,
					    is_share};
	int error = ask(dev, &data);

	if (error == 0) {
		error = (long)data.data0;
	}
	return error != 0 ? error : ask_for(dev, PEER_CHECK_AND_SET, 0);
}

static int use_and_reclaim(struct ffa_device *dev, struct pages *pages,
			   bool is_share)
{
	const struct ffa_mem_ops *ops = dev->ops->mem_ops;
	u64 handle;
	int error = transmit(dev, pages, is_share, &handle);

	if (error != 0) {
		return error;
	}
	if (is_readable(pages->pages[0]) != is_share) {
		return -EPERM;
	}
	error = peer_uses(dev, handle, pages->count, is_share);
	if (error != 0) {
		return error;
	}
	/* Not while the peer has it. */
	if (ops->memory_reclaim(handle, 0) != -EACCES) {
		return -EEXIST;
	}
	error = ask_for(dev, PEER_RELINQUISH, handle);
	if (error == 0) {
		error = ops->memory_reclaim(handle, 0);
	}
	if (error == 0 && !pages_have(pages, PEER_OF_PEER)) {
		error = -EBADMSG;
	}
	/* There is no such handle any more. */
	if (error == 0 && ops->memory_reclaim(handle, 0) != -EINVAL) {
		error = -EEXIST;
	}
	return error;
}

/** Pages that may still be the peer's are not given back to the kernel. */
static int pass_on(struct ffa_device *dev, unsigned int count, bool is_share)
{
	struct pages pages;
	int error = pages_alloc(&pages, count);

	if (error == 0) {
		error = use_and_reclaim(dev, &pages, is_share);
	}
	if (error == 0) {
		pages_free(&pages);
	}
	return error;
}

static int check_share(struct ffa_device *dev)
{
	return pass_on(dev, 1, true);
}

static int check_lend(struct ffa_device *dev)
{
	return pass_on(dev, 1, false);
}

/** More than TX holds: the driver sends fragments. */
static int check_share_fragments(struct ffa_device *dev)
{
	return pass_on(dev, PEER_MAX_PAGES, true);
}

static int check_lend_fragments(struct ffa_device *dev)
{
	return pass_on(dev, PEER_MAX_PAGES, false);
}

/** Nobody retrieves it. */
static int check_reclaim_at_once(struct ffa_device *dev)
{
	struct pages pages;
	u64 handle;
	int error = pages_alloc(&pages, 3);

	if (error == 0) {
		error = transmit(dev, &pages, false, &handle);
	}
	if (error == 0) {
		error = dev->ops->mem_ops->memory_reclaim(handle, 0);
	}
	if (error == 0 && !pages_have(&pages, PEER_OF_LINUX)) {
		error = -EBADMSG;
	}
	if (error == 0) {
		pages_free(&pages);
	}
	return error;
}

/** A page that is shared cannot be shared again. */
static int check_twice(struct ffa_device *dev)
{
	struct pages pages;
	u64 handle;
	u64 unused;
	int error = pages_alloc(&pages, 1);

	if (error == 0) {
		error = transmit(dev, &pages, true, &handle);
	}
	if (error == 0 && transmit(dev, &pages, true, &unused) != -EACCES) {
		return -EEXIST;
	}
	if (error == 0) {
		error = dev->ops->mem_ops->memory_reclaim(handle, 0);
	}
	if (error == 0) {
		pages_free(&pages);
	}
	return error;
}

static int check_reclaim_of_nothing(struct ffa_device *dev)
{
	return dev->ops->mem_ops->memory_reclaim(0x1234567, 0) == -EINVAL
		       ? 0
		       : -EEXIST;
}

/** From here on all requests are of 32 bits. */
static int check_direct_32(struct ffa_device *dev)
{
	dev->ops->msg_ops->mode_32bit_set(dev);
	return add_one(dev, 0x12345670);
}

static const struct {
	const char *name;
	int (*check)(struct ffa_device *dev);
} checks[] = {
	{"direct request of 64 bits", check_direct_64},
	{"thousand direct requests", check_many},
	{"direct request that is interrupted", check_interrupted},
	{"share", check_share},
	{"lend", check_lend},
	{"share in fragments", check_share_fragments},
	{"lend in fragments", check_lend_fragments},
	{"reclaim at once", check_reclaim_at_once},
	{"share twice", check_twice},
	{"reclaim of nothing", check_reclaim_of_nothing},
	{"direct request of 32 bits", check_direct_32},
};

int check_all(struct ffa_device *dev)
{
	int first_error = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(checks); i++) {
		int error = checks[i].check(dev);

		pr_info("ffa_client: %s: %s (%d)\n", checks[i].name,
			error == 0 ? "passed" : "FAILED", error);
		first_error = first_error != 0 ? first_error : error;
	}
	return first_error;
}
