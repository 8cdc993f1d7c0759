package dev.uring.examples;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Turns the target of a request into the path of a file below the root (RFC 3986, 5.2.4 and 2.1). */
final class HttpPath {
    private static final int HEX = 16;

    private HttpPath() {
    }

    /**
     * Answers the path: without a slash at its beginning, without "." and "..", with a slash at its end where a directory is
     * meant; empty for the root.
     *
     * @throws HttpException for a path that leads out of the root, and for one that no file can have
     */
    static String of(String target) throws HttpException {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        Deque<String> names = new ArrayDeque<>();
        boolean isDirectory = true;
        for (String each : path.split("/", -1)) {
            String name = decode(each);
            isDirectory = name.isEmpty() || name.equals(".") || name.equals("..");
            if (name.equals("..")) {
                if (names.pollLast() == null) {
                    throw HttpException.badRequest("path leads out of the root");
                }
            } else if (!isDirectory) {
                names.addLast(name);
            }
        }
        String joined = String.join("/", names);
        return isDirectory && !names.isEmpty() ? joined + "/" : joined;
    }

    private static String decode(String name) throws HttpException {
        if (name.indexOf('%') < 0) {
            return name;
        }
        var bytes = new ByteArrayOutputStream(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%') {
                c = (char) (digit(name, i + 1) * HEX + digit(name, i + 2));
                i += 2;
                if (c == 0 || c == '/') {
                    throw HttpException.badRequest("encoded byte that no name has");
                }
            }
            bytes.write(c);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw HttpException.badRequest("encoded bytes are not UTF-8");
        }
    }

    private static int digit(String name, int index) throws HttpException {
        int digit = index < name.length() ? Character.digit(name.charAt(index), HEX) : -1;
        if (digit < 0) {
            throw HttpException.badRequest("% without two digits");
        }
        return digit;
    }
}
