package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares constants and offsets in Java with what the C compiler says about the newest header. */
class AbiTest {
    private static final AbiTable TABLE = AbiTable.load();

    /** The beginnings that C names have and Java names lack; the first one that gives a name of the table counts. */
    private static final Map<Class<?>, List<String>> PREFIXES = prefixes();

    /** What the header mentions with our prefixes without its being a constant. */
    private static final Set<String> NOT_CONSTANTS = Set.of(
            // Families, named in comments with a star or a word after them.
            "IORING_", "IOSQE_", "IORING_OP_", "IORING_SETUP_", "IORING_ENTER_", "IORING_FEAT_",
            "IORING_RESTRICTION_SQE_FLAGS_", "IORING_ZCRX_AREA_", "IO_URING_OP_", "IO_URING_BPF_",
            "ZCRX_REG_", "ZCRX_CTRL_", "ZCRX_EVENT_", "ZCRX_FEATURE_",
            // Comments that shorten a name or use one that no longer is.
            "IORING_POLL_UPDATE", "IORING_POLL_LEVEL", "IORING_GETEVENTS",
            // Bit numbers, from which the header makes the flags.
            "IOSQE_FIXED_FILE_BIT", "IOSQE_IO_DRAIN_BIT", "IOSQE_IO_LINK_BIT", "IOSQE_IO_HARDLINK_BIT",
            "IOSQE_ASYNC_BIT", "IOSQE_BUFFER_SELECT_BIT", "IOSQE_CQE_SKIP_SUCCESS_BIT");

    /** The Linux whose header the table was made from. */
    private static final String TABLE_VERSION = "7.2";
    private static final Pattern IDENTIFIER = Pattern.compile(
            "\\b(?:IORING|IOSQE|IOU|IO_URING|IO_WQ|SOCKET_URING|ZCRX)_[A-Z0-9_]*");
    private static final Pattern DRAWN_FIELD = Pattern.compile("^ \\* +(\\d+) +(\\d*) +(\\w+) +\\S");

    private static Map<Class<?>, List<String>> prefixes() {
        Map<Class<?>, List<String>> prefixes = new LinkedHashMap<>();
        prefixes.put(Opcode.class, List.of("IORING_OP_"));
        prefixes.put(SetupFlag.class, List.of("IORING_SETUP_"));
        prefixes.put(EnterFlag.class, List.of("IORING_ENTER_"));
        prefixes.put(SqeFlag.class, List.of("IOSQE_"));
        prefixes.put(CqeFlag.class, List.of("IORING_CQE_F_", "IORING_CQE_", "IORING_"));
        prefixes.put(RingFlag.class, List.of("IORING_"));
        prefixes.put(Feature.class, List.of("IORING_FEAT_"));
        prefixes.put(RegisterOpcode.class, List.of("IORING_REGISTER_", "IORING_"));
        prefixes.put(RegisterFlag.class, List.of("IORING_REGISTER_", "IORING_", "IO_URING_", "IOU_", "IO_"));
        prefixes.put(RequestFlag.class, List.of("IORING_", ""));
        prefixes.put(SocketCommand.class, List.of("SOCKET_URING_OP_"));
        prefixes.put(BlockCommand.class, List.of("BLOCK_URING_CMD_"));
        prefixes.put(ZeroCopyReceive.class, List.of("IORING_ZCRX_", "ZCRX_"));
        prefixes.put(MockFile.class, List.of("IORING_MOCK_"));
        return prefixes;
    }

    static Stream<Class<?>> constantClasses() {
        return PREFIXES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("constantClasses")
    void constants_equal_the_header(Class<?> type) {
        Map<String, Long> java = new TreeMap<>();
        Map<String, Long> header = new TreeMap<>();
        for (Field field : constants(type)) {
            String name = cName(field);
            assertThat(name).as("name in C of %s.%s", type.getSimpleName(), field.getName()).isNotNull();
            long value = TABLE.constants.get(name);
            header.put(field.getName(), field.getType() == int.class ? signed(name, value) : value);
            java.put(field.getName(), Reflection.value(field).longValue());
        }
        assertThat(java).isNotEmpty().isEqualTo(header);
    }

    @Test
    void every_constant_of_the_header_has_one_in_java() {
        List<String> named = PREFIXES.keySet().stream().flatMap(type -> constants(type).stream())
                .map(AbiTest::cName).toList();
        assertThat(named).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(TABLE.constants.keySet());
    }

    @Test
    void every_opcode_knows_its_name_and_the_kernel_that_brought_it() {
        for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
            assertThat(TABLE.constants).containsEntry("IORING_OP_" + Opcode.name(opcode), (long) opcode);
            assertThat(Opcode.byName(Opcode.name(opcode))).isEqualTo(opcode);
            assertThat(Opcode.since(opcode)).matches("[567]\\.\\d+");
        }
        assertThat(Opcode.name(Opcode.COUNT)).isEqualTo("opcode 65");
        assertThat(Opcode.name(-1)).isEqualTo("opcode -1");
        assertThat(Opcode.byName("GETDENTS")).isEqualTo(-1);
        assertThat(Opcode.since(Opcode.COUNT)).isEqualTo("unknown");
    }

