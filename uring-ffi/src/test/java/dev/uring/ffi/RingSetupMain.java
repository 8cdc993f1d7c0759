package dev.uring.ffi;

import java.util.List;

/** Creates rings with one set of flags after the other, for {@link RingTest} to watch from outside. */
final class RingSetupMain {
    static final List<RingOptions> OPTIONS = List.of(
            RingOptions.of(8).withPreferred(0),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.SUBMIT_ALL),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.SINGLE_ISSUER),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.SINGLE_ISSUER | SetupFlag.DEFER_TASKRUN),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.NO_SQARRAY),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.R_DISABLED),
            RingOptions.of(8).withPreferred(0).withCompletionEntries(64),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.CLAMP),
            RingOptions.of(8).withPreferred(0).withRequired(SetupFlag.IOPOLL),
            RingOptions.of(8).withPreferred(0).withPollThread(-1, 100),
            RingOptions.of(8).withPreferred(0).withPollThread(0, 100),
            RingOptions.of(8).withPreferred(RingOptions.SHARED),
            RingOptions.of(8));

    private RingSetupMain() {
    }

    public static void main(String[] arguments) throws SystemCallException {
        for (RingOptions options : OPTIONS) {
            Ring.create(options).close();
        }
    }
}
