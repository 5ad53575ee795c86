// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least of a scheduler: a vCPU is run once, up to where it waits. From then
 * on direct requests run it.
 */
#include <linux/arm-smccc.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/sched.h>

#include "ffa_client.h"

#define FFA_INTERRUPT 0x84000062
#define FFA_MSG_WAIT 0x8400006b
#define FFA_YIELD 0x8400006c
#define FFA_RUN 0x8400006d

/* Of the timer's interrupts: secure, physical, virtual, hypervisor. */
#define TIMER_HYP_INDEX 3

struct vcpu_run {
	struct completion done;
	u16 vm_id;
	unsigned long frame;
};

static int vcpu_thread(void *context)
{
	struct vcpu_run *run = context;
	struct arm_smccc_res res;

	do {
		arm_smccc_1_1_hvc(FFA_RUN, (u32)run->vm_id << 16, 0, 0, 0, 0, 0,
				  0, &res);
		cond_resched();
	} while (res.a0 == FFA_INTERRUPT || res.a0 == FFA_YIELD);
	run->frame = res.a0;
	complete(&run->done);
	return 0;
}

int vcpu_run_until_wait(u16 vm_id)
{
	struct vcpu_run run = {.vm_id = vm_id};
	struct task_struct *task;

	init_completion(&run.done);
	task = kthread_run(vcpu_thread, &run, "vcpu_thread_%u_0", vm_id);
	if (IS_ERR(task)) {
		return PTR_ERR(task);
	}
	wait_for_completion(&run.done);
	if (run.frame != FFA_MSG_WAIT) {
		pr_err("ffa_client: FFA_RUN ended with %#lx\n", run.frame);
		return -EIO;
	}
	return 0;
}

static int timer_irq;
static DEFINE_PER_CPU(int, timer_cookie);

/*
 * The hypervisor's timer stands for this kernel's while a secondary runs, and is
 * off again before this is called. It only has to be enabled.
 */
static irqreturn_t timer_handler(int irq, void *cookie)
{
	return IRQ_HANDLED;
}

static void timer_enable_here(void *unused)
{
	enable_percpu_irq(timer_irq, IRQ_TYPE_NONE);
}

static void timer_disable_here(void *unused)
{
	disable_percpu_irq(timer_irq);
}

int vcpu_timer_enable(void)
{
	struct device_node *node =
		of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	int error;

	timer_irq = of_irq_get(node, TIMER_HYP_INDEX);
	of_node_put(node);
	if (timer_irq <= 0) {
		return timer_irq < 0 ? timer_irq : -ENXIO;
	}
	error = request_percpu_irq(timer_irq, timer_handler, "el2_timer",
				   &timer_cookie);
	if (error == 0) {
		on_each_cpu(timer_enable_here, NULL, 1);
	}
	return error;
}

void vcpu_timer_disable(void)
{
	on_each_cpu(timer_disable_here, NULL, 1);
	free_percpu_irq(timer_irq, &timer_cookie);
}
