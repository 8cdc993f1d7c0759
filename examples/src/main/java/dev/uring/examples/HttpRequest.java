package dev.uring.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The head of a request, whose framing is settled: how many bytes of body follow is the same for everyone who reads it.
 *
 * @param method as it came: methods are case-sensitive
 * @param target the path and query, or {@code *}
 * @param isHttp11 whether the version is 1.1 or a later 1.x; else it is 1.0
 * @param fields in the order they came
 * @param bodyBytes how long the body is; {@link #CHUNKED} where its chunks tell
 */
record HttpRequest(String method, String target, boolean isHttp11, List<HttpField> fields, long bodyBytes) {
    static final long CHUNKED = -1;

    /** Answers the value of a field, or null; several lines of one name are one list. */
    String field(String name) {
        String value = null;
        for (HttpField field : fields) {
            if (field.name().equals(name)) {
                value = value == null ? field.value() : value + ", " + field.value();
            }
        }
        return value;
    }

    /** Answers the elements of a field that is a list, in lower case; empty ones do not count (RFC 9110, 5.6.1). */
    List<String> elements(String name) {
        return elements(fields, name);
    }

    static List<String> elements(List<HttpField> fields, String name) {
        List<String> elements = new ArrayList<>(1);
        for (HttpField field : fields) {
            if (field.name().equals(name)) {
                for (String element : field.value().split(",", -1)) {
                    if (!element.isBlank()) {
                        elements.add(element.strip().toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        return elements;
    }

    boolean hasBody() {
        return bodyBytes != 0;
    }

    /** Answers whether the client wants to go on with the connection. */
    boolean keepsAlive() {
        List<String> options = elements("connection");
        return !options.contains("close") && (isHttp11 || options.contains("keep-alive"));
    }
}
