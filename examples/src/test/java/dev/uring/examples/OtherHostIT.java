package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that is not Linux, as far as Linux can play it: Java is told another name, and may call nothing in the C library.
 * Then nio is all there is, and nothing of uring-ffi that calls is so much as initialised.
 */
class OtherHostIT {
    /** The tests whose descriptors come from the driver; those of sockets take theirs from the set-up. */
    private static final String ON_NIO = "dev\\.uring\\.fallback\\.NioContractTest"
            + "|dev\\.uring\\.fs\\.(?!Batch|Killed).*Test"
            + "|dev\\.uring\\.runtime\\.(Blocking|Builder|ByteSearch|Context|CurrentThread|Interval|JoinHandle|JoinSet|LocalSet"
            + "|Notify|OperationTable|RunQueue|Stall|Time|Timeout|Timers)Test"
            + "|dev\\.uring\\.net\\..*Test";
    private static final String SOME_ON_NIO = "dev\\.uring\\.fallback\\.NioContractTest"
            + "|dev\\.uring\\.fs\\.(AsyncFile|AsyncDirectory|FileCopy|Prefetch)Test"
            + "|dev\\.uring\\.runtime\\.(Builder|Context|CurrentThread|LocalSet|Notify|Timers)Test"
            + "|dev\\.uring\\.net\\.(Tcp|Udp|Unix|Streams|Receive)Test";
    private static final String FEW_ON_NIO = "dev\\.uring\\.(fs\\.FileCopy|runtime\\.Context|net\\.Duplex)Test";

    private static final String NATIVE = "Initializing 'dev/uring/ffi/(Linkage|Libc|LibcFile|LibcProcess|LibcSocket|Syscalls"
            + "|Epoll|EventCounter|Ring|Registry|BufferRing)'.*";

    @TempDir
    private Path directory;

    private PlayedWorld.Outcome play(String world, String system, String classes) throws Exception {
        Path initialised = directory.resolve("initialised");
        PlayedWorld.Outcome outcome = new PlayedWorld(world, List.of(), List.of("-Dos.name=" + system,
                "-During.test.setup=nio", "-Xlog:class+init=info:file=" + initialised)).run(directory, classes);
        outcome.assertPassed();
        assertThat(outcome.output()).contains("driver: nio (java.nio on " + system + "), [io_uring refused: "
                + "io_uring is a part of Linux, this is " + system + "; remedy: run on Linux 5.10 or later, epoll refused: "
                + "epoll is a part of Linux, this is " + system + "; remedy: use the driver nio]")
                .contains("strict mode is off: views of buffers cannot be leased without native access; add "
                        + "--enable-native-access=");
        try (Stream<String> lines = Files.lines(initialised)) {
            List<String> ours = lines.filter(line -> line.contains(" Initializing 'dev/uring/ffi/"))
                    .map(line -> line.substring(line.indexOf("Initializing"))).toList();
            assertThat(ours).as("what needs no native access").anyMatch(line -> line.contains("'dev/uring/ffi/CString'"));
            assertThat(ours).as("what does").noneMatch(line -> line.matches(NATIVE));
        }
        return outcome;
    }

    @Test
    void tests_pass_on_java_nio_alone_and_no_native_call_is_linked() throws Exception {
        play("macOS (played)", "Mac OS X", PlayedWorld.FULL ? ON_NIO : SOME_ON_NIO);
    }

    @Test
    void the_name_of_the_other_host_is_told_whatever_it_is() throws Exception {
        play("Windows (played)", "Windows 11", PlayedWorld.FULL ? ON_NIO : FEW_ON_NIO);
    }

    @Test
    void probe_says_what_runs_there_why_and_what_to_do() throws Exception {
        JarRun.Outcome outcome = JarRun.start(directory, JarRun.NO_INPUT, List.of(
                JarRun.JDK.resolve("bin/java").toString(), "-Dos.name=Mac OS X", "-Dos.version=15.1",
                "--illegal-native-access=deny", "-cp", JarRun.JAR.toString(), "dev.uring.examples.Launcher", "probe"));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        String[] said = outcome.out().lines().map(line -> line.strip().replaceAll(" +", " ")).toArray(String[]::new);
        assertThat(said).contains("driver nio",
                "io_uring refused: io_uring is a part of Linux, this is Mac OS X", "remedy: run on Linux 5.10 or later",
                "epoll refused: epoll is a part of Linux, this is Mac OS X", "remedy: use the driver nio",
                "nio available: java.nio on Mac OS X");
    }
}
