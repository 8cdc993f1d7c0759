package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Set;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import org.junit.jupiter.api.Test;

/** What management tools see of a runtime. */
class RuntimeBeanTest extends RuntimeTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private UringRuntime shown(UringRuntime.Builder builder) throws Exception {
        System.setProperty("uring.mbean", "true");
        try {
            return builder.build();
        } finally {
            System.clearProperty("uring.mbean");
        }
    }

    private static ObjectName name(UringRuntime runtime) throws Exception {
        return new ObjectName("dev.uring:type=Runtime,name=" + runtime.name());
    }

    @Test
    void attributes_are_the_metrics() throws Exception {
        try (UringRuntime shown = shown(builder().multiThread(2)); Pipe pipe = Pipe.open(shown)) {
            Op<BufResult> read = shown.handle().run(() -> pipe.read(IoBuffer.allocate(8)).submit());
            eventually("in flight", () -> shown.metrics().inFlight() == 1);
            ObjectName name = name(shown);
            assertThat(server.getAttribute(name, "inFlight")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "descriptors")).isEqualTo(2);
            assertThat((long) server.getAttribute(name, "enters")).isPositive();
            var workers = (CompositeData[]) server.getAttribute(name, "workers");
            assertThat(workers).hasSize(2);
            assertThat(Arrays.stream(workers).mapToInt(each -> (int) each.get("inFlight")).sum()).isEqualTo(1);
            assertThat(((CompositeData) workers[0].get("driver")).get("overflows")).isEqualTo(0L);
            assertThat(((CompositeData) server.getAttribute(name, "jobPool")).get("threads")).isEqualTo(0);
            assertThat(server.invoke(name, "dump", null, null)).asString().contains("read fd=").contains(shown.name());
            read.abandon();
        }
    }

    @Test
    void every_attribute_has_the_type_that_it_says() throws Exception {
        try (UringRuntime shown = shown(builder())) {
            var infos = server.getMBeanInfo(name(shown)).getAttributes();
            String[] names = Arrays.stream(infos).map(MBeanFeatureInfo::getName).toArray(String[]::new);
            assertThat(names).contains("workers", "tasks", "injected", "descriptors", "blockingPool", "jobPool", "turns",
                    "polls", "parks", "wakeUps", "wakeUpsMade", "steals", "stolen", "stalls", "batchMax", "inFlight",
                    "waiting", "ready", "buffersLent", "enters", "submissions", "completions", "overflows");
            var values = server.getAttributes(name(shown), names).asList();
            assertThat(values).extracting(Attribute::getName).containsExactly(names);
            for (int i = 0; i < infos.length; i++) {
                assertThat(((OpenMBeanAttributeInfo) infos[i]).isValue(values.get(i).getValue())).as(names[i]).isTrue();
            }
            assertThatThrownBy(() -> server.getAttribute(name(shown), "toString"))
                    .isInstanceOf(AttributeNotFoundException.class);
            assertThatThrownBy(() -> server.invoke(name(shown), "close", null, null))
                    .isInstanceOf(ReflectionException.class);
        }
    }

    @Test
    void nothing_is_registered_unless_asked_for() throws Exception {
        assertThat(server.isRegistered(name(runtime))).isFalse();
    }

    @Test
    void a_closed_runtime_is_not_shown_and_not_kept() throws Exception {
        Set<ObjectName> before = server.queryNames(new ObjectName("dev.uring:*"), null);
        WeakReference<UringRuntime> gone = openedAndClosed();
        assertThat(server.queryNames(new ObjectName("dev.uring:*"), null)).isEqualTo(before);
        eventually("collected", () -> {
            System.gc();
            return gone.get() == null;
        });
    }

    private WeakReference<UringRuntime> openedAndClosed() throws Exception {
        UringRuntime shown = shown(builder());
        assertThat(server.isRegistered(name(shown))).isTrue();
        shown.close();
        return new WeakReference<>(shown);
    }

    @Test
    void a_runtime_that_nobody_closes_is_not_kept_by_its_bean() throws Exception {
        ObjectName[] name = new ObjectName[1];
        WeakReference<UringRuntime> gone = openedAndDropped(name);
        try {
            eventually("collected", () -> {
                System.gc();
                return gone.get() == null;
            });
            assertThatThrownBy(() -> server.getAttribute(name[0], "turns")).isInstanceOf(AttributeNotFoundException.class);
        } finally {
            server.unregisterMBean(name[0]);
        }
    }

    /** Of the flavour that has no threads, which would keep it; without a driver there is nothing to close. */
    private WeakReference<UringRuntime> openedAndDropped(ObjectName[] name) throws Exception {
        UringRuntime dropped = shown(UringRuntime.builder().enableTime().currentThread().carriers(carriers));
        name[0] = name(dropped);
        assertThat(server.getAttribute(name[0], "turns")).isEqualTo(0L);
        return new WeakReference<>(dropped);
    }
}
