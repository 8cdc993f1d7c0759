package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** The runtime of the file benchmarks: one worker, which carries its tasks. */
final class OneWorker {
    private OneWorker() {
    }

    static UringRuntime start() throws IOException {
        UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().carriers(Carriers.ON).build();
        System.out.println(runtime + " " + runtime.driver());
        return runtime;
    }

    static AsyncFile open(UringRuntime runtime, Path file, OpenOption... options) throws Exception {
        return runtime.blockOn(() -> AsyncFile.open(file, options).await());
    }
}
