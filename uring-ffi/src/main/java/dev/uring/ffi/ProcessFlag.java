package dev.uring.ffi;

/** Names what waitid, futex, prctl and pidfd_open ask for, and the signals that a runtime meets. */
public final class ProcessFlag {
    /** {@code P_ALL}. */
    public static final int WAIT_ALL = 0;
    /** {@code P_PID}. */
    public static final int WAIT_PROCESS = 1;
    /** {@code P_PGID}. */
    public static final int WAIT_PROCESS_GROUP = 2;
    /** {@code P_PIDFD}: the id is a descriptor of pidfd_open. */
    public static final int WAIT_DESCRIPTOR = 3;
    /** {@code WEXITED}. */
    public static final int WAIT_EXITED = 4;
    /** {@code WSTOPPED}. */
    public static final int WAIT_STOPPED = 2;
    /** {@code WCONTINUED}. */
    public static final int WAIT_CONTINUED = 8;
    /** {@code WNOHANG}. */
    public static final int WAIT_NO_HANG = 1;
    /** {@code WNOWAIT}: leaves the child to be waited for again. */
    public static final int WAIT_LEAVE = 0x1000000;
    /** {@code CLD_EXITED}. */
    public static final int CHILD_EXITED = 1;
    /** {@code CLD_KILLED}. */
    public static final int CHILD_KILLED = 2;
    /** {@code CLD_DUMPED}. */
    public static final int CHILD_DUMPED = 3;
    /** {@code PIDFD_NONBLOCK}. */
    public static final int DESCRIPTOR_NON_BLOCKING = 2048;
    /** {@code FUTEX_WAIT}. */
    public static final int FUTEX_WAIT = 0;
    /** {@code FUTEX_WAKE}. */
    public static final int FUTEX_WAKE = 1;
    /** {@code FUTEX_PRIVATE_FLAG}: beside the command: all threads are of one process. */
    public static final int FUTEX_PRIVATE = 128;
    /** {@code PR_SET_PDEATHSIG}. */
    public static final int SET_PARENT_DEATH_SIGNAL = 1;
    /** {@code PR_SET_DUMPABLE}. */
    public static final int SET_DUMPABLE = 4;
    /** {@code PR_SET_NAME}. */
    public static final int SET_NAME = 15;
    /** {@code PR_GET_NAME}. */
    public static final int GET_NAME = 16;
    /** {@code PR_SET_TIMERSLACK}. */
    public static final int SET_TIMER_SLACK = 29;
    /** {@code PR_SET_NO_NEW_PRIVS}. */
    public static final int SET_NO_NEW_PRIVILEGES = 38;
    /** {@code PR_SET_CHILD_SUBREAPER}. */
    public static final int SET_CHILD_SUBREAPER = 36;
    /** {@code SIGHUP}. */
    public static final int SIGNAL_HANG_UP = 1;
    /** {@code SIGINT}. */
    public static final int SIGNAL_INTERRUPT = 2;
    /** {@code SIGQUIT}. */
    public static final int SIGNAL_QUIT = 3;
    /** {@code SIGKILL}. */
    public static final int SIGNAL_KILL = 9;
    /** {@code SIGUSR1}. */
    public static final int SIGNAL_USER1 = 10;
    /** {@code SIGUSR2}. */
    public static final int SIGNAL_USER2 = 12;
    /** {@code SIGPIPE}. */
    public static final int SIGNAL_PIPE = 13;
    /** {@code SIGALRM}. */
    public static final int SIGNAL_ALARM = 14;
    /** {@code SIGTERM}. */
    public static final int SIGNAL_TERMINATE = 15;
    /** {@code SIGCHLD}. */
    public static final int SIGNAL_CHILD = 17;
    /** {@code SIGCONT}. */
    public static final int SIGNAL_CONTINUE = 18;
    /** {@code SIGSTOP}. */
    public static final int SIGNAL_STOP = 19;

    private ProcessFlag() {
    }
}
