// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading this module finds the peer by its UUID, as any client of the driver
 * does, and runs all checks; it stays loaded only if they pass.
 */
#include <linux/module.h>

#include "ffa_client.h"

static int probed;

static int client_probe(struct ffa_device *dev)
{
	int error = vcpu_run_until_wait(dev->vm_id);

	if (error == 0) {
		error = check_all(dev);
	}
	probed = error == 0 ? 1 : error;
	return error;
}

static void client_remove(struct ffa_device *dev)
{
}

static const struct ffa_device_id client_ids[] = {
	{UUID_INIT(0x7a3f81c2, 0x5d0e, 0x4b96, 0x9c, 0x1d, 0x2f, 0x60, 0xb8,
		   0x44, 0xe7, 0x05)},
	{},
};

static struct ffa_driver client_driver = {
	.name = "ffa_client",
	.probe = client_probe,
	.remove = client_remove,
	.id_table = client_ids,
};

static int __init client_init(void)
{
	int error = vcpu_timer_enable();

	if (error != 0) {
		pr_err("ffa_client: no hypervisor timer: %d\n", error);
		return error;
	}
	error = ffa_register(&client_driver);
	if (error == 0 && probed == 1) {
		pr_info("ffa_client: all checks passed\n");
		return 0;
	}
	if (error == 0) {
		ffa_unregister(&client_driver);
		error = probed == 0 ? -ENODEV : probed;
	}
	vcpu_timer_disable();
	pr_err("ffa_client: failed: %d\n", error);
	return error;
}

static void __exit client_exit(void)
{
	ffa_unregister(&client_driver);
	vcpu_timer_disable();
}

module_init(client_init);
module_exit(client_exit);

MODULE_DESCRIPTION("Checks of the FF-A driver against testvms/ffa_peer");
MODULE_LICENSE("GPL");
