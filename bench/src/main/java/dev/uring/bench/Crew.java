package dev.uring.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tasks or threads that all do the same work, until they are told to stop. */
abstract class Crew implements Load {
    /** Complete before the first of them begins. */
    private final List<Member> members = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();
    private volatile boolean stopped;

    /** Waits for a member that has been told to stop. */
    interface Ending {
        void await() throws Exception;
    }

    /** One task or thread. */
    final class Member {
        private final int number;
        private final Count count = new Count();

        private Member(int number) {
            this.number = number;
        }

        /** Answers which one it is, from 0. */
        int number() {
            return number;
        }

        boolean goesOn() {
            return !stopped;
        }

        /** By the member itself. */
        void countOne() {
            count.increment();
        }
    }

    /** Starts so many members; the last step of a constructor, since they may begin before this returns. */
    final void start(int size) {
        for (int number = 0; number < size; number++) {
            members.add(new Member(number));
        }
        for (Member member : members) {
            endings.add(begin(member));
        }
    }

    /** Makes a task or thread that runs {@link #loop}. */
    abstract Ending begin(Member member);

    /** Does something again and again, and counts it each time, while {@link Member#goesOn}. */
    abstract void loop(Member member) throws IOException;

    @Override
    public final long done() {
        return members.stream().mapToLong(member -> member.count.get()).sum();
    }

    @Override
    public void stop() throws Exception {
        stopped = true;
        for (Ending ending : endings) {
            ending.await();
        }
        close();
    }

    /** Closes what the members needed, all of which have ended. */
    abstract void close() throws IOException;
}
