# SPDX-License-Identifier: BSD-3-Clause
# One folder, one image: a VM at EL1 has a vm.dts. Linux is Debian's.
TESTVMS := $(filter-out linux%,$(patsubst testvms/%/vm.dts,%,\
	$(wildcard testvms/*/vm.dts)))
# Bare images at EL2, without hypervisor.
EL2_IMAGES := el2_arch
