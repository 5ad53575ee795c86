/* SPDX-License-Identifier: BSD-3-Clause */
/* See driver.h. */
#include "driver.h"

#include <stdatomic.h>
#include <string.h>

#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define PPI_HYPERVISOR_TIMER 26
#define KICK 5
#define TIMER_ON 1
#define TICK UINT64_C(20000)
#define NS_PER_S UINT64_C(1000000000)

enum thread_state {
	ASLEEP,
	RUNNABLE,
	RUNNING,
};

struct thread {
	uint16_t vm;
	uint16_t vcpu;
	atomic_uint state;
	atomic_uint abort_sleep;
	atomic_uint waits_for_message;
	_Atomic uint64_t deadline; /* 0: none */
	atomic_uint cpu;	   /* that runs it */
};

static struct {
	struct thread threads[DRIVER_MAX_THREADS];
	unsigned int thread_count;
	unsigned int vm_count;
	struct driver_message messages[DRIVER_MAX_VMS];
	atomic_uint has_message[DRIVER_MAX_VMS];
	struct driver_counts counts[DRIVER_MAX_VMS];
	atomic_uint lock; /* of counts and messages */
} driver;

static void lock(void)
{
	while (atomic_exchange(&driver.lock, 1) != 0) {
	}
}

static void unlock(void)
{
	driver.lock = 0;
}

static void count(unsigned int *what)
{
	lock();
	(*what)++;
	unlock();
}

static struct driver_counts *counts_of(uint16_t vm)
{
	ASSERT_TRUE(vm > HF_PRIMARY_VM_ID &&
		    vm <= HF_PRIMARY_VM_ID + DRIVER_MAX_VMS);
	return &driver.counts[vm - HF_PRIMARY_VM_ID - 1];
}

static struct thread *thread_of(uint16_t vm, uint16_t vcpu)
{
	for (unsigned int i = 0; i < driver.thread_count; i++) {
		struct thread *thread = &driver.threads[i];

		if (thread->vm == vm && thread->vcpu == vcpu) {
			return thread;
		}
	}
	FAIL("there is no vCPU %u of VM %u", vcpu, vm);
	return NULL;
}

static void wake(struct thread *thread)
{
	unsigned int asleep = ASLEEP;

	thread->abort_sleep = 1;
	if (!atomic_compare_exchange_strong(&thread->state, &asleep,
					    RUNNABLE) &&
	    asleep == RUNNING && thread->cpu != hft_cpu_index()) {
		/* It may be in the VM: what is new is looked at on entry. */
		hft_irq_send_sgi(thread->cpu, KICK);
	}
}

void driver_wake(uint16_t vm, uint16_t vcpu)
{
	wake(thread_of(vm, vcpu));
}

static void add_vm(uint16_t id, uint16_t vcpu_count)
{
	for (uint16_t i = 0; i < vcpu_count; i++) {
		ASSERT_LT(driver.thread_count, DRIVER_MAX_THREADS);
		driver.threads[driver.thread_count].vm = id;
		driver.threads[driver.thread_count].vcpu = i;
		driver.thread_count++;
	}
}

void driver_load(void)
{
	const uint16_t *descriptor = (const uint16_t *)(uintptr_t)hft_rx;
	struct smccc_value frame;

	hft_mailbox_map();
	frame = hft_ffa(FFA_PARTITION_INFO_GET, 0, 0, 0);
	ASSERT_EQ(frame.x[0], FFA_SUCCESS);
	driver.vm_count = (unsigned int)frame.x[2] - 1;
	ASSERT_LE(driver.vm_count, DRIVER_MAX_VMS);
	/* Eight bytes each; the first one is the caller. */
	ASSERT_EQ(descriptor[0], HF_PRIMARY_VM_ID);
	for (unsigned int i = 1; i <= driver.vm_count; i++) {
		add_vm(descriptor[4 * i], descriptor[4 * i + 1]);
	}
	ASSERT_EQ(hft_ffa(FFA_RX_RELEASE, 0, 0, 0).x[0], FFA_SUCCESS);
	ASSERT_EQ(hft_ffa(FFA_ID_GET, 0, 0, 0).x[2], HF_PRIMARY_VM_ID);
}

unsigned int driver_vm_count(void)
{
	return driver.vm_count;
}

unsigned int driver_thread_count(void)
{
	return driver.thread_count;
}

bool driver_has_message(uint16_t vm)
{
	return driver.has_message[vm - HF_PRIMARY_VM_ID - 1] != 0;
}

const struct driver_message *driver_take_message(uint16_t vm)
{
	driver.has_message[vm - HF_PRIMARY_VM_ID - 1] = 0;
	return &driver.messages[vm - HF_PRIMARY_VM_ID - 1];
}

