/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where requests are answered: each exactly once, and what a refused reply promised is undone. */
#pragma once

#include "fs/filesystem.h"

/* RESULT is 0 or -errno. */
void reply_result(fuse_req_t req, ErrInt result);

/* ENTRY when RESULT is 0; its lookup is taken back when the kernel does not take the reply. */
void reply_entry(fuse_req_t req, ErrInt result, const struct fuse_entry_param *entry);

/* There is no such name, and the kernel need not ask again for TIMEOUT seconds. */
void reply_no_entry(fuse_req_t req, double timeout);

/* RESULT is 0, and FI has an open file as file handle, or -errno; the open file is closed when the
 * kernel does not take the reply. */
void reply_create(fuse_req_t req, ErrInt result, const struct fuse_entry_param *entry,
                  struct fuse_file_info *fi);
void reply_open(fuse_req_t req, ErrInt result, struct fuse_file_info *fi);

/* RESULT is a number of bytes or -errno. */
void reply_bytes(fuse_req_t req, ssize_t result, const char *bytes);
void reply_count(fuse_req_t req, ssize_t result);

/* TIMEOUT: for how many seconds the kernel may keep it. */
void reply_attr(fuse_req_t req, ErrInt result, const struct stat *attr, double timeout);
