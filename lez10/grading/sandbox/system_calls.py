"""A filter of system calls, made by libseccomp: the second layer of the sandbox.

What Python and numpy need to compute, to read files and to use the channel that is
open; everything else is answered as by a kernel that does not have it: programs,
processes, threads, sockets, shared memory, keys, mounts, namespaces, tracing.
"""

import tempfile
from functools import cache

MISSING = (
    "Without the filter of system calls, since {why}; the other walls of the sandbox "
    "stand."
)
NO_SUCH_CALL = 38  # ENOSYS, with which the C library takes another way
ALLOWED = """
read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 recvfrom sendto
open openat openat2 creat close close_range lseek _llseek dup dup2 dup3 fcntl fcntl64
pipe pipe2 poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd
eventfd2 stat stat64 fstat fstat64 lstat lstat64 newfstatat fstatat64 statx statfs
statfs64
fstatfs fstatfs64 access faccessat faccessat2 readlink readlinkat getdents getdents64
getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link
linkat symlink symlinkat chmod fchmod fchmodat umask truncate truncate64 ftruncate
ftruncate64 fallocate fsync fdatasync utimensat utimensat_time64 flock fadvise64
copy_file_range sendfile sendfile64 ioctl getxattr lgetxattr fgetxattr
brk mmap mmap2 munmap mremap mprotect madvise mincore membarrier msync
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
rt_sigtimedwait_time64 sigreturn sigaltstack pause alarm kill tkill tgkill
setitimer getitimer timer_create timer_settime timer_settime64 timer_gettime
timer_gettime64 timer_delete timer_getoverrun
nanosleep clock_nanosleep clock_nanosleep_time64 clock_gettime clock_gettime64
clock_getres clock_getres_time64 gettimeofday time times
futex futex_time64 futex_waitv get_robust_list set_robust_list rseq set_tid_address
getpid getppid gettid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid
getresgid getgroups getuid32 geteuid32 getgid32 getegid32 getresuid32 getresgid32
getgroups32 getrlimit ugetrlimit setrlimit prlimit64 getrusage getpriority sysinfo uname
sched_yield sched_getaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getcpu getrandom
arch_prctl set_thread_area get_thread_area riscv_flush_icache wait4 waitid waitpid
restart_syscall exit exit_group
""".split()


@cache
def program() -> tuple[bytes, str]:
    """The filter as the kernel takes it; or nothing, and a sentence why."""
    try:
        import pyseccomp
    except ImportError:
        return b"", MISSING.format(why="pyseccomp is not installed")
    except (RuntimeError, OSError):
        return b"", MISSING.format(why="the library libseccomp is not installed")
    made = pyseccomp.SyscallFilter(pyseccomp.ERRNO(NO_SUCH_CALL))
    for name in ALLOWED:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        if number >= 0:  # others are of other processors, or newer than the library
            made.add_rule(pyseccomp.ALLOW, number)
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read(), ""