    @ParameterizedTest
    @MethodSource("dev.uring.ffi.Structs#all")
    void sizes_and_offsets_equal_the_header(Structs struct) {
        Map<String, Integer> header = new TreeMap<>();
        header.put("SIZE", TABLE.sizes.get(struct.struct()));
        struct.fields().forEach((constant, field) ->
                header.put(constant, TABLE.fields.get(struct.struct() + "." + field).offset()));
        assertThat(new TreeMap<>(struct.constants())).isEqualTo(header);
    }

    @ParameterizedTest
    @MethodSource("dev.uring.ffi.Structs#all")
    void drawings_equal_the_header(Structs struct) throws IOException {
        Path source = Path.of("src/main/java/dev/uring/ffi", struct.type().getSimpleName() + ".java");
        List<String> lines = Files.readAllLines(source);
        assertThat(lines).anyMatch(line -> line.startsWith(
                " * struct " + struct.struct() + ", " + TABLE.sizes.get(struct.struct()) + " bytes"));
        int end = 0;
        for (String line : lines) {
            Matcher drawn = DRAWN_FIELD.matcher(line);
            if (drawn.find()) {
                int offset = Integer.parseInt(drawn.group(1));
                int size = drawn.group(2).isEmpty() ? 0 : Integer.parseInt(drawn.group(2));
                AbiTable.Place place = TABLE.fields.get(struct.struct() + "." + drawn.group(3));
                // What C declares without a length has no size there, and fills the rest of the struct here.
                assertThat(new AbiTable.Place(offset, size)).as(line).isEqualTo(place);
                assertThat(offset).as("gap before: %s", line).isEqualTo(end);
                end = offset + size;
            }
        }
        assertThat(end).isEqualTo(TABLE.sizes.get(struct.struct()));
    }

    @Test
    void table_is_what_the_compiler_prints(@TempDir Path directory) throws Exception {
        Path include = headers();
        assumeTrue(runs("gcc", "--version"), "gcc is missing: apt-get install gcc");
        String machine = run("gcc", "-print-multiarch").strip();
        String program = directory.resolve("abi").toString();
        run("gcc", "-I", include.toString(), "-I", include.resolve(machine).toString(), "-o", program,
                "src/test/c/abi.c");
        assertThat(run(program)).isEqualTo(TABLE.text);
    }

    @Test
    void every_name_of_the_header_is_in_the_table() throws IOException {
        Path linux = headers().resolve("linux");
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> parts = Files.list(linux.resolve("io_uring"))) {
            for (Path header : Stream.concat(Stream.of(linux.resolve("io_uring.h")), parts).toList()) {
                Matcher name = IDENTIFIER.matcher(Files.readString(header));
                while (name.find()) {
                    if (!TABLE.constants.containsKey(name.group()) && !NOT_CONSTANTS.contains(name.group())) {
                        missing.add(name.group());
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static List<Field> constants(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isPublic(field.getModifiers())).toList();
    }

    /** The name in the table, or null. The header calls LAST what is a count here. */
    private static String cName(Field field) {
        String name = field.getName().equals("COUNT") ? "LAST" : field.getName();
        return PREFIXES.get(field.getDeclaringClass()).stream().map(prefix -> prefix + name)
                .filter(TABLE.constants::containsKey).findFirst().orElse(null);
    }

    /** The 32 bits of a C constant as a Java int has them. */
    private static long signed(String name, long value) {
        assertThat(value).as("32 bits of %s", name).isBetween((long) Integer.MIN_VALUE, 0xffffffffL);
        return (int) value;
    }

    /** Debian's newest header moves on by itself; a build must not break by that, only say so. */
    private static String version(Path include) throws IOException {
        String text = Files.readString(include.resolve("linux/version.h"));
        return number(text, "LINUX_VERSION_MAJOR") + "." + number(text, "LINUX_VERSION_PATCHLEVEL");
    }

    private static String number(String text, String name) {
        Matcher line = Pattern.compile("#define " + name + " (\\d+)").matcher(text);
        return line.find() ? line.group(1) : "?";
    }

    private static Path headers() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (Files.exists(root.resolveSibling("pom.xml"))) {
            root = root.getParent();
        }
        Path include = root.resolve("target/linux-headers/usr/include");
        assumeTrue(Files.isDirectory(include), "kernel headers are missing: run " + root.resolve(".ci/headers"));
        String version = version(include);
        assumeTrue(version.equals(TABLE_VERSION), "the header is of Linux " + version + " and the table of "
                + TABLE_VERSION + ": bring abi.c, the table and the constants up to date with it");
        return include;
    }

    private static boolean runs(String... command) {
        try {
            run(command);
            return true;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.onExit().join().exitValue();
        assertThat(status).as("%s: %s", Arrays.stream(command).collect(Collectors.joining(" ")), output).isZero();
        return output;
    }
}
