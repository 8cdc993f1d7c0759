package dev.uring.examples.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/** A container with a JDK, in one of the worlds; ends with the test. */
final class Box extends GenericContainer<Box> {
    static final String IMAGE = System.getProperty("uring.test.image");
    /** Where {@code uring.jar} is. */
    static final String JAR = "/uring.jar";

    private final List<Bind> binds = new ArrayList<>();

    private Box(World world) {
        super(DockerImageName.parse(IMAGE));
        withNetworkMode("none"); // but for the loopback
        withReadOnly(Path.of(System.getProperty("uring.examples.jar")), JAR);
        withCreateContainerCmdModifier(command -> {
            HostConfig host = command.getHostConfig();
            host.withSecurityOpts(List.of("seccomp=" + world.profile())).withBinds(binds);
            world.confine(command, host);
        });
    }

    /** Makes one that is not started yet; skips the test where none can be. */
    static Box in(World world) {
        requireImage();
        return new Box(world);
    }

    /** Whether there is an engine does not change while the tests run, and Testcontainers asks once. */
    private static void requireImage() {
        try (Box box = new Box(World.ENOSYS)) {
            DockerClientFactory.instance().client();
            box.getDockerImageName(); // fetches it, if need be
        } catch (IllegalStateException e) {
            String refusal = System.getenv("URING_ENGINE_REFUSAL"); // says .ci/engine
            skip("no container engine answers: " + (refusal == null
                    ? "start one, or let .ci/engine start its own (docs/CONTAINERS.md)" : refusal));
        } catch (ContainerFetchException e) {
            skip("the engine has no image " + IMAGE + ", and could not fetch it: name another with"
                    + " -During.test.image=NAME, or make one with .ci/image: " + e.getMessage());
        }
    }

    /** Maven does not print the reason of a skip. */
    private static void skip(String reason) {
        System.out.println("skipped: " + reason);
        abort(reason);
    }

    /** Shows a file or directory of this host. */
    Box withReadOnly(Path path, String there) {
        binds.add(new Bind(path.toAbsolutePath().toString(), new Volume(there), AccessMode.ro));
        return this;
    }

    /** Shares a directory of this host, which whoever runs there may write to. */
    Box withShared(Path directory, String there) {
        binds.add(new Bind(directory.toAbsolutePath().toString(), new Volume(there), AccessMode.rw));
        return this;
    }

    /** Runs Java with the flags of every test, and some arguments of its own. */
    Box withJava(String... arguments) {
        List<String> line = new ArrayList<>(List.of("java"));
        line.addAll(List.of(System.getProperty("uring.test.jvm.args").split(" ")));
        line.addAll(Arrays.asList(arguments));
        return withCommand(line.toArray(String[]::new));
    }

    /** How a program ended, and what it wrote to both its outputs. */
    record Outcome(long status, String output) {
    }

    /** Runs the container to its end. */
    Outcome run(Duration limit) {
        withStartupCheckStrategy(new Ended().withTimeout(limit));
        start();
        return outcome();
    }

    private Outcome outcome() {
        InspectContainerResponse.ContainerState state = getCurrentContainerInfo().getState();
        assertThat(state.getOOMKilled()).as(() -> "killed for its memory: " + getLogs()).isFalse();
        return new Outcome(state.getExitCodeLong(), getLogs());
    }

    /** Asks the program to end, as an engine does that stops a container, and waits for it. */
    Outcome end() {
        getDockerClient().killContainerCmd(getContainerId()).withSignal("TERM").exec();
        boolean ended = new Ended().waitUntilStartupSuccessful(getDockerClient(), getContainerId());
        assertThat(ended).as(() -> "ends when asked to: " + getLogs()).isTrue();
        return outcome();
    }

    String out() {
        return getLogs(OutputType.STDOUT);
    }

    /** A container is started, for the one who waits, when it has ended; well or not is asked afterwards. */
    private static final class Ended extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String container) throws DockerException {
            boolean ended = "exited".equals(getCurrentState(client, container).getStatus());
            return ended ? StartupStatus.SUCCESSFUL : StartupStatus.NOT_YET_KNOWN;
        }
    }
}
