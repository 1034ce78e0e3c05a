"""Become a given user, ask the kernel to end us when our parent dies, then turn into the command that follows.

Run as a file, never imported: `python -I -S tether.py PARENT_PID SIGNAL USER COMMAND...`. A small program and not a
`preexec_fn`, because the parent may have threads, and Python code between fork and exec can then hang.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(user: str) -> None:
    """Give up root for `user`, with no other groups."""
    import pwd  # noqa: PLC0415  # most parts keep their user and need not wait for it

    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(parent: str, signal_on_death: str, user: str, *command: str) -> None:
    """Do what the module says; a change of user comes first, because it clears the wish for a signal."""
    if user:
        become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal_on_death), 0, 0, 0)
    if os.getppid() != int(parent):  # it died before we could ask
        sys.exit("the parent process has gone")
    os.execv(command[0], command)  # noqa: S606  # the point of this file


if __name__ == "__main__":
    main(*sys.argv[1:])
