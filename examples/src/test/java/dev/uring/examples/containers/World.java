package dev.uring.examples.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ulimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What a container may be denied, and which driver runs there. The label is the world's name in the table of results. */
enum World {
    /** The default of Docker 25, containerd 2 and Podman. */
    EPERM("container: io_uring denied (EPERM)", "epoll",
            "a seccomp filter or security module forbids io_uring (EPERM)", "a seccomp profile that allows io_uring_setup") {
        @Override
        String profile() {
            return dockerDefault();
        }
    },
    /** As gVisor, old kernels and old versions of libseccomp answer. */
    ENOSYS("container: io_uring denied (ENOSYS)", "epoll",
            "the kernel has no io_uring (ENOSYS)", "run on Linux 5.10 or later") {
        @Override
        String profile() {
            return read(resource("seccomp/io_uring-enosys.json"));
        }
    },
    /** With the profile that the project ships. */
    ALLOWED("container: io_uring allowed", "io_uring", "", "") {
        @Override
        String profile() {
            return read(SHIPPED);
        }
    },
    /** As tight as a cluster makes it, with that profile: only {@code /tmp} can be written to. */
    CONFINED("container: non-root, read-only, memlock 64 KiB, nofile 256, 1 CPU, 256 MiB", "io_uring", "", "") {
        @Override
        String profile() {
            return read(SHIPPED);
        }

        @Override
        void confine(CreateContainerCmd command, HostConfig host) {
            command.withUser("12345:12345");
            host.withReadonlyRootfs(true)
                    .withUlimits(List.of(new Ulimit("memlock", MEMLOCK_BYTES, MEMLOCK_BYTES),
                            new Ulimit("nofile", DESCRIPTORS, DESCRIPTORS)))
                    .withNanoCPUs(ONE_CPU_NANOS)
                    .withMemory(MEMORY_BYTES)
                    .withMemorySwap(MEMORY_BYTES)
                    .withCapDrop(Capability.ALL);
            host.withSecurityOpts(List.of(host.getSecurityOpts().getFirst(), "no-new-privileges"));
        }
    };

    private static final Path SHIPPED = Path.of("../docs/seccomp-io_uring.json");
    private static final long MEMLOCK_BYTES = 64L << 10;
    private static final long DESCRIPTORS = 256;
    private static final long ONE_CPU_NANOS = 1_000_000_000;
    private static final long MEMORY_BYTES = 256L << 20;

    private final String label;
    private final String driver;
    private final String reason;
    private final String remedy;

    World(String label, String driver, String reason, String remedy) {
        this.label = label;
        this.driver = driver;
        this.reason = reason;
        this.remedy = remedy;
    }

    String label() {
        return label;
    }

    /** Answers the driver that runs there. */
    String driver() {
        return driver;
    }

    /** Answers words that say why io_uring is refused; empty where it is not. */
    String reason() {
        return reason;
    }

    /** Answers words of what is to be done about it. */
    String remedy() {
        return remedy;
    }

    /** Answers the seccomp profile's text, which is what an engine is sent. */
    abstract String profile();

    /** Takes away what this world has not, besides the system calls. */
    void confine(CreateContainerCmd command, HostConfig host) {
        // Nothing.
    }

    /** The shipped profile less what it adds to Docker's own. */
    private static String dockerDefault() {
        String added = "\\{\\s*\"names\": \\[\\s*(\"io_uring_\\w+\",?\\s*){3}\\],[^}]*\\},\\s*";
        String less = read(SHIPPED).replaceFirst(added, "");
        assertThat(less).as("Docker's default profile").contains("\"openat\"").doesNotContain("io_uring");
        return less;
    }

    private static Path resource(String name) {
        return Path.of(Objects.requireNonNull(World.class.getClassLoader().getResource(name), name).getPath());
    }

    private static String read(Path profile) {
        try {
            return Files.readString(profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
