package dev.uring.ffi;

/**
 * Names the reasons why a system call failed: the error numbers of Linux, as x86-64 and aarch64 share them.
 *
 * <p>The numbers are those of Linux on every host, because operations speak the Linux ABI everywhere. Loading this
 * class needs no native access.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    /** Another name of {@link #EAGAIN}. */
    public static final int EWOULDBLOCK = EAGAIN;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int ENOTBLK = 15;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int EDOM = 33;
    public static final int ERANGE = 34;
    public static final int EDEADLK = 35;
    /** Another name of {@link #EDEADLK}. */
    public static final int EDEADLOCK = EDEADLK;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOLCK = 37;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENOMSG = 42;
    public static final int EIDRM = 43;
    public static final int ECHRNG = 44;
    public static final int EL2NSYNC = 45;
    public static final int EL3HLT = 46;
    public static final int EL3RST = 47;
    public static final int ELNRNG = 48;
    public static final int EUNATCH = 49;
    public static final int ENOCSI = 50;
    public static final int EL2HLT = 51;
    public static final int EBADE = 52;
    public static final int EBADR = 53;
    public static final int EXFULL = 54;
    public static final int ENOANO = 55;
    public static final int EBADRQC = 56;
    public static final int EBADSLT = 57;
    public static final int EBFONT = 59;
    public static final int ENOSTR = 60;
    public static final int ENODATA = 61;
    public static final int ETIME = 62;
    public static final int ENOSR = 63;
    public static final int ENONET = 64;
    public static final int ENOPKG = 65;
    public static final int EREMOTE = 66;
    public static final int ENOLINK = 67;
    public static final int EADV = 68;
    public static final int ESRMNT = 69;
    public static final int ECOMM = 70;
    public static final int EPROTO = 71;
    public static final int EMULTIHOP = 72;
    public static final int EDOTDOT = 73;
    public static final int EBADMSG = 74;
    public static final int EOVERFLOW = 75;
    public static final int ENOTUNIQ = 76;
    public static final int EBADFD = 77;
    public static final int EREMCHG = 78;
    public static final int ELIBACC = 79;
    public static final int ELIBBAD = 80;
    public static final int ELIBSCN = 81;
    public static final int ELIBMAX = 82;
    public static final int ELIBEXEC = 83;
    public static final int EILSEQ = 84;
    public static final int ERESTART = 85;
    public static final int ESTRPIPE = 86;
    public static final int EUSERS = 87;
    public static final int ENOTSOCK = 88;
    public static final int EDESTADDRREQ = 89;
    public static final int EMSGSIZE = 90;
    public static final int EPROTOTYPE = 91;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ESOCKTNOSUPPORT = 94;
    public static final int EOPNOTSUPP = 95;
    /** Another name of {@link #EOPNOTSUPP}. */
    public static final int ENOTSUP = EOPNOTSUPP;
    public static final int EPFNOSUPPORT = 96;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENETRESET = 102;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ESHUTDOWN = 108;
    public static final int ETOOMANYREFS = 109;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;
    public static final int ESTALE = 116;
    public static final int EUCLEAN = 117;
    public static final int ENOTNAM = 118;
    public static final int ENAVAIL = 119;
    public static final int EISNAM = 120;
    public static final int EREMOTEIO = 121;
    public static final int EDQUOT = 122;
    public static final int ENOMEDIUM = 123;
    public static final int EMEDIUMTYPE = 124;
    public static final int ECANCELED = 125;
    public static final int ENOKEY = 126;
    public static final int EKEYEXPIRED = 127;
    public static final int EKEYREVOKED = 128;
    public static final int EKEYREJECTED = 129;
    public static final int EOWNERDEAD = 130;
    public static final int ENOTRECOVERABLE = 131;
    public static final int ERFKILL = 132;
    public static final int EHWPOISON = 133;

    /** One more than the largest number. */
    private static final int LIMIT = 134;
    private static final String[] NAMES = new String[LIMIT];
    private static final String[] REASONS = new String[LIMIT];

    static {
        define(EPERM, "EPERM", "the caller may not do this, whatever the file's mode");
        define(ENOENT, "ENOENT", "no such file or directory");
        define(ESRCH, "ESRCH", "no such process or thread");
        define(EINTR, "EINTR", "a signal arrived before anything was done");
        define(EIO, "EIO", "the device failed to read or write");
        define(ENXIO, "ENXIO", "no such device or address, or nobody reads the other end");
        define(E2BIG, "E2BIG", "the argument list or structure is too long");
        define(ENOEXEC, "ENOEXEC", "not a program that this kernel can run");
        define(EBADF, "EBADF", "the descriptor is not open, or not open for this use");
        define(ECHILD, "ECHILD", "no child process to wait for");
        define(EAGAIN, "EAGAIN", "it would block, or a resource is short for the moment");
        define(ENOMEM, "ENOMEM", "not enough memory");
        define(EACCES, "EACCES", "permission denied");
        define(EFAULT, "EFAULT", "an address is outside the memory of the process");
        define(ENOTBLK, "ENOTBLK", "not a block device");
        define(EBUSY, "EBUSY", "somebody else is using it");
        define(EEXIST, "EEXIST", "it exists already");
        define(EXDEV, "EXDEV", "source and target are on different file systems");
        define(ENODEV, "ENODEV", "the device is missing or cannot do this");
        define(ENOTDIR, "ENOTDIR", "a part of the path is not a directory");
        define(EISDIR, "EISDIR", "it is a directory");
        define(EINVAL, "EINVAL", "an argument is not valid");
        define(ENFILE, "ENFILE", "the system has too many open files");
        define(EMFILE, "EMFILE", "the process has too many open descriptors");
        define(ENOTTY, "ENOTTY", "the descriptor does not know this request");
        define(ETXTBSY, "ETXTBSY", "a running program cannot be written to");
        define(EFBIG, "EFBIG", "the file would become too large");
        define(ENOSPC, "ENOSPC", "no space left on the device");
        define(ESPIPE, "ESPIPE", "a pipe or socket has no position");
        define(EROFS, "EROFS", "the file system is read-only");
        define(EMLINK, "EMLINK", "too many links to one file");
        define(EPIPE, "EPIPE", "nobody reads the other end any more");
        define(EDOM, "EDOM", "the argument is outside the function's domain");
        define(ERANGE, "ERANGE", "the result does not fit, or the buffer is too small");
        define(EDEADLK, "EDEADLK", "waiting would be a deadlock");
        define(ENAMETOOLONG, "ENAMETOOLONG", "the name or path is too long");
        define(ENOLCK, "ENOLCK", "no more locks can be had");
        define(ENOSYS, "ENOSYS", "the kernel does not have this call");
        define(ENOTEMPTY, "ENOTEMPTY", "the directory is not empty");
        define(ELOOP, "ELOOP", "too many symbolic links, or one where none is allowed");
        define(ENOMSG, "ENOMSG", "no message of the wanted type");
        define(EIDRM, "EIDRM", "the identifier was removed");
        define(ECHRNG, "ECHRNG", "the channel number is out of range");
        define(EL2NSYNC, "EL2NSYNC", "level 2 is not synchronized");
        define(EL3HLT, "EL3HLT", "level 3 halted");
        define(EL3RST, "EL3RST", "level 3 was reset");
        define(ELNRNG, "ELNRNG", "the link number is out of range");
        define(EUNATCH, "EUNATCH", "no protocol driver is attached");
        define(ENOCSI, "ENOCSI", "no CSI structure is left");
        define(EL2HLT, "EL2HLT", "level 2 halted");
        define(EBADE, "EBADE", "the exchange is not valid");
        define(EBADR, "EBADR", "the request descriptor is not valid");
        define(EXFULL, "EXFULL", "the exchange is full");
        define(ENOANO, "ENOANO", "no anode is left");
        define(EBADRQC, "EBADRQC", "the request code is not valid");
        define(EBADSLT, "EBADSLT", "the slot is not valid");
        define(EBFONT, "EBFONT", "the font file has a bad format");
        define(ENOSTR, "ENOSTR", "the device is not a stream");
        define(ENODATA, "ENODATA", "no data, or no such attribute");
        define(ETIME, "ETIME", "the time limit passed");
        define(ENOSR, "ENOSR", "no stream resources are left");
        define(ENONET, "ENONET", "the machine is not on the network");
        define(ENOPKG, "ENOPKG", "the package is not installed");
        define(EREMOTE, "EREMOTE", "the object is on another machine");
        define(ENOLINK, "ENOLINK", "the link was cut");
        define(EADV, "EADV", "advertising failed");
        define(ESRMNT, "ESRMNT", "mounting the remote resource failed");
        define(ECOMM, "ECOMM", "sending failed");
        define(EPROTO, "EPROTO", "the peer broke the protocol");
        define(EMULTIHOP, "EMULTIHOP", "the path crosses more than one machine");
        define(EDOTDOT, "EDOTDOT", "remote file sharing reported an error of its own");
        define(EBADMSG, "EBADMSG", "the message is damaged");
        define(EOVERFLOW, "EOVERFLOW", "a value does not fit its type");
        define(ENOTUNIQ, "ENOTUNIQ", "the name is not unique on the network");
        define(EBADFD, "EBADFD", "the descriptor is in a bad state");
        define(EREMCHG, "EREMCHG", "the remote address changed");
        define(ELIBACC, "ELIBACC", "a shared library cannot be reached");
        define(ELIBBAD, "ELIBBAD", "a shared library is damaged");
        define(ELIBSCN, "ELIBSCN", "a library section in the program is damaged");
        define(ELIBMAX, "ELIBMAX", "too many shared libraries");
        define(ELIBEXEC, "ELIBEXEC", "a shared library is not a program");
        define(EILSEQ, "EILSEQ", "the byte sequence is not valid text");
        define(ERESTART, "ERESTART", "the call should be started again");
        define(ESTRPIPE, "ESTRPIPE", "a pipe of a stream failed");
        define(EUSERS, "EUSERS", "too many users");
        define(ENOTSOCK, "ENOTSOCK", "the descriptor is not a socket");
        define(EDESTADDRREQ, "EDESTADDRREQ", "a destination address is needed");
        define(EMSGSIZE, "EMSGSIZE", "the message is too long");
        define(EPROTOTYPE, "EPROTOTYPE", "the protocol does not fit the type of the socket");
        define(ENOPROTOOPT, "ENOPROTOOPT", "the protocol does not have this option");
        define(EPROTONOSUPPORT, "EPROTONOSUPPORT", "the protocol is not supported");
        define(ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "the type of socket is not supported");
        define(EOPNOTSUPP, "EOPNOTSUPP", "the operation is not supported here");
        define(EPFNOSUPPORT, "EPFNOSUPPORT", "the protocol family is not supported");
        define(EAFNOSUPPORT, "EAFNOSUPPORT", "the address family is not supported");
        define(EADDRINUSE, "EADDRINUSE", "the address is in use");
        define(EADDRNOTAVAIL, "EADDRNOTAVAIL", "the address does not belong to this host");
        define(ENETDOWN, "ENETDOWN", "the network is down");
        define(ENETUNREACH, "ENETUNREACH", "no route to the network");
        define(ENETRESET, "ENETRESET", "the network dropped the connection on reset");
        define(ECONNABORTED, "ECONNABORTED", "the connection was aborted before it was taken");
        define(ECONNRESET, "ECONNRESET", "the peer reset the connection");
        define(ENOBUFS, "ENOBUFS", "no buffer space is left");
        define(EISCONN, "EISCONN", "the socket is connected already");
        define(ENOTCONN, "ENOTCONN", "the socket is not connected");
        define(ESHUTDOWN, "ESHUTDOWN", "the socket was shut down for sending");
        define(ETOOMANYREFS, "ETOOMANYREFS", "too many references, such as descriptors in flight");
        define(ETIMEDOUT, "ETIMEDOUT", "the peer did not answer in time");
        define(ECONNREFUSED, "ECONNREFUSED", "nobody listens at the address");
        define(EHOSTDOWN, "EHOSTDOWN", "the host is down");
        define(EHOSTUNREACH, "EHOSTUNREACH", "no route to the host");
        define(EALREADY, "EALREADY", "the same is in progress already");
        define(EINPROGRESS, "EINPROGRESS", "it was begun and goes on in the background");
        define(ESTALE, "ESTALE", "the file handle is stale");
        define(EUCLEAN, "EUCLEAN", "the file system is damaged and needs repair");
        define(ENOTNAM, "ENOTNAM", "not a named file of its type");
        define(ENAVAIL, "ENAVAIL", "no named semaphores are available");
        define(EISNAM, "EISNAM", "it is a named file of its type");
        define(EREMOTEIO, "EREMOTEIO", "reading or writing failed on the remote side");
        define(EDQUOT, "EDQUOT", "the disk quota is used up");
        define(ENOMEDIUM, "ENOMEDIUM", "no medium is in the drive");
        define(EMEDIUMTYPE, "EMEDIUMTYPE", "the medium has the wrong type");
        define(ECANCELED, "ECANCELED", "the operation was cancelled");
        define(ENOKEY, "ENOKEY", "the needed key is missing");
        define(EKEYEXPIRED, "EKEYEXPIRED", "the key has expired");
        define(EKEYREVOKED, "EKEYREVOKED", "the key was revoked");
        define(EKEYREJECTED, "EKEYREJECTED", "the service rejected the key");
        define(EOWNERDEAD, "EOWNERDEAD", "the owner of the lock died");
        define(ENOTRECOVERABLE, "ENOTRECOVERABLE", "the state cannot be recovered");
        define(ERFKILL, "ERFKILL", "a radio switch turned it off");
        define(EHWPOISON, "EHWPOISON", "the memory page has a hardware error");
    }

    private Errno() {
    }

    /** Answers the C name of a positive error number, such as {@code ECONNRESET}; {@code EUNKNOWN} for any other. */
    public static String name(int errno) {
        return isKnown(errno) ? NAMES[errno] : "EUNKNOWN";
    }

    /** Answers name and number for an error message, such as {@code ECONNRESET(104)}. */
    public static String describe(int errno) {
        return name(errno) + '(' + errno + ')';
    }

    /** Answers what the error means, in a few lower-case words. */
    public static String reason(int errno) {
        return isKnown(errno) ? REASONS[errno] : "an error that Linux does not define";
    }

    private static boolean isKnown(int errno) {
        return errno > 0 && errno < LIMIT && NAMES[errno] != null;
    }

    private static void define(int errno, String name, String reason) {
        assert NAMES[errno] == null : "errno=" + errno + " name=" + name + " is defined twice";
        NAMES[errno] = name;
        REASONS[errno] = reason;
    }
}
