package dev.uring.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The checked-in output of abi.c: what the C compiler says about the newest io_uring header. */
final class AbiTable {
    record Place(int offset, int size) {
    }

    final String text;
    final Map<String, Long> constants = new LinkedHashMap<>();
    final Map<String, Integer> sizes = new LinkedHashMap<>();
    /** By {@code struct.field}. */
    final Map<String, Place> fields = new LinkedHashMap<>();

    private AbiTable(String text) {
        this.text = text;
        for (String line : text.split("\n")) {
            String[] words = line.split(" ");
            Object before = switch (words[0]) {
                case "const" -> constants.put(words[1], Long.parseLong(words[2]));
                case "size" -> sizes.put(words[1], Integer.parseInt(words[2]));
                case "field" -> fields.put(words[1],
                        new Place(Integer.parseInt(words[2]), Integer.parseInt(words[3])));
                default -> throw new IllegalArgumentException("no such kind of row: line=" + line);
            };
            if (before != null) {
                throw new IllegalArgumentException("row is there twice: line=" + line);
            }
        }
    }

    static AbiTable load() {
        try (InputStream in = AbiTable.class.getResourceAsStream("/abi/io_uring.txt")) {
            return new AbiTable(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
