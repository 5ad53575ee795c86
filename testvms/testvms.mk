# SPDX-License-Identifier: BSD-3-Clause
# One folder, one image.

# VMs at EL1.
TESTVMS := primary_core neighbour misbehaver forwarder placed resetter lpis \
	devices device_owner echo bench bench_peer bench_boot secondaries services races attack layout
# Bare images at EL2, without hypervisor.
EL2_IMAGES := el2_arch
