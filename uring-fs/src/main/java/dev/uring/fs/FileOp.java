package dev.uring.fs;

import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import java.io.IOException;

/** An operation on an open file that moves no buffer and answers nothing. */
public abstract class FileOp extends Op<Void> {
    private final Descriptor file;

    FileOp(Descriptor file) {
        this.file = file;
    }

    final int fd() {
        return file.fd();
    }

    @Override
    protected final Descriptor descriptor() {
        return file;
    }

    @Override
    protected final Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    protected final IOException failure(int errno) {
        return FileErrors.of(file, operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + file.fd();
    }
}
