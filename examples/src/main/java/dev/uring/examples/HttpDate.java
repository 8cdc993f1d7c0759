package dev.uring.examples;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/** Times as header fields have them (RFC 9110, section 5.6.7): in whole seconds of UTC. */
final class HttpDate {
    private static final DateTimeFormatter PREFERRED =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final int CENTURY_BACK = 50;
    private static final List<DateTimeFormatter> UNDERSTOOD = List.of(PREFERRED,
            new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, LocalDate.now(ZoneOffset.UTC).minusYears(CENTURY_BACK))
                    .appendPattern(" HH:mm:ss 'GMT'").toFormatter(Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH));

    private HttpDate() {
    }

    static String format(long epochSecond) {
        return PREFERRED.format(LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC));
    }

    /** Answers the time in seconds, or null for what is none: such a condition is ignored. */
    static Long parse(String text) {
        for (DateTimeFormatter each : UNDERSTOOD) {
            try {
                return LocalDateTime.parse(text, each).toEpochSecond(ZoneOffset.UTC);
            } catch (DateTimeException e) {
                // Another form, then.
            }
        }
        return null;
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }
}
