/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of requests that we answer, each counted on the way.
 *
 * Left out on purpose: access (default_permissions: the kernel decides), bmap, poll. */
#include "fs/ops.h"

#include "fs/filesystem.h"
#include "fs/requests.h"

#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_STATX
#define STATX_REQUEST(X)                                                                           \
    X(statx, (fuse_req_t req, fuse_ino_t ino, int flags, int mask, struct fuse_file_info *fi),     \
      (req, ino, flags, mask, fi))
#else
#define STATX_REQUEST(X)
#endif

/* clang-format off */
#define REQUESTS(X)                                                                                \
    X(lookup, (fuse_req_t req, fuse_ino_t parent, const char *name), (req, parent, name))          \
    X(forget, (fuse_req_t req, fuse_ino_t ino, uint64_t n), (req, ino, n))                         \
    X(forget_multi, (fuse_req_t req, size_t count, struct fuse_forget_data *forgets),              \
      (req, count, forgets))                                                                       \
    X(getattr, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))        \
    X(setattr, (fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,                     \
                struct fuse_file_info *fi), (req, ino, attr, to_set, fi))                          \
    STATX_REQUEST(X)                                                                               \
    X(readlink, (fuse_req_t req, fuse_ino_t ino), (req, ino))                                      \
    X(mknod, (fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev),       \
      (req, parent, name, mode, rdev))                                                             \
    X(mkdir, (fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode),                   \
      (req, parent, name, mode))                                                                   \
    X(unlink, (fuse_req_t req, fuse_ino_t parent, const char *name), (req, parent, name))          \
    X(rmdir, (fuse_req_t req, fuse_ino_t parent, const char *name), (req, parent, name))           \
    X(symlink, (fuse_req_t req, const char *target, fuse_ino_t parent, const char *name),          \
      (req, target, parent, name))                                                                 \
    X(rename, (fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,         \
               const char *new_name, unsigned int flags),                                          \
      (req, parent, name, new_parent, new_name, flags))                                            \
    X(link, (fuse_req_t req, fuse_ino_t ino, fuse_ino_t new_parent, const char *new_name),         \
      (req, ino, new_parent, new_name))                                                            \
    X(open, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))           \
    X(create, (fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,                   \
               struct fuse_file_info *fi), (req, parent, name, mode, fi))                          \
    X(tmpfile, (fuse_req_t req, fuse_ino_t parent, mode_t mode, struct fuse_file_info *fi),        \
      (req, parent, mode, fi))                                                                     \
    X(read, (fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,                            \
             struct fuse_file_info *fi), (req, ino, size, offset, fi))                             \
    X(write, (fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size, off_t offset,        \
              struct fuse_file_info *fi), (req, ino, bytes, size, offset, fi))                     \
    X(flush, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))          \
    X(release, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))        \
    X(fsync, (fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi),            \
      (req, ino, datasync, fi))                                                                    \
    X(opendir, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))        \
    X(readdir, (fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,                         \
                struct fuse_file_info *fi), (req, ino, size, offset, fi))                          \
    X(readdirplus, (fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,                     \
                    struct fuse_file_info *fi), (req, ino, size, offset, fi))                      \
    X(releasedir, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi), (req, ino, fi))     \
    X(fsyncdir, (fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi),         \
      (req, ino, datasync, fi))                                                                    \
    X(statfs, (fuse_req_t req, fuse_ino_t ino), (req, ino))                                        \
    X(setxattr, (fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, \
                 int flags), (req, ino, name, value, size, flags))                                 \
    X(getxattr, (fuse_req_t req, fuse_ino_t ino, const char *name, size_t size),                   \
      (req, ino, name, size))                                                                      \
    X(listxattr, (fuse_req_t req, fuse_ino_t ino, size_t size), (req, ino, size))                  \
    X(removexattr, (fuse_req_t req, fuse_ino_t ino, const char *name), (req, ino, name))           \
    X(fallocate, (fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,            \
                  struct fuse_file_info *fi), (req, ino, mode, offset, length, fi))                \
    X(lseek, (fuse_req_t req, fuse_ino_t ino, off_t offset, int whence,                            \
              struct fuse_file_info *fi), (req, ino, offset, whence, fi))                          \
    X(ioctl, (fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,                         \
              struct fuse_file_info *fi, unsigned int flags, const void *in_buf, size_t in_bufsz,  \
              size_t out_bufsz), (req, ino, cmd, arg, fi, flags, in_buf, in_bufsz, out_bufsz))     \
    X(getlk, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct flock *flock),     \
      (req, ino, fi, flock))                                                                       \
    X(setlk, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct flock *flock,      \
              int sleep), (req, ino, fi, flock, sleep))                                            \
    X(flock, (fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, int operation),           \
      (req, ino, fi, operation))                                                                   \
    X(copy_file_range, (fuse_req_t req, fuse_ino_t ino_in, off_t offset_in,                        \
                        struct fuse_file_info *fi_in, fuse_ino_t ino_out, off_t offset_out,        \
                        struct fuse_file_info *fi_out, size_t length, int flags),                  \
      (req, ino_in, offset_in, fi_in, ino_out, offset_out, fi_out, length, flags))
/* clang-format on */

#define KIND(name, parameters, arguments) KIND_##name,
enum { REQUESTS(KIND) KINDS };
_Static_assert((int)KINDS <= (int)COUNTERS_MAX, "as many counters as kinds");

#define NAME(name, parameters, arguments) #name,
static const char *const names[] = {REQUESTS(NAME)};

/* The request is gone once it was answered, the file system is not. Which map is used, is settled
 * for the whole of it (live_map.h). */
#define COUNTED(name, parameters, arguments)                                                       \
    static void counted_##name parameters                                                          \
    {                                                                                              \
        Filesystem *fs = filesystem_of(req);                                                       \
        uint64_t since = counters_now();                                                           \
        live_map_enter(fs->map);                                                                   \
        op_##name arguments;                                                                       \
        live_map_leave(fs->map);                                                                   \
        counters_add(&fs->counters, KIND_##name, since);                                           \
    }
REQUESTS(COUNTED)

#define ENTRY(name, parameters, arguments) .name = counted_##name,
const struct fuse_lowlevel_ops filesystem_ops = {
    .init = op_init, .destroy = op_destroy, REQUESTS(ENTRY)};

unsigned requests_count(void)
{
    return KINDS;
}

const char *request_name(unsigned kind)
{
    return names[kind];
}
