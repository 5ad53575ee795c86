/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Discovery of partitions (DEN0077A v1.2 13.8, 13.9, 13.10). Arguments and
 * answers are in the caller's registers. See docs/ffa.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/**
 * FFA_PARTITION_INFO_GET, DEN0077A v1.2 13.8.
 *   in   w0 = 0x84000068; w1-w4 = UUID, null: any; w5 bit 0 = only count them
 *        (from 1.1), other bits MBZ (a legacy guest's are not looked at)
 *   out  FFA_SUCCESS, w2 = number of descriptors, w3 = bytes of each (0 for
 *        1.0, and when only counting); descriptors in RX, which is the
 *        caller's from now on: 8 bytes for 1.0, 24 from 1.1
 *   err  INVALID_PARAMETERS: w5; nobody has that UUID; BUSY: RX is not mapped
 *        or not empty; NO_MEMORY: RX is too small
 *   locks VM. From: any VM.
 */
struct vcpu *ffa_partition_info_get(struct vcpu *current);

/**
 * FFA_PARTITION_INFO_GET_REGS, DEN0077A v1.2 13.9.
 *   in   w0 = 0xc400008b; x1, x2 = UUID, null: any; x3 15:0 = first index,
 *        31:16 = tag of the first answer, 0 in the first call, 63:32 MBZ;
 *        x4-x17 MBZ
 *   out  FFA_SUCCESS_64, x2 15:0 = last index, 31:16 = last index in this
 *        answer, 47:32 = tag (0), 63:48 = 24; from x3 on three registers each:
 *        id, vCPUs, properties; UUID. Unused ones up to x17 are 0
 *   err  INVALID_PARAMETERS: MBZ, nobody has that UUID, no such index;
 *        RETRY: another tag
 *   locks none. From: any VM of 1.2.
 */
struct vcpu *ffa_partition_info_get_regs(struct vcpu *current);

/**
 * FFA_SPM_ID_GET, DEN0077A v1.2 13.11.
 *   in   w0 = 0x84000085
 *   out  FFA_SUCCESS, w2 = 0x8000, the id that FF-A reserves for it: whether
 *        somebody answers there is another question
 *   locks none. From: any VM from 1.1 on.
 */
struct vcpu *ffa_spm_id_get(struct vcpu *current);
