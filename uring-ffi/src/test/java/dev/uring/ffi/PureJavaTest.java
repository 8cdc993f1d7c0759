package dev.uring.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Constants, error numbers and struct views need no native access, because every driver on every host uses them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PureJavaTest {
    @Test
    void constants_and_views_load_without_native_access() throws Exception {
        assertThat(probe("amd64")).isEqualTo("X86_64 native=true DIRECT=40000 epoll_event=12 errno=EBADF(9) port=80");
    }

    @Test
    void the_architecture_is_read_from_its_property() throws Exception {
        assertThat(probe("aarch64"))
                .isEqualTo("AARCH64 native=true DIRECT=200000 epoll_event=16 errno=EBADF(9) port=80");
        assertThat(probe("riscv64"))
                .isEqualTo("X86_64 native=false DIRECT=40000 epoll_event=12 errno=EBADF(9) port=80");
    }

    private static String probe(String architecture) throws Exception {
        Process process = new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny", "-Dos.arch=" + architecture,
                "-cp", System.getProperty("java.class.path"), Probe.class.getName())
                .redirectErrorStream(true).start();
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
}