const struct driver_counts *driver_counts(uint16_t vm)
{
	return counts_of(vm);
}

bool driver_sleeps(uint16_t vm, uint16_t vcpu)
{
	return thread_of(vm, vcpu)->state == ASLEEP;
}

/** 1: a vCPU is to be run or kicked for it, which is done. */
static void inject_and_wake(uint16_t vm, uint32_t intid)
{
	int64_t answer = inject(vm, 0, intid);

	ASSERT_NE(answer, -1);
	if (answer == 1) {
		driver_wake(vm, 0);
	}
}

/** A message is in the RX of `vm`. */
static void announce(uint16_t vm)
{
	count(&counts_of(vm)->delivered);
	for (unsigned int i = 0; i < driver.thread_count; i++) {
		struct thread *thread = &driver.threads[i];

		if (thread->vm == vm && thread->waits_for_message != 0) {
			wake(thread);
			return;
		}
	}
	count(&counts_of(vm)->injected);
	inject_and_wake(vm, HF_MAILBOX_READABLE_INTID);
}

void driver_send(uint16_t vm, uint64_t size)
{
	ASSERT_EQ(hft_send(HF_PRIMARY_VM_ID, vm, size).x[0], FFA_SUCCESS);
	announce(vm);
}

/** The RX of `vm` is free: whoever waits for that is told. */
static void notify_waiters(uint16_t vm)
{
	int64_t waiter;

	while ((waiter = hf_call(HF_MAILBOX_WAITER_GET, vm, 0, 0)) != -1) {
		if (waiter == HF_PRIMARY_VM_ID) {
			continue;
		}
		count(&counts_of((uint16_t)waiter)->told);
		inject_and_wake((uint16_t)waiter, HF_MAILBOX_WRITABLE_INTID);
	}
}

void driver_release_rx(void)
{
	struct smccc_value answer = hft_ffa(FFA_RX_RELEASE, 0, 0, 0);

	if (answer.x[0] == FFA_RX_RELEASE) {
		notify_waiters(HF_PRIMARY_VM_ID);
	} else {
		ASSERT_EQ(answer.x[0], FFA_SUCCESS);
	}
}

/** For the primary: out of RX before somebody else wants to send. */
static void take_message(uint16_t from, uint64_t size)
{
	struct driver_message *message =
		&driver.messages[from - HF_PRIMARY_VM_ID - 1];

	ASSERT_LE(size, sizeof(message->bytes));
	memcpy(message->bytes, hft_rx, size);
	message->size = size;
	driver.has_message[from - HF_PRIMARY_VM_ID - 1] = 1;
	driver_release_rx();
}

/** Until it is woken, or for as long as it said. */
static void sleep(struct thread *thread, uint64_t ns)
{
	unsigned int asleep = ASLEEP;

	if (ns != HF_SLEEP_INDEFINITE) {
		thread->deadline =
			hft_sysreg_read(cntvct_el0) +
			ns / (NS_PER_S / hft_sysreg_read(cntfrq_el0));
	}
	thread->state = ASLEEP;
	/* Woken between its run and now? */
	if (thread->abort_sleep != 0) {
		(void)atomic_compare_exchange_strong(&thread->state, &asleep,
						     RUNNABLE);
	}
}

static void end_vm(struct thread *thread)
{
	count(&counts_of(thread->vm)->aborted);
	for (unsigned int i = 0; i < driver.thread_count; i++) {
		if (driver.threads[i].vm == thread->vm &&
		    &driver.threads[i] != thread) {
			wake(&driver.threads[i]);
		}
	}
}

/** Does the thread go on at once? */
static bool act_on_error(struct thread *thread, uint64_t code)
{
	switch ((int32_t)code) {
	case FFA_ABORTED:
		end_vm(thread);
		break;
	case FFA_INVALID_PARAMETERS:
		/* It is off, or its VM has ended. */
		break;
	default:
		FAIL("FFA_RUN of vCPU %u of VM %u: %d", thread->vcpu,
		     thread->vm, (int)(int32_t)code);
	}
	return false;
}

static void act_on_message(const struct smccc_value *frame)
{
	uint16_t to = (uint16_t)frame->x[1];

	if (to == HF_PRIMARY_VM_ID) {
		take_message(hft_sender(*frame), frame->x[3]);
	} else {
		ASSERT_EQ(frame->x[3], 0);
		announce(to);
	}
}

