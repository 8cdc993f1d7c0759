package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Opcode;
import dev.uring.runtime.Mask;
import dev.uring.runtime.Op;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/OPS.md equal to the operations in the sources of the shipped modules. */
final class OpsTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Path TABLE = ROOT.resolve("docs/OPS.md");
    private static final String HEADER =
            "| operation | kernel opcode | since | io_uring | epoll | nio | readiness | manual page |";
    private static final int CELLS = 8;
    /** The opcode of an operation that no driver sees. */
    private static final String NONE = "none";
    /** The line of an operation's javadoc: opcode, kernel, manual pages. */
    private static final Pattern KERNEL = Pattern.compile("<p>Kernel: (\\w+), ([\\d.]+|-), ([^.]+)\\.");
    private static final Pattern OPCODE = Pattern.compile("\\bOpcode\\.([A-Z]\\w*)");
    private static final Pattern READINESS = Pattern.compile("\\bReadiness\\.([A-Z]+)");
    private static final Pattern UPPER_CASE = Pattern.compile("\\b[A-Z]{2,}\\b");

    /** What the source of one operation says about it. */
    private record Source(String packageName, String name, String opcode, String since, String manual,
            Set<String> opcodes, Set<String> readiness) {
        String row() {
            return "| " + name + " | " + opcode + " | " + since + " | yes | to come | to come | "
                    + String.join(", ", readiness) + " | " + manual + " |";
        }
    }

    @Test
    void every_operation_has_one_row_and_every_row_an_operation() throws Exception {
        Map<String, Source> sources = sources();
        Map<String, List<String>> rows = rows();
        assertThat(sources).as("operations found in the sources").isNotEmpty();
        for (Source source : sources.values()) {
            assertThat(rows).as("docs/OPS.md, in the table of %s: add%n%s", source.packageName, source.row())
                    .containsKey(source.name);
        }
        for (String name : rows.keySet()) {
            assertThat(sources).as("docs/OPS.md: remove the row of %s, there is no such public operation", name)
                    .containsKey(name);
        }
    }

    @Test
    void every_cell_says_what_the_code_says() throws Exception {
        Map<String, List<String>> rows = rows();
        for (Source source : sources().values()) {
            List<String> row = rows.getOrDefault(source.name, List.of());
            if (!row.isEmpty()) { // else the other test tells
                assertThat(List.of(row.get(0), row.get(1), row.get(2), row.get(3), row.get(7)))
                        .as("docs/OPS.md, row of %s: write%n%s", source.name, source.row())
                        .containsExactly(source.name, source.opcode, source.since, "yes", source.manual);
                assertThat(matches(UPPER_CASE, row.get(6)))
                        .as("docs/OPS.md, row of %s, cell readiness", source.name).isEqualTo(source.readiness);
            }
        }
    }

    @Test
    void every_kernel_line_names_the_opcode_that_is_used_and_its_kernel() throws Exception {
        for (Source source : sources().values()) {
            if (source.opcode.equals(NONE)) {
                assertThat(source.opcodes).as("opcodes that %s uses", source.name).isEmpty();
                continue;
            }
            assertThat(source.opcodes).as("opcodes that %s uses, and its line \"Kernel:\" names", source.name)
                    .contains(source.opcode);
            int opcode = Opcode.byName(source.opcode);
            assertThat(opcode).as("%s: opcode %s is known", source.name, source.opcode).isNotNegative();
            assertThat(source.since).as("%s: kernel that brought %s, see Opcode.since", source.name, source.opcode)
                    .isEqualTo(Opcode.since(opcode));
        }
    }

    @Test
    void every_opcode_that_is_used_is_one_that_tests_do_without() throws Exception {
        for (Source source : sources().values()) {
            assertThat(Mask.singles()).as("opcodes that %s uses: add what is missing to a group of %s", source.name,
                    Mask.class).containsAll(source.opcodes);
        }
    }

    /** The public operations of the shipped modules, which are those with a descriptor. */
    private static Map<String, Source> sources() throws Exception {
        Map<String, Source> found = new TreeMap<>();
        for (Path folder : folders()) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(OpsTableTest::isClass).toList()) {
                    String path = folder.relativize(file).toString();
                    Class<?> type = Class.forName(path.replaceFirst("\\.java$", "").replace('/', '.'), false,
                            OpsTableTest.class.getClassLoader());
                    if (Op.class.isAssignableFrom(type) && Modifier.isPublic(type.getModifiers())
                            && !Modifier.isAbstract(type.getModifiers())) {
                        Source twin = found.put(type.getSimpleName(), source(type, Files.readString(file)));
                        assertThat(twin).as("two operations are called %s", type.getSimpleName()).isNull();
                    }
                }
            }
        }
        return found;
    }

    private static List<Path> folders() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(folder -> Files.exists(folder.resolve("module-info.java"))).toList();
        }
    }

    private static boolean isClass(Path file) {
        return file.toString().endsWith(".java") && !file.toString().contains("-info");
    }

    private static Source source(Class<?> type, String text) {
        String name = type.getSimpleName();
        String joined = text.replaceAll("\\R \\* ?", " "); // javadoc may break its lines anywhere
        Matcher kernel = KERNEL.matcher(joined);
        assertThat(kernel.find()).as("%s: its javadoc needs a line <p>Kernel: OPCODE, version, manual page(3).", name)
                .isTrue();
        return new Source(type.getPackageName(), name, kernel.group(1), kernel.group(2), kernel.group(3),
                matches(OPCODE, text), matches(READINESS, text));
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(OpsTableTest::lastGroup)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String lastGroup(MatchResult match) {
        return match.group(match.groupCount());
    }

    /** The rows of all tables, by the name of the operation. */
    private static Map<String, List<String>> rows() throws IOException {
        Map<String, List<String>> rows = new HashMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("|") && !line.equals(HEADER) && !line.startsWith("|-")) {
                List<String> cells = new ArrayList<>();
                for (String cell : line.substring(1).split("\\|")) {
                    cells.add(cell.strip());
                }
                assertThat(cells).as("docs/OPS.md, cells of the row: %s", line).hasSize(CELLS);
                assertThat(rows.put(cells.getFirst(), cells)).as("docs/OPS.md has two rows of %s", cells.getFirst())
                        .isNull();
            }
        }
        return rows;
    }
}
