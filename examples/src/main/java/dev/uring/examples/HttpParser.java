package dev.uring.examples;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the heads of requests in a stream of bytes (RFC 9112), and refuses all that two readers could take differently:
 * line ends without CR, CR elsewhere, folded lines, blanks before a colon, two framings, two lengths.
 *
 * <p>The answer depends on the bytes alone, not on the pieces that they come in, and no byte is looked for twice. What it
 * holds is bounded by {@link #HEAD_BYTES_MAX}. For one connection; not for several threads.
 */
final class HttpParser {
    static final int HEAD_BYTES_MAX = 16 << 10;
    static final int TARGET_BYTES_MAX = 8000;
    static final int FIELDS_MAX = 100;
    private static final int METHOD_BYTES_MAX = 32;
    private static final int LINE_BYTES_MAX = METHOD_BYTES_MAX + TARGET_BYTES_MAX + "  HTTP/1.1\r\n".length();
    private static final int LENGTH_DIGITS_MAX = 18;
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final String HOST_MARKS = "-._~!$&'()*+,;=:%[]";

    /** How many bytes from the beginning on are looked through. */
    private int scanned;
    /** Where the line begins that is looked through, from the beginning on. */
    private int lineBegin;
    /** Where each line begins that has ended, the request line first, and where the last of them ends. */
    private final int[] lines = new int[FIELDS_MAX + 2];
    private int lineCount;
    private int headBytes;

    /**
     * Looks for a head that begins at {@code from}, where the last call left it off if that found none.
     *
     * @return the request, or null while its head has not come whole
     * @throws HttpException when what has come is no request that is served; nothing after it can be understood
     */
    HttpRequest parse(byte[] bytes, int from, int to) throws HttpException {
        int end = scan(bytes, from, to);
        if (end < 0) {
            return null;
        }
        headBytes = end - from;
        HttpRequest request = request(bytes, from);
        scanned = 0;
        lineBegin = 0;
        lineCount = 0;
        return request;
    }

    /** Answers the length of the head that was found last, with the empty lines around it. */
    int headBytes() {
        return headBytes;
    }

    /** Answers whether a head has begun that has not come whole. */
    boolean isInHead() {
        return scanned > lineBegin || lineCount > 0;
    }

    // ---- lines ----

    /** Answers the index behind the empty line that ends the head, or -1. */
    private int scan(byte[] bytes, int from, int to) throws HttpException {
        for (int i = from + scanned; i < to; i++) {
            byte b = bytes[i];
            if (b == '\n') {
                if (scanLine(bytes, from, i)) {
                    return i + 1;
                }
            } else {
                requireByte(b, i > from + lineBegin ? bytes[i - 1] : 0);
            }
            requireRoom(i + 1 - from);
            scanned = i + 1 - from;
        }
        return -1;
    }

    /** Takes the line that ends with the LF at {@code index}; answers whether it ends the head. */
    private boolean scanLine(byte[] bytes, int from, int index) throws HttpException {
        int begin = from + lineBegin;
        if (index == begin || bytes[index - 1] != '\r') {
            throw HttpException.badRequest("line ends without CR");
        }
        boolean isEmpty = index - 1 == begin;
        if (!isEmpty && lineCount == FIELDS_MAX + 1) {
            throw new HttpException(HttpStatus.FIELDS_TOO_LARGE, "more fields than " + FIELDS_MAX);
        }
        boolean isLast = isEmpty && lineCount > 0;
        if (!isEmpty) {
            lines[lineCount++] = lineBegin;
            lines[lineCount] = index + 1 - from;
        }
        lineBegin = index + 1 - from;
        return isLast;
    }

    /** Refuses bytes early, so that who speaks something else need not send a line end to hear of it. */
    private static void requireByte(byte b, byte before) throws HttpException {
        if (before == '\r') {
            throw HttpException.badRequest("CR without LF");
        }
        if (b >= 0 && b < ' ' && b != '\t' && b != '\r' || b == 0x7f) {
            throw HttpException.badRequest("control character in the head");
        }
    }

    private void requireRoom(int bytes) throws HttpException {
        if (lineCount == 0 && bytes - lineBegin > LINE_BYTES_MAX) {
            throw new HttpException(HttpStatus.URI_TOO_LONG, "request line is longer than " + LINE_BYTES_MAX);
        }
        if (bytes >= HEAD_BYTES_MAX) {
            throw new HttpException(HttpStatus.FIELDS_TOO_LARGE, "head is longer than " + HEAD_BYTES_MAX);
        }
    }

    // ---- what they say ----

    private HttpRequest request(byte[] bytes, int from) throws HttpException {
        String line = line(bytes, from, 0);
        int methodEnd = line.indexOf(' ');
        int targetEnd = line.indexOf(' ', methodEnd + 1);
        if (methodEnd < 1 || targetEnd < 0 || !isToken(line, methodEnd)) {
            throw HttpException.badRequest("request line is not METHOD TARGET VERSION");
        }
        boolean isHttp11 = isHttp11(line.substring(targetEnd + 1));
        String method = line.substring(0, methodEnd);
        if (methodEnd > METHOD_BYTES_MAX) {
            throw new HttpException(HttpStatus.NOT_IMPLEMENTED, "method is unknown");
        }
        String target = target(method, line.substring(methodEnd + 1, targetEnd));
        List<HttpField> fields = new ArrayList<>(lineCount - 1);
        for (int i = 1; i < lineCount; i++) {
            fields.add(field(line(bytes, from, i)));
        }
        requireHost(fields, isHttp11);
        return new HttpRequest(method, target, isHttp11, fields, bodyBytes(fields, isHttp11));
    }

    private String line(byte[] bytes, int from, int index) {
        int begin = from + lines[index];
        return new String(bytes, begin, from + lines[index + 1] - "\r\n".length() - begin, StandardCharsets.ISO_8859_1);
    }

    private static boolean isHttp11(String version) throws HttpException {
        if (version.length() != "HTTP/1.1".length() || !version.startsWith("HTTP/") || version.charAt(6) != '.'
                || !isDigit(version.charAt(5)) || !isDigit(version.charAt(7))) {
            throw HttpException.badRequest("version is not HTTP/N.N");
        }
        if (version.charAt(5) != '1') {
            throw new HttpException(HttpStatus.VERSION_NOT_SUPPORTED, "version is not 1.0 or 1.1");
        }
        return version.charAt(7) != '0';
    }

    /** Answers the path and query of any form of target (RFC 9112, 3.2). */
    private static String target(String method, String target) throws HttpException {
        if (target.length() > TARGET_BYTES_MAX) {
            throw new HttpException(HttpStatus.URI_TOO_LONG, "target is longer than " + TARGET_BYTES_MAX);
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c > '~' || c == '#') {
                throw HttpException.badRequest("character in the target that must be encoded");
            }
        }
        if (target.startsWith("/") || target.equals("*") && method.equals("OPTIONS") || method.equals("CONNECT")) {
            return target;
        }
        String scheme = target.toLowerCase(Locale.ROOT);
        int host = scheme.startsWith("http://") ? "http://".length() : scheme.startsWith("https://")
                ? "https://".length() : target.length();
        int path = host;
        while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
            path++;
        }
        if (path == host) {
            throw HttpException.badRequest("target is neither a path nor an address");
        }
        return target.startsWith("/", path) ? target.substring(path) : "/" + target.substring(path);
    }

    private static HttpField field(String line) throws HttpException {
        if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            throw HttpException.badRequest("folded field");
        }
        int colon = line.indexOf(':');
        if (colon < 1 || !isToken(line, colon)) {
            throw HttpException.badRequest("field is not NAME: VALUE");
        }
        return new HttpField(line.substring(0, colon).toLowerCase(Locale.ROOT), trim(line, colon + 1));
    }

    /** Only blanks and tabs are taken away: strip() would take more. */
    private static String trim(String line, int from) {
        int begin = from;
        int end = line.length();
        while (begin < end && isBlank(line.charAt(begin))) {
            begin++;
        }
        while (end > begin && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(begin, end);
    }

    private static void requireHost(List<HttpField> fields, boolean isHttp11) throws HttpException {
        int hosts = 0;
        for (HttpField field : fields) {
            if (field.name().equals("host")) {
                hosts++;
                for (int i = 0; i < field.value().length(); i++) {
                    char c = field.value().charAt(i);
                    if (!isLetterOrDigit(c) && HOST_MARKS.indexOf(c) < 0) {
                        throw HttpException.badRequest("host is none");
                    }
                }
            }
        }
        if (hosts > 1 || hosts == 0 && isHttp11) {
            throw HttpException.badRequest("number of host fields is not 1: " + hosts);
        }
    }

    /** Settles how long the body is (RFC 9112, 6.3), and refuses a message that says it twice. */
    private static long bodyBytes(List<HttpField> fields, boolean isHttp11) throws HttpException {
        long length = -1;
        boolean hasCoding = false;
        for (HttpField field : fields) {
            hasCoding |= field.name().equals("transfer-encoding");
            if (field.name().equals("content-length")) {
                for (String each : field.value().split(",", -1)) {
                    long said = contentLength(trim(each, 0));
                    if (length >= 0 && said != length) {
                        throw HttpException.badRequest("two lengths that differ");
                    }
                    length = said;
                }
            }
        }
        if (!hasCoding) {
            return Math.max(length, 0);
        }
        if (length >= 0 || !isHttp11) {
            throw HttpException.badRequest("transfer coding with a length, or in HTTP/1.0");
        }
        requireChunked(HttpRequest.elements(fields, "transfer-encoding"));
        return HttpRequest.CHUNKED;
    }

    private static long contentLength(String digits) throws HttpException {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> isDigit((char) c))) {
            throw HttpException.badRequest("length is no number");
        }
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        if (digits.length() - zeros > LENGTH_DIGITS_MAX) {
            throw new HttpException(HttpStatus.CONTENT_TOO_LARGE, "length is beyond all measure");
        }
        return Long.parseLong(digits);
    }

    private static void requireChunked(List<String> codings) throws HttpException {
        int chunked = codings.indexOf("chunked");
        if (chunked < 0 || chunked != codings.size() - 1) {
            throw HttpException.badRequest("the last transfer coding, and no other, must be chunked");
        }
        if (codings.size() > 1) {
            throw new HttpException(HttpStatus.NOT_IMPLEMENTED, "transfer coding is unknown");
        }
    }

    // ---- characters ----

    private static boolean isToken(String text, int end) {
        for (int i = 0; i < end; i++) {
            if (!isLetterOrDigit(text.charAt(i)) && TOKEN_MARKS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