/** What a thread does with the frame; does it go on at once? */
static bool act(struct thread *thread, const struct smccc_value *frame)
{
	uint64_t own = hft_vcpu(thread->vm, thread->vcpu);
	uint32_t ref = (uint32_t)frame->x[1];

	switch (frame->x[0]) {
	case FFA_INTERRUPT:
		ASSERT_EQ(frame->x[1], own);
		ASSERT_EQ(frame->x[2], 0);
		count(&counts_of(thread->vm)->interrupts);
		return true;
	case FFA_YIELD:
		ASSERT_EQ(frame->x[1], own);
		return true;
	case FFA_MSG_WAIT:
	case HF_FFA_RUN_WAIT_FOR_INTERRUPT:
		ASSERT_EQ(frame->x[1], own);
		return false;
	case HF_FFA_RUN_WAKE_UP:
		ASSERT_EQ(ref >> 16, thread->vm);
		count(&counts_of(thread->vm)->woken);
		driver_wake((uint16_t)(ref >> 16), (uint16_t)ref);
		return true;
	case FFA_MSG_SEND:
		ASSERT_EQ(hft_sender(*frame), thread->vm);
		act_on_message(frame);
		return true;
	case FFA_RX_RELEASE:
		ASSERT_EQ(frame->x[1], 0);
		notify_waiters(thread->vm);
		return true;
	case FFA_ERROR:
		return act_on_error(thread, frame->x[2]);
	default:
		FAIL("FFA_RUN returned %#llx", (unsigned long long)frame->x[0]);
		return true;
	}
}

static void set_tick(uint64_t at)
{
	hft_sysreg_write(cntv_cval_el0, at);
	hft_sysreg_write(cntv_ctl_el0, TIMER_ON);
	hft_isb();
}

static void stop_tick(uint32_t intid)
{
	if (intid == HFT_PPI_VIRTUAL_TIMER) {
		hft_sysreg_write(cntv_ctl_el0, 0);
		hft_isb();
	}
}

/** One turn of a thread that this CPU has taken. */
static void run(struct thread *thread)
{
	struct smccc_value frame;

	thread->cpu = hft_cpu_index();
	thread->abort_sleep = 0;
	thread->waits_for_message = 0;
	thread->deadline = 0;
	set_tick(hft_sysreg_read(cntvct_el0) + TICK);
	frame = hft_run_any(thread->vm, thread->vcpu);
	/* What ended the turn is an interrupt of this VM, too. */
	hft_irq_unmask();
	hft_irq_mask();
	if (frame.x[0] == FFA_MSG_WAIT) {
		thread->waits_for_message = 1;
	}
	if (act(thread, &frame)) {
		thread->state = RUNNABLE;
	} else {
		sleep(thread, frame.x[0] == FFA_ERROR ? HF_SLEEP_INDEFINITE
						      : frame.x[2]);
	}
}

/** Runs all that can be, once; how many. */
static unsigned int run_each(void)
{
	unsigned int turns = 0;

	for (unsigned int i = 0; i < driver.thread_count; i++) {
		unsigned int runnable = RUNNABLE;

		if (atomic_compare_exchange_strong(&driver.threads[i].state,
						   &runnable, RUNNING)) {
			run(&driver.threads[i]);
			turns++;
		}
	}
	return turns;
}

/** Wakes whose time has come; the next such time, or 0. */
static uint64_t end_sleeps(void)
{
	uint64_t now = hft_sysreg_read(cntvct_el0);
	uint64_t next = 0;

	for (unsigned int i = 0; i < driver.thread_count; i++) {
		struct thread *thread = &driver.threads[i];
		uint64_t deadline = thread->deadline;

		if (thread->state != ASLEEP || deadline == 0) {
			continue;
		}
		if (deadline <= now) {
			count(&counts_of(thread->vm)->timers);
			wake(thread);
		} else if (next == 0 || deadline < next) {
			next = deadline;
		}
	}
	return next;
}

static bool nobody_runs(void)
{
	for (unsigned int i = 0; i < driver.thread_count; i++) {
		if (driver.threads[i].state != ASLEEP) {
			return false;
		}
	}
	return true;
}

bool driver_run_until(bool (*is_done)(void))
{
	hft_irq_init();
	hft_irq_set_handler(stop_tick);
	hft_irq_enable(PPI_HYPERVISOR_TIMER);
	hft_irq_enable(HFT_PPI_VIRTUAL_TIMER);
	hft_irq_enable(KICK);
	while (!is_done()) {
		uint64_t next = end_sleeps();

		if (run_each() != 0) {
			continue;
		}
		if (next != 0) {
			set_tick(next);
			__asm__ volatile("wfi" : : : "memory");
			hft_irq_unmask();
			hft_irq_mask();
		} else if (nobody_runs()) {
			break;
		} else {
			/* With -icount CPUs take turns: do not use up this. */
			__asm__ volatile("yield");
		}
	}
	hft_sysreg_write(cntv_ctl_el0, 0);
	hft_irq_unmask();
	hft_irq_mask();
	return is_done();
}
