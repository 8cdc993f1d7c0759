package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on how the JVM was started: masked opcodes and flags, and the flag of carrier mode. */
@Tag("io_uring") // says itself what its virtual machines run on, so once is enough
class ForkedTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String ADD_OPENS = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    private static final boolean FULL = Boolean.getBoolean("uring.test.full");

    private static Forked.Outcome run(List<String> options, String... arguments) throws Exception {
        return Forked.run(options, ForkedMain.class, arguments);
    }

    @Test
    void carriers_may_first_be_looked_for_on_a_virtual_thread() throws Exception {
        Forked.Outcome outcome = run(List.of(NATIVE_ACCESS, ADD_OPENS), "virtual");
        assertThat(outcome.output()).isEqualTo("refusal=null\nOK\n");
        assertThat(outcome.status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "READ,WRITE,CLOSE,NOP,POLL_ADD", "TIMED_WAIT,RING_DESCRIPTOR,WORKER_LIMITS,NO_IOWAIT",
            "SINGLE_ISSUER,DEFER_TASKRUN,COOP_TASKRUN,TASKRUN_FLAG,NO_SQARRAY,SUBMIT_ALL"})
    void operations_mean_the_same_whatever_the_kernel_lacks(String mask) throws Exception {
        List<String> both = List.of("on", "off");
        for (String carriers : FULL ? both : both.subList(mask.length() % 2, mask.length() % 2 + 1)) {
            Forked.Outcome outcome = run(List.of(NATIVE_ACCESS, ADD_OPENS, "-During.mask=" + mask,
                    "-During.carriers=" + carriers, "-During.strict=true"), "operations");
            assertThat(outcome.output()).as("carriers=%s", carriers).endsWith("OK\n");
            assertThat(outcome.status()).isZero();
            if (!mask.isEmpty()) {
                assertThat(outcome.output()).contains("masked " + mask);
            }
        }
    }

    @Test
    void a_mask_that_names_nothing_is_refused_in_words() throws Exception {
        Forked.Outcome outcome = run(List.of(NATIVE_ACCESS, "-During.mask=READ,NO_SUCH_THING"), "driver");
        assertThat(outcome.output()).contains("NO_SUCH_THING");
        assertThat(outcome.status()).isOne();
    }

    @Test
    void a_driver_that_is_not_there_is_an_error_with_its_name() throws Exception {
        Forked.Outcome outcome = run(List.of(NATIVE_ACCESS, "-During.driver=nonsense"), "driver");
        assertThat(outcome.output()).contains("uring.driver=nonsense");
        assertThat(outcome.status()).isOne();
    }

    @Test
    void without_the_flag_tasks_run_on_the_jdks_scheduler_and_the_log_tells_the_flag() throws Exception {
        Forked.Outcome auto = run(List.of(NATIVE_ACCESS), "carriers", "AUTO");
        assertThat(auto.output()).contains("carried=false").contains("bytes=3")
                .contains("--add-opens java.base/java.lang=ALL-UNNAMED").endsWith("OK\n");
        Forked.Outcome with = run(List.of(NATIVE_ACCESS, ADD_OPENS), "carriers", "AUTO");
        assertThat(with.output()).contains("carried=true").contains("bytes=3").doesNotContain("add-opens");
        Forked.Outcome on = run(List.of(NATIVE_ACCESS), "carriers", "ON");
        assertThat(on.status()).isOne();
        assertThat(on.output()).contains("IllegalStateException: workers cannot carry tasks")
                .contains("--add-opens java.base/java.lang=ALL-UNNAMED");
        Forked.Outcome off = run(List.of(NATIVE_ACCESS, ADD_OPENS), "carriers", "OFF");
        assertThat(off.output()).contains("carried=false").contains("bytes=3").doesNotContain("add-opens");
    }

    @Test
    void properties_choose_the_mode_or_are_refused() throws Exception {
        Forked.Outcome outcome = run(List.of(NATIVE_ACCESS, "-During.carriers=perhaps"), "driver");
        assertThat(outcome.output()).contains("uring.carriers=perhaps");
        assertThat(outcome.status()).isOne();
    }
}
