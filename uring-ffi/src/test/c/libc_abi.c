/*
 * Prints what the C compiler knows about the constants and structs of libc that dev.uring.ffi names:
 *
 *     const O_DIRECT 16384        name, value
 *     errno EBADF 9               name, value
 *     syscall statx 332           name, number
 *     size statx 256              struct, bytes
 *     field statx.stx_mask 0 4    struct.member, offset, bytes
 *
 * LibcAbiTest compares the Java classes with the checked-in tables, and the tables with this program where there is a
 * compiler. Headers that are older than a name leave its row out. The tables were made with the headers of Linux 7.2:
 *
 *     gcc -isystem $headers -o libc_abi libc_abi.c && ./libc_abi > libc-x86_64.txt
 *     aarch64-linux-gnu-gcc -static -isystem $headers -o libc_abi libc_abi.c && qemu-aarch64-static ./libc_abi \
 *         > libc-aarch64.txt
 */
#define _GNU_SOURCE
#include <asm/ioctls.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <linux/version.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

/* In linux/pidfd.h, which clashes with fcntl.h. */
#ifndef PIDFD_NONBLOCK
#define PIDFD_NONBLOCK O_NONBLOCK
#endif

/* In no header of libc under its kernel name. */
struct linux_dirent64 {
    ino64_t d_ino;
    off64_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[];
};

