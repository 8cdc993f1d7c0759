package dev.uring.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Constants, error numbers and struct views need no native access, because every driver on every host uses them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PureJavaTest {
    @Test
    void constants_and_views_load_without_native_access() throws Exception {
        assertThat(run("amd64", Probe.class))
                .isEqualTo("X86_64 native=true DIRECT=40000 epoll_event=12 errno=EBADF(9) port=80");
    }

    @Test
    void the_architecture_is_read_from_its_property() throws Exception {
        assertThat(run("aarch64", Probe.class))
                .isEqualTo("AARCH64 native=true DIRECT=200000 epoll_event=16 errno=EBADF(9) port=80");
        assertThat(run("riscv64", Probe.class))
                .isEqualTo("X86_64 native=false DIRECT=40000 epoll_event=12 errno=EBADF(9) port=80");
    }

    @Test
    void a_ring_is_refused_again_and_again_with_the_flag_that_grants_native_access() throws Exception {
        String refusal = "errno=0 Java denies native access to what is on the class path; "
                + "start java with --enable-native-access=ALL-UNNAMED";
        assertThat(run(System.getProperty("os.arch"), RingProbe.class)).isEqualTo(refusal + "\n" + refusal);
    }

    @Test
    void a_ring_is_refused_where_the_numbers_of_system_calls_are_unknown() throws Exception {
        assertThat(run("riscv64", RingProbe.class)).startsWith("errno=0 the numbers of system calls are known for "
                + "Linux on x86-64 and aarch64, this is Linux on riscv64; run on ");
    }

    /** Libraries of C elsewhere have a function of the name, too, and other numbers. */
    @Test
    void a_ring_is_refused_by_other_systems_before_any_call_is_linked() throws Exception {
        String output = run("aarch64", RingProbe.class, "-Dos.name=Mac OS X", "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+init=info");
        assertThat(output).contains("errno=0 the numbers of system calls are known for Linux on x86-64 and aarch64, this is "
                + "Mac OS X on aarch64; run on ", "Initializing 'dev/uring/ffi/Refusal'").doesNotContain("ffi/Linkage", "ffi.Linkage");
    }

    private static String run(String architecture, Class<?> main, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny", "-Dos.arch=" + architecture));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        process.waitFor();
        return output;
    }

    /** Runs in a VM without native access, which would throw at the first restricted call. */
    static final class Probe {
        private Probe() {
        }

        public static void main(String[] arguments) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment storage = arena.allocate(SocketAddressCodec.SIZE, 8);
                int length = SocketAddressCodec.encode(storage, new InetSocketAddress("127.0.0.1", 80));
                Timespec.set(arena.allocate(Timespec.SIZE, 8), 1);
                EpollEvent.set(arena.allocate(EpollEvent.SIZE, 8), 0, EpollFlag.READABLE, 1);
                IoVector.set(arena.allocate(IoVector.SIZE, 8), 0, CString.encode(arena, "path"));
                System.out.println(Architecture.HOST + " native=" + Architecture.isNative()
                        + " DIRECT=" + Integer.toOctalString(OpenFlag.DIRECT)
                        + " epoll_event=" + EpollEvent.SIZE
                        + " errno=" + Errno.describe(Errno.EBADF)
                        + " port=" + ((InetSocketAddress) SocketAddressCodec.decode(storage, length)).getPort());
            }
        }
    }

    /** Asks twice: a class that failed to load fails differently the second time. */
    static final class RingProbe {
        private RingProbe() {
        }

        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                System.out.println(switch (Capabilities.probe()) {
                    case Capabilities.Answer.Available(Capabilities found) -> found.toString();
                    case Capabilities.Answer.Unavailable(Refusal refusal) ->
                            "errno=" + refusal.errno() + " " + refusal.reason() + "; " + refusal.remedy();
                });
            }
        }
    }
}
