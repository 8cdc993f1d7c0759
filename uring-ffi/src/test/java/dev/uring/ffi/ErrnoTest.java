package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void an_error_is_described_by_name_and_number() {
        assertThat(Errno.describe(Errno.ECONNRESET)).isEqualTo("ECONNRESET(104)");
        assertThat(Errno.name(Errno.EWOULDBLOCK)).isEqualTo("EAGAIN");
        assertThat(Errno.reason(Errno.ECONNRESET)).isEqualTo("the peer reset the connection");
    }

    @Test
    void every_known_number_has_a_reason_of_its_own() {
        Set<String> reasons = new HashSet<>();
        int known = 0;
        for (int errno = 1; errno <= Errno.EHWPOISON; errno++) {
            if (!Errno.name(errno).equals("EUNKNOWN")) {
                known++;
                assertThat(Errno.reason(errno)).matches("[a-z0-9].*[^.]");
                reasons.add(Errno.reason(errno));
            }
        }
        assertThat(known).isEqualTo(131); // 1 to 133 without 41 and 58
        assertThat(reasons).hasSize(known);
    }

    @Test
    void any_other_number_is_unknown_and_does_not_fail() {
        for (int errno : new int[] {Integer.MIN_VALUE, -1, 0, 41, 58, 134, 512, Integer.MAX_VALUE}) {
            assertThat(Errno.describe(errno)).isEqualTo("EUNKNOWN(" + errno + ")");
            assertThat(Errno.reason(errno)).isEqualTo("an error that Linux does not define");
        }
    }
}