#define CONSTANT(name) printf("const %s %lld\n", #name, (long long) (name))
#define ERROR(name) printf("errno %s %d\n", #name, name)
#define SYSCALL(name) printf("syscall %s %d\n", #name, SYS_##name)
#define SIZE(name, type) printf("size %s %zu\n", name, sizeof(type))
#define FIELD(name, type, member) \
    printf("field %s.%s %zu %zu\n", name, #member, offsetof(type, member), sizeof(((type *) 0)->member))

static void constants(void)
{
    CONSTANT(O_RDONLY);
    CONSTANT(O_WRONLY);
    CONSTANT(O_RDWR);
    CONSTANT(O_ACCMODE);
    CONSTANT(O_CREAT);
    CONSTANT(O_EXCL);
    CONSTANT(O_NOCTTY);
    CONSTANT(O_TRUNC);
    CONSTANT(O_APPEND);
    CONSTANT(O_NONBLOCK);
    CONSTANT(O_DSYNC);
    CONSTANT(O_SYNC);
    CONSTANT(O_DIRECT);
    CONSTANT(O_DIRECTORY);
    CONSTANT(O_NOFOLLOW);
    CONSTANT(O_NOATIME);
    CONSTANT(O_CLOEXEC);
    CONSTANT(O_PATH);
    CONSTANT(O_TMPFILE);
    CONSTANT(AT_FDCWD);
    CONSTANT(AT_SYMLINK_NOFOLLOW);
    CONSTANT(AT_SYMLINK_FOLLOW);
    CONSTANT(AT_REMOVEDIR);
    CONSTANT(AT_EACCESS);
    CONSTANT(AT_NO_AUTOMOUNT);
    CONSTANT(AT_EMPTY_PATH);
    CONSTANT(AT_STATX_SYNC_AS_STAT);
    CONSTANT(AT_STATX_FORCE_SYNC);
    CONSTANT(AT_STATX_DONT_SYNC);
    CONSTANT(RENAME_NOREPLACE);
    CONSTANT(RENAME_EXCHANGE);
    CONSTANT(RENAME_WHITEOUT);
    CONSTANT(SEEK_SET);
    CONSTANT(SEEK_CUR);
    CONSTANT(SEEK_END);
    CONSTANT(SEEK_DATA);
    CONSTANT(SEEK_HOLE);
    CONSTANT(F_DUPFD);
    CONSTANT(F_DUPFD_CLOEXEC);
    CONSTANT(F_GETFD);
    CONSTANT(F_SETFD);
    CONSTANT(FD_CLOEXEC);
    CONSTANT(F_GETFL);
    CONSTANT(F_SETFL);
    CONSTANT(F_SETPIPE_SZ);
    CONSTANT(F_GETPIPE_SZ);
    CONSTANT(FIONREAD);
    CONSTANT(CLOSE_RANGE_UNSHARE);
    CONSTANT(CLOSE_RANGE_CLOEXEC);
    CONSTANT(FALLOC_FL_KEEP_SIZE);
    CONSTANT(FALLOC_FL_PUNCH_HOLE);
    CONSTANT(FALLOC_FL_COLLAPSE_RANGE);
    CONSTANT(FALLOC_FL_ZERO_RANGE);
    CONSTANT(FALLOC_FL_INSERT_RANGE);
    CONSTANT(FALLOC_FL_UNSHARE_RANGE);
    CONSTANT(POSIX_FADV_NORMAL);
    CONSTANT(POSIX_FADV_RANDOM);
    CONSTANT(POSIX_FADV_SEQUENTIAL);
    CONSTANT(POSIX_FADV_WILLNEED);
    CONSTANT(POSIX_FADV_DONTNEED);
    CONSTANT(POSIX_FADV_NOREUSE);
    CONSTANT(SYNC_FILE_RANGE_WAIT_BEFORE);
    CONSTANT(SYNC_FILE_RANGE_WRITE);
    CONSTANT(SYNC_FILE_RANGE_WAIT_AFTER);
    CONSTANT(RWF_HIPRI);
    CONSTANT(RWF_DSYNC);
    CONSTANT(RWF_SYNC);
    CONSTANT(RWF_NOWAIT);
    CONSTANT(RWF_APPEND);
#ifdef RWF_NOAPPEND
    CONSTANT(RWF_NOAPPEND);
#endif
#ifdef RWF_ATOMIC
    CONSTANT(RWF_ATOMIC);
#endif
#ifdef RWF_DONTCACHE
    CONSTANT(RWF_DONTCACHE);
#endif
    CONSTANT(SPLICE_F_MOVE);
    CONSTANT(SPLICE_F_NONBLOCK);
    CONSTANT(SPLICE_F_MORE);
    CONSTANT(PROT_NONE);
    CONSTANT(PROT_READ);
    CONSTANT(PROT_WRITE);
    CONSTANT(MAP_SHARED);
    CONSTANT(MAP_PRIVATE);
    CONSTANT(MAP_FIXED);
    CONSTANT(MAP_ANONYMOUS);
    CONSTANT(MAP_NORESERVE);
    CONSTANT(MAP_LOCKED);
    CONSTANT(MAP_POPULATE);
    CONSTANT(MAP_HUGETLB);
    CONSTANT(MADV_NORMAL);
    CONSTANT(MADV_RANDOM);
    CONSTANT(MADV_SEQUENTIAL);
    CONSTANT(MADV_WILLNEED);
    CONSTANT(MADV_DONTNEED);
    CONSTANT(MADV_FREE);
    CONSTANT(MADV_DONTFORK);
    CONSTANT(MADV_HUGEPAGE);
    CONSTANT(MADV_NOHUGEPAGE);
    CONSTANT(MADV_POPULATE_READ);
    CONSTANT(MADV_POPULATE_WRITE);
    CONSTANT(EFD_CLOEXEC);
    CONSTANT(EFD_NONBLOCK);
    CONSTANT(EFD_SEMAPHORE);
    CONSTANT(POLLIN);
    CONSTANT(POLLPRI);
    CONSTANT(POLLOUT);
    CONSTANT(POLLERR);
    CONSTANT(POLLHUP);
    CONSTANT(POLLNVAL);
    CONSTANT(POLLRDHUP);
    CONSTANT(EPOLL_CLOEXEC);
    CONSTANT(EPOLL_CTL_ADD);
    CONSTANT(EPOLL_CTL_MOD);
    CONSTANT(EPOLL_CTL_DEL);
    CONSTANT(EPOLLIN);
    CONSTANT(EPOLLPRI);
    CONSTANT(EPOLLOUT);
    CONSTANT(EPOLLERR);
    CONSTANT(EPOLLHUP);
    CONSTANT(EPOLLRDHUP);
    CONSTANT(EPOLLEXCLUSIVE);
    CONSTANT(EPOLLWAKEUP);
    CONSTANT(EPOLLONESHOT);
    CONSTANT(EPOLLET);
    CONSTANT(S_IFMT);
    CONSTANT(S_IFSOCK);
    CONSTANT(S_IFLNK);
    CONSTANT(S_IFREG);
    CONSTANT(S_IFBLK);
    CONSTANT(S_IFDIR);
    CONSTANT(S_IFCHR);
    CONSTANT(S_IFIFO);
    CONSTANT(S_ISUID);
    CONSTANT(S_ISGID);
    CONSTANT(S_ISVTX);
    CONSTANT(AF_UNSPEC);
    CONSTANT(AF_UNIX);
    CONSTANT(AF_INET);
    CONSTANT(AF_INET6);
    CONSTANT(SOCK_STREAM);
    CONSTANT(SOCK_DGRAM);
    CONSTANT(SOCK_RAW);
    CONSTANT(SOCK_SEQPACKET);
    CONSTANT(SOCK_CLOEXEC);
    CONSTANT(SOCK_NONBLOCK);
    CONSTANT(IPPROTO_IP);
    CONSTANT(IPPROTO_ICMP);
    CONSTANT(IPPROTO_TCP);
    CONSTANT(IPPROTO_UDP);
    CONSTANT(IPPROTO_IPV6);
    CONSTANT(IPPROTO_MPTCP);
    CONSTANT(SHUT_RD);
    CONSTANT(SHUT_WR);
    CONSTANT(SHUT_RDWR);
    CONSTANT(SOL_SOCKET);
    CONSTANT(SOL_TCP);
    CONSTANT(SOL_UDP);
    CONSTANT(SOL_IP);
    CONSTANT(SOL_IPV6);
    CONSTANT(SO_REUSEADDR);
    CONSTANT(SO_TYPE);
    CONSTANT(SO_ERROR);
    CONSTANT(SO_DONTROUTE);
    CONSTANT(SO_BROADCAST);
    CONSTANT(SO_SNDBUF);
    CONSTANT(SO_RCVBUF);
    CONSTANT(SO_KEEPALIVE);
    CONSTANT(SO_OOBINLINE);
    CONSTANT(SO_PRIORITY);
    CONSTANT(SO_LINGER);
    CONSTANT(SO_REUSEPORT);
    CONSTANT(SO_PASSCRED);
    CONSTANT(SO_PEERCRED);
    CONSTANT(SO_RCVLOWAT);
    CONSTANT(SO_SNDLOWAT);
    CONSTANT(SO_RCVTIMEO);
    CONSTANT(SO_SNDTIMEO);
    CONSTANT(SO_BINDTODEVICE);
    CONSTANT(SO_TIMESTAMP);
    CONSTANT(SO_ACCEPTCONN);
    CONSTANT(SO_PEERSEC);
    CONSTANT(SO_MARK);
    CONSTANT(SO_PROTOCOL);
    CONSTANT(SO_DOMAIN);
    CONSTANT(SO_RXQ_OVFL);
    CONSTANT(SO_BUSY_POLL);
    CONSTANT(SO_INCOMING_CPU);
    CONSTANT(SO_ZEROCOPY);
    CONSTANT(TCP_NODELAY);
    CONSTANT(TCP_MAXSEG);
    CONSTANT(TCP_CORK);
    CONSTANT(TCP_KEEPIDLE);
    CONSTANT(TCP_KEEPINTVL);
    CONSTANT(TCP_KEEPCNT);
    CONSTANT(TCP_SYNCNT);
    CONSTANT(TCP_LINGER2);
    CONSTANT(TCP_DEFER_ACCEPT);
    CONSTANT(TCP_INFO);
    CONSTANT(TCP_QUICKACK);
    CONSTANT(TCP_CONGESTION);
    CONSTANT(TCP_USER_TIMEOUT);
    CONSTANT(TCP_FASTOPEN);
    CONSTANT(TCP_FASTOPEN_CONNECT);
    CONSTANT(TCP_NOTSENT_LOWAT);
    CONSTANT(UDP_SEGMENT);
    CONSTANT(UDP_GRO);
    CONSTANT(IP_TOS);
    CONSTANT(IP_TTL);
    CONSTANT(IP_PKTINFO);
    CONSTANT(IP_MTU_DISCOVER);
    CONSTANT(IP_RECVERR);
    CONSTANT(IP_RECVTOS);
    CONSTANT(IP_TRANSPARENT);
    CONSTANT(IP_FREEBIND);
    CONSTANT(IP_BIND_ADDRESS_NO_PORT);
    CONSTANT(IP_MULTICAST_IF);
    CONSTANT(IP_MULTICAST_TTL);
    CONSTANT(IP_MULTICAST_LOOP);
    CONSTANT(IP_ADD_MEMBERSHIP);
    CONSTANT(IP_DROP_MEMBERSHIP);
    CONSTANT(IPV6_UNICAST_HOPS);
    CONSTANT(IPV6_MULTICAST_IF);
    CONSTANT(IPV6_MULTICAST_HOPS);
    CONSTANT(IPV6_MULTICAST_LOOP);
    CONSTANT(IPV6_JOIN_GROUP);
    CONSTANT(IPV6_LEAVE_GROUP);
    CONSTANT(IPV6_V6ONLY);
    CONSTANT(IPV6_RECVPKTINFO);
    CONSTANT(IPV6_PKTINFO);
    CONSTANT(IPV6_RECVTCLASS);
    CONSTANT(IPV6_TCLASS);
    CONSTANT(MSG_OOB);
    CONSTANT(MSG_PEEK);
    CONSTANT(MSG_DONTROUTE);
    CONSTANT(MSG_CTRUNC);
    CONSTANT(MSG_TRUNC);
    CONSTANT(MSG_DONTWAIT);
    CONSTANT(MSG_EOR);
    CONSTANT(MSG_WAITALL);
    CONSTANT(MSG_CONFIRM);
    CONSTANT(MSG_ERRQUEUE);
    CONSTANT(MSG_NOSIGNAL);
    CONSTANT(MSG_MORE);
    CONSTANT(MSG_WAITFORONE);
    CONSTANT(MSG_ZEROCOPY);
    CONSTANT(MSG_FASTOPEN);
    CONSTANT(MSG_CMSG_CLOEXEC);
    CONSTANT(P_ALL);
    CONSTANT(P_PID);
    CONSTANT(P_PGID);
    CONSTANT(P_PIDFD);
    CONSTANT(WEXITED);
    CONSTANT(WSTOPPED);
    CONSTANT(WCONTINUED);
    CONSTANT(WNOHANG);
    CONSTANT(WNOWAIT);
    CONSTANT(CLD_EXITED);
    CONSTANT(CLD_KILLED);
    CONSTANT(CLD_DUMPED);
    CONSTANT(PIDFD_NONBLOCK);
    CONSTANT(FUTEX_WAIT);
    CONSTANT(FUTEX_WAKE);
    CONSTANT(FUTEX_PRIVATE_FLAG);
    CONSTANT(PR_SET_PDEATHSIG);
    CONSTANT(PR_SET_DUMPABLE);
    CONSTANT(PR_SET_NAME);
    CONSTANT(PR_GET_NAME);
    CONSTANT(PR_SET_TIMERSLACK);
    CONSTANT(PR_SET_NO_NEW_PRIVS);
    CONSTANT(PR_SET_CHILD_SUBREAPER);
    CONSTANT(SIGHUP);
    CONSTANT(SIGINT);
    CONSTANT(SIGQUIT);
    CONSTANT(SIGKILL);
    CONSTANT(SIGUSR1);
    CONSTANT(SIGUSR2);
    CONSTANT(SIGPIPE);
    CONSTANT(SIGALRM);
    CONSTANT(SIGTERM);
    CONSTANT(SIGCHLD);
    CONSTANT(SIGCONT);
    CONSTANT(SIGSTOP);
    CONSTANT(STATX_TYPE);
    CONSTANT(STATX_MODE);
    CONSTANT(STATX_NLINK);
    CONSTANT(STATX_UID);
    CONSTANT(STATX_GID);
    CONSTANT(STATX_ATIME);
    CONSTANT(STATX_MTIME);
    CONSTANT(STATX_CTIME);
    CONSTANT(STATX_INO);
    CONSTANT(STATX_SIZE);
    CONSTANT(STATX_BLOCKS);
    CONSTANT(STATX_BASIC_STATS);
    CONSTANT(STATX_BTIME);
    CONSTANT(STATX_MNT_ID);
    CONSTANT(STATX_DIOALIGN);
#ifdef STATX_MNT_ID_UNIQUE
    CONSTANT(STATX_MNT_ID_UNIQUE);
#endif
#ifdef STATX_SUBVOL
    CONSTANT(STATX_SUBVOL);
#endif
#ifdef STATX_WRITE_ATOMIC
    CONSTANT(STATX_WRITE_ATOMIC);
#endif
#ifdef STATX_DIO_READ_ALIGN
    CONSTANT(STATX_DIO_READ_ALIGN);
#endif
    CONSTANT(STATX_ATTR_COMPRESSED);
    CONSTANT(STATX_ATTR_IMMUTABLE);
    CONSTANT(STATX_ATTR_APPEND);
    CONSTANT(STATX_ATTR_NODUMP);
    CONSTANT(STATX_ATTR_ENCRYPTED);
    CONSTANT(STATX_ATTR_AUTOMOUNT);
    CONSTANT(STATX_ATTR_MOUNT_ROOT);
    CONSTANT(STATX_ATTR_VERITY);
    CONSTANT(STATX_ATTR_DAX);
#ifdef STATX_ATTR_WRITE_ATOMIC
    CONSTANT(STATX_ATTR_WRITE_ATOMIC);
#endif
    CONSTANT(RESOLVE_NO_XDEV);
    CONSTANT(RESOLVE_NO_MAGICLINKS);
    CONSTANT(RESOLVE_NO_SYMLINKS);
    CONSTANT(RESOLVE_BENEATH);
    CONSTANT(RESOLVE_IN_ROOT);
    CONSTANT(RESOLVE_CACHED);
    CONSTANT(F_RDLCK);
    CONSTANT(F_WRLCK);
    CONSTANT(F_UNLCK);
    CONSTANT(F_OFD_GETLK);
    CONSTANT(F_OFD_SETLK);
    CONSTANT(F_OFD_SETLKW);
    CONSTANT(F_GETLK);
    CONSTANT(F_SETLK);
    CONSTANT(F_SETLKW);
    CONSTANT(LOCK_SH);
    CONSTANT(LOCK_EX);
    CONSTANT(LOCK_UN);
    CONSTANT(LOCK_NB);
    CONSTANT(DT_UNKNOWN);
    CONSTANT(DT_FIFO);
    CONSTANT(DT_CHR);
    CONSTANT(DT_DIR);
    CONSTANT(DT_BLK);
    CONSTANT(DT_REG);
    CONSTANT(DT_LNK);
    CONSTANT(DT_SOCK);
    CONSTANT(SCM_RIGHTS);
    CONSTANT(SCM_CREDENTIALS);
    CONSTANT(RLIMIT_CPU);
    CONSTANT(RLIMIT_FSIZE);
    CONSTANT(RLIMIT_DATA);
    CONSTANT(RLIMIT_STACK);
    CONSTANT(RLIMIT_CORE);
    CONSTANT(RLIMIT_NPROC);
    CONSTANT(RLIMIT_NOFILE);
    CONSTANT(RLIMIT_MEMLOCK);
    CONSTANT(RLIMIT_AS);
}

static void errors(void)
{
    ERROR(EPERM);
    ERROR(ENOENT);
    ERROR(ESRCH);
    ERROR(EINTR);
    ERROR(EIO);
    ERROR(ENXIO);
    ERROR(E2BIG);
    ERROR(ENOEXEC);
    ERROR(EBADF);
    ERROR(ECHILD);
    ERROR(EAGAIN);
    ERROR(EWOULDBLOCK);
    ERROR(ENOMEM);
    ERROR(EACCES);
    ERROR(EFAULT);
    ERROR(ENOTBLK);
    ERROR(EBUSY);
    ERROR(EEXIST);
    ERROR(EXDEV);
    ERROR(ENODEV);
    ERROR(ENOTDIR);
    ERROR(EISDIR);
    ERROR(EINVAL);
    ERROR(ENFILE);
    ERROR(EMFILE);
    ERROR(ENOTTY);
    ERROR(ETXTBSY);
    ERROR(EFBIG);
    ERROR(ENOSPC);
    ERROR(ESPIPE);
    ERROR(EROFS);
    ERROR(EMLINK);
    ERROR(EPIPE);
    ERROR(EDOM);
    ERROR(ERANGE);
    ERROR(EDEADLK);
    ERROR(EDEADLOCK);
    ERROR(ENAMETOOLONG);
    ERROR(ENOLCK);
    ERROR(ENOSYS);
    ERROR(ENOTEMPTY);
    ERROR(ELOOP);
    ERROR(ENOMSG);
    ERROR(EIDRM);
    ERROR(ECHRNG);
    ERROR(EL2NSYNC);
    ERROR(EL3HLT);
    ERROR(EL3RST);
    ERROR(ELNRNG);
    ERROR(EUNATCH);
    ERROR(ENOCSI);
    ERROR(EL2HLT);
    ERROR(EBADE);
    ERROR(EBADR);
    ERROR(EXFULL);
    ERROR(ENOANO);
    ERROR(EBADRQC);
    ERROR(EBADSLT);
    ERROR(EBFONT);
    ERROR(ENOSTR);
    ERROR(ENODATA);
    ERROR(ETIME);
    ERROR(ENOSR);
    ERROR(ENONET);
    ERROR(ENOPKG);
    ERROR(EREMOTE);
    ERROR(ENOLINK);
    ERROR(EADV);
    ERROR(ESRMNT);
    ERROR(ECOMM);
    ERROR(EPROTO);
    ERROR(EMULTIHOP);
    ERROR(EDOTDOT);
    ERROR(EBADMSG);
    ERROR(EOVERFLOW);
    ERROR(ENOTUNIQ);
    ERROR(EBADFD);
    ERROR(EREMCHG);
    ERROR(ELIBACC);
    ERROR(ELIBBAD);
    ERROR(ELIBSCN);
    ERROR(ELIBMAX);
    ERROR(ELIBEXEC);
    ERROR(EILSEQ);
    ERROR(ERESTART);
    ERROR(ESTRPIPE);
    ERROR(EUSERS);
    ERROR(ENOTSOCK);
    ERROR(EDESTADDRREQ);
    ERROR(EMSGSIZE);
    ERROR(EPROTOTYPE);
    ERROR(ENOPROTOOPT);
    ERROR(EPROTONOSUPPORT);
    ERROR(ESOCKTNOSUPPORT);
    ERROR(EOPNOTSUPP);
    ERROR(ENOTSUP);
    ERROR(EPFNOSUPPORT);
    ERROR(EAFNOSUPPORT);
    ERROR(EADDRINUSE);
    ERROR(EADDRNOTAVAIL);
    ERROR(ENETDOWN);
    ERROR(ENETUNREACH);
    ERROR(ENETRESET);
    ERROR(ECONNABORTED);
    ERROR(ECONNRESET);
    ERROR(ENOBUFS);
    ERROR(EISCONN);
    ERROR(ENOTCONN);
    ERROR(ESHUTDOWN);
    ERROR(ETOOMANYREFS);
    ERROR(ETIMEDOUT);
    ERROR(ECONNREFUSED);
    ERROR(EHOSTDOWN);
    ERROR(EHOSTUNREACH);
    ERROR(EALREADY);
    ERROR(EINPROGRESS);
    ERROR(ESTALE);
    ERROR(EUCLEAN);
    ERROR(ENOTNAM);
    ERROR(ENAVAIL);
    ERROR(EISNAM);
    ERROR(EREMOTEIO);
    ERROR(EDQUOT);
    ERROR(ENOMEDIUM);
    ERROR(EMEDIUMTYPE);
    ERROR(ECANCELED);
    ERROR(ENOKEY);
    ERROR(EKEYEXPIRED);
    ERROR(EKEYREVOKED);
    ERROR(EKEYREJECTED);
    ERROR(EOWNERDEAD);
    ERROR(ENOTRECOVERABLE);
    ERROR(ERFKILL);
    ERROR(EHWPOISON);
}

static void syscalls(void)
{
    SYSCALL(gettid);
    SYSCALL(futex);
    SYSCALL(getdents64);
    SYSCALL(prlimit64);
    SYSCALL(renameat2);
    SYSCALL(copy_file_range);
    SYSCALL(preadv2);
    SYSCALL(pwritev2);
    SYSCALL(statx);
    SYSCALL(newfstatat);
    SYSCALL(pidfd_open);
    SYSCALL(close_range);
    SYSCALL(openat2);
    SYSCALL(epoll_pwait2);
    SYSCALL(io_uring_setup);
    SYSCALL(io_uring_enter);
    SYSCALL(io_uring_register);
}

static void structs(void)
{
    SIZE("iovec", struct iovec);
    FIELD("iovec", struct iovec, iov_base);
    FIELD("iovec", struct iovec, iov_len);
    SIZE("msghdr", struct msghdr);
    FIELD("msghdr", struct msghdr, msg_name);
    FIELD("msghdr", struct msghdr, msg_namelen);
    FIELD("msghdr", struct msghdr, msg_iov);
    FIELD("msghdr", struct msghdr, msg_iovlen);
    FIELD("msghdr", struct msghdr, msg_control);
    FIELD("msghdr", struct msghdr, msg_controllen);
    FIELD("msghdr", struct msghdr, msg_flags);
    SIZE("linger", struct linger);
    FIELD("linger", struct linger, l_onoff);
    FIELD("linger", struct linger, l_linger);
    SIZE("ucred", struct ucred);
    FIELD("ucred", struct ucred, pid);
    FIELD("ucred", struct ucred, uid);
    FIELD("ucred", struct ucred, gid);
    SIZE("timespec", struct timespec);
    FIELD("timespec", struct timespec, tv_sec);
    FIELD("timespec", struct timespec, tv_nsec);
    SIZE("stat", struct stat);
    FIELD("stat", struct stat, st_dev);
    FIELD("stat", struct stat, st_ino);
    FIELD("stat", struct stat, st_nlink);
    FIELD("stat", struct stat, st_mode);
    FIELD("stat", struct stat, st_uid);
    FIELD("stat", struct stat, st_gid);
    FIELD("stat", struct stat, st_rdev);
    FIELD("stat", struct stat, st_size);
    FIELD("stat", struct stat, st_blksize);
    FIELD("stat", struct stat, st_blocks);
    FIELD("stat", struct stat, st_atim.tv_sec);
    FIELD("stat", struct stat, st_atim.tv_nsec);
    FIELD("stat", struct stat, st_mtim.tv_sec);
    FIELD("stat", struct stat, st_mtim.tv_nsec);
    FIELD("stat", struct stat, st_ctim.tv_sec);
    FIELD("stat", struct stat, st_ctim.tv_nsec);
    SIZE("statx", struct statx);
    FIELD("statx", struct statx, stx_mask);
    FIELD("statx", struct statx, stx_blksize);
    FIELD("statx", struct statx, stx_attributes);
    FIELD("statx", struct statx, stx_nlink);
    FIELD("statx", struct statx, stx_uid);
    FIELD("statx", struct statx, stx_gid);
    FIELD("statx", struct statx, stx_mode);
    FIELD("statx", struct statx, stx_ino);
    FIELD("statx", struct statx, stx_size);
    FIELD("statx", struct statx, stx_blocks);
    FIELD("statx", struct statx, stx_attributes_mask);
    FIELD("statx", struct statx, stx_atime.tv_sec);
    FIELD("statx", struct statx, stx_atime.tv_nsec);
    FIELD("statx", struct statx, stx_btime.tv_sec);
    FIELD("statx", struct statx, stx_btime.tv_nsec);
    FIELD("statx", struct statx, stx_ctime.tv_sec);
    FIELD("statx", struct statx, stx_ctime.tv_nsec);
    FIELD("statx", struct statx, stx_mtime.tv_sec);
    FIELD("statx", struct statx, stx_mtime.tv_nsec);
    FIELD("statx", struct statx, stx_rdev_major);
    FIELD("statx", struct statx, stx_rdev_minor);
    FIELD("statx", struct statx, stx_dev_major);
    FIELD("statx", struct statx, stx_dev_minor);
    FIELD("statx", struct statx, stx_mnt_id);
    FIELD("statx", struct statx, stx_dio_mem_align);
    FIELD("statx", struct statx, stx_dio_offset_align);
#ifdef STATX_SUBVOL
    FIELD("statx", struct statx, stx_subvol);
#endif
#ifdef STATX_WRITE_ATOMIC
    FIELD("statx", struct statx, stx_atomic_write_unit_min);
#endif
#ifdef STATX_WRITE_ATOMIC
    FIELD("statx", struct statx, stx_atomic_write_unit_max);
#endif
#ifdef STATX_WRITE_ATOMIC
    FIELD("statx", struct statx, stx_atomic_write_segments_max);
#endif
#ifdef STATX_DIO_READ_ALIGN
    FIELD("statx", struct statx, stx_dio_read_offset_align);
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
    FIELD("statx", struct statx, stx_atomic_write_unit_max_opt);
#endif
    SIZE("open_how", struct open_how);
    FIELD("open_how", struct open_how, flags);
    FIELD("open_how", struct open_how, mode);
    FIELD("open_how", struct open_how, resolve);
    SIZE("pollfd", struct pollfd);
    FIELD("pollfd", struct pollfd, fd);
    FIELD("pollfd", struct pollfd, events);
    FIELD("pollfd", struct pollfd, revents);
    SIZE("flock", struct flock);
    FIELD("flock", struct flock, l_type);
    FIELD("flock", struct flock, l_whence);
    FIELD("flock", struct flock, l_start);
    FIELD("flock", struct flock, l_len);
    FIELD("flock", struct flock, l_pid);
    SIZE("rlimit", struct rlimit);
    FIELD("rlimit", struct rlimit, rlim_cur);
    FIELD("rlimit", struct rlimit, rlim_max);
    SIZE("siginfo_t", siginfo_t);
    FIELD("siginfo_t", siginfo_t, si_signo);
    FIELD("siginfo_t", siginfo_t, si_errno);
    FIELD("siginfo_t", siginfo_t, si_code);
    FIELD("siginfo_t", siginfo_t, si_pid);
    FIELD("siginfo_t", siginfo_t, si_uid);
    FIELD("siginfo_t", siginfo_t, si_status);
    SIZE("epoll_event", struct epoll_event);
    FIELD("epoll_event", struct epoll_event, events);
    FIELD("epoll_event", struct epoll_event, data);
    FIELD("linux_dirent64", struct linux_dirent64, d_ino);
    FIELD("linux_dirent64", struct linux_dirent64, d_off);
    FIELD("linux_dirent64", struct linux_dirent64, d_reclen);
    FIELD("linux_dirent64", struct linux_dirent64, d_type);
    printf("field linux_dirent64.d_name %zu 0\n", offsetof(struct linux_dirent64, d_name));
    SIZE("cmsghdr", struct cmsghdr);
    FIELD("cmsghdr", struct cmsghdr, cmsg_len);
    FIELD("cmsghdr", struct cmsghdr, cmsg_level);
    FIELD("cmsghdr", struct cmsghdr, cmsg_type);
    SIZE("sockaddr_in", struct sockaddr_in);
    FIELD("sockaddr_in", struct sockaddr_in, sin_family);
    FIELD("sockaddr_in", struct sockaddr_in, sin_port);
    FIELD("sockaddr_in", struct sockaddr_in, sin_addr);
    SIZE("sockaddr_in6", struct sockaddr_in6);
    FIELD("sockaddr_in6", struct sockaddr_in6, sin6_family);
    FIELD("sockaddr_in6", struct sockaddr_in6, sin6_port);
    FIELD("sockaddr_in6", struct sockaddr_in6, sin6_flowinfo);
    FIELD("sockaddr_in6", struct sockaddr_in6, sin6_addr);
    FIELD("sockaddr_in6", struct sockaddr_in6, sin6_scope_id);
    SIZE("sockaddr_un", struct sockaddr_un);
    FIELD("sockaddr_un", struct sockaddr_un, sun_family);
    FIELD("sockaddr_un", struct sockaddr_un, sun_path);
    SIZE("sockaddr_storage", struct sockaddr_storage);
    FIELD("sockaddr_storage", struct sockaddr_storage, ss_family);
}

int main(void)
{
    constants();
    errors();
    syscalls();
    structs();
    return 0;
}
