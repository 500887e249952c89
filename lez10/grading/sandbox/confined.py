"""Locking a child in: namespaces and limits of its own, no capabilities, a filter.

Linux's own interfaces through ctypes; the standard library alone. Whatever fails here
raises OSError, and then no student's code is run.
"""

import ctypes
import os
import platform
import resource
import signal
import sys

# From <sched.h>, <sys/mount.h>, <sys/prctl.h>, <linux/capability.h>, <linux/seccomp.h>
NEW_MOUNTS, NEW_NAMES, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXECUTION = 1, 2, 4, 8
DIE_WITH_PARENT, FILTER_SYSTEM_CALLS = 1, 22
NO_NEW_PRIVILEGES, ADOPT_ORPHANS = 38, 36
CAPABILITIES_3, FILTER = 0x20080522, 2
NEW_SESSION = 1  # of keys
KEYS = {"x86_64": 250, "ppc64le": 271, "s390x": 280}  # keyctl's number; or else
KEYS_ELSEWHERE = 219

MEMORY, FILES, DISK, OPEN = 1 << 30, 16 << 20, b"size=16m,nr_inodes=1k,mode=700", 64
LINUX = sys.platform == "linux"
LIBC = ctypes.CDLL(None, use_errno=True)


class Header(ctypes.Structure):
    """Of capset: the version of the interface, and 0 for oneself."""

    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class Program(ctypes.Structure):
    """A filter: how many instructions of eight bytes, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def call(name: str, *arguments: object) -> None:
    """Call a function of the C library. Raises OSError where it returns -1."""
    if getattr(LIBC, name)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def write(path: str, text: str) -> None:
    """Write to a file of the kernel's."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def adopt_orphans() -> None:
    """From now on this process gets the children of its children that ended."""
    if LINUX:
        call("prctl", ADOPT_ORPHANS, 1, 0, 0, 0)


def leave() -> None:
    """Go to new namespaces; those of processes begin with the next child."""
    user, group = os.getuid(), os.getgid()
    spaces = NEW_USER | NEW_MOUNTS | NEW_PROCESSES | NEW_IPC | NEW_NAMES | NEW_NETWORK
    call("unshare", spaces)
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{user} {user} 1")
    write("/proc/self/gid_map", f"{group} {group} 1")


def lock() -> None:
    """As the first process in them: a /tmp of one's own, nothing else, no way back."""
    write("/proc/self/oom_score_adj", "1000")  # the first to go where memory is short
    write("/proc/sys/user/max_user_namespaces", "0")
    hidden = READ_ONLY | NO_SUID | NO_DEVICES | NO_EXECUTION
    call("mount", b"tmpfs", b"/tmp", b"tmpfs", NO_SUID | NO_DEVICES, DISK)
    call("mount", b"tmpfs", b"/proc", b"tmpfs", hidden, b"size=4k")
    os.chdir("/tmp")
    LIBC.syscall(KEYS.get(platform.machine(), KEYS_ELSEWHERE), NEW_SESSION, None)
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.byref(Header(CAPABILITIES_3, 0)), nothing)
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))


def limit(processor: int) -> None:
    """Limits of this process: processor time in seconds, memory, files."""
    for what, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILES),
        (resource.RLIMIT_NOFILE, OPEN),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            if LINUX:  # elsewhere some of them cannot be set
                raise


def forbid(program: bytes) -> None:
    """Install a filter of system calls, for good; none where it is empty."""
    if LINUX:
        call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if program:
        filters = Program(len(program) // 8, program)
        call("prctl", FILTER_SYSTEM_CALLS, FILTER, ctypes.byref(filters), 0, 0)


def die_with_parent() -> None:
    """End this process when its parent ends, where the system can."""
    if LINUX:
        call("prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def forget_files(kept: int) -> None:
    """Close all files but one; standard input and output go nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, 256)
