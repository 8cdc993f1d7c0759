package dev.uring.fs;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that knows only FileChannel keeps its file through ours, locks included. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = DoorSide.class, mode = EnumSource.Mode.EXCLUDE, names = "JDK")
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H2OnUringTest {
    @TempDir
    Path directory;
    @Parameter
    DoorSide side;
    private UringRuntime runtime;
    private UringFiles files;

    /** Names of files that begin with "uring:" are opened here; all else is H2's own. */
    public static final class UringFiles extends FilePathWrapper {
        private static UringRuntime current;
        private static final AtomicInteger OPENED = new AtomicInteger();

        @Override
        public FileChannel open(String mode) throws IOException {
            Path path = Path.of(unwrap().toString());
            OpenOption[] options = mode.equals("r") ? new OpenOption[] {READ} : new OpenOption[] {READ, WRITE, CREATE};
            OPENED.incrementAndGet();
            try {
                return current.handle().run(() -> UringFileChannel.open(path, options));
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public String getScheme() {
            return "uring";
        }
    }

    @BeforeEach
    void open() throws IOException {
        runtime = side.runtime();
        UringFiles.current = runtime;
        UringFiles.OPENED.set(0);
        files = new UringFiles();
        FilePath.register(files);
    }

    @AfterEach
    void close() {
        FilePath.unregister(files);
        runtime.close();
    }

    @Test
    void a_map_survives_reopening_and_compacting() throws Exception {
        String name = "uring:" + directory.resolve("store.mv");
        var expected = new TreeMap<Integer, String>();
        var random = new Random(1);
        side.run(runtime, () -> {
            for (int round = 0; round < 4; round++) {
                try (MVStore store = new MVStore.Builder().fileName(name).open()) {
                    MVMap<Integer, String> map = store.openMap("map");
                    for (int i = 0; i < 2_000; i++) {
                        int key = random.nextInt(3_000);
                        String value = "value " + random.nextLong();
                        map.put(key, value);
                        expected.put(key, value);
                    }
                    store.commit();
                    store.compact(90, 1 << 20);
                    assertThatThrownBy(() -> new MVStore.Builder().fileName(name).open().close())
                            .as("the file is locked").hasMessageContaining("locked");
                }
            }
            try (MVStore store = new MVStore.Builder().fileName(name).readOnly().open()) {
                assertThat(store.<Integer, String>openMap("map")).containsExactlyInAnyOrderEntriesOf(expected);
            }
        });
        assertThat(UringFiles.OPENED.get()).isPositive();
    }

    @Test
    void sql_works_as_ever() throws Exception {
        String url = "jdbc:h2:uring:" + directory.resolve("db");
        side.run(runtime, () -> {
            try (Connection connection = DriverManager.getConnection(url)) {
                connection.createStatement().execute("create table t(id int primary key, name varchar, data blob)");
                try (var insert = connection.prepareStatement("insert into t values(?, ?, ?)")) {
                    for (int i = 0; i < 1_000; i++) {
                        insert.setInt(1, i);
                        insert.setString(2, "name " + i);
                        insert.setBytes(3, new byte[i * 10]);
                        insert.executeUpdate();
                    }
                }
                connection.setAutoCommit(false);
                connection.createStatement().executeUpdate("delete from t where id >= 10");
                connection.rollback();
            }
            try (Connection connection = DriverManager.getConnection(url)) {
                assertThat(number(connection, "select count(*) from t")).isEqualTo(1_000);
                assertThat(number(connection, "select sum(length(data)) from t")).isEqualTo(4_995_000);
                connection.createStatement().execute("shutdown compact");
            }
            try (Connection connection = DriverManager.getConnection(url)) {
                assertThat(number(connection, "select id from t where name = 'name 777'")).isEqualTo(777);
            }
        });
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (ResultSet result = connection.createStatement().executeQuery(query)) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }
}
