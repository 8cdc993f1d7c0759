package dev.uring.bench;

import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;

/** A crew of tasks on a runtime of {@link OneWorker}, whose system calls it counts. */
abstract class TaskCrew extends Crew {
    final UringRuntime runtime = OneWorker.start();

    TaskCrew() throws IOException {
    }

    @Override
    final Ending begin(Member member) {
        JoinHandle<Void> task = runtime.handle().spawn(() -> {
            loop(member);
            return null;
        });
        return task::await;
    }

    @Override
    public final long calls() {
        return runtime.metrics().enters();
    }

    @Override
    public final void stop() throws Exception {
        super.stop();
        runtime.close();
    }
}
