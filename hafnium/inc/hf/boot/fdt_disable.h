/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nodes of devices that the primary does not have get status = "disabled". See
 * docs/boot.md.
 */
#pragma once

#include "hf/boot/load.h"

/** Every ITS. Where /reserved-memory, an offset, is afterwards. */
must_check int fdt_disable_its(void *dtb, const struct boot_params *params);

/**
 * Each device under / or a simple bus of which a register is in
 * `load->devices`.
 */
void fdt_disable_devices(void *dtb, const struct load *load);
