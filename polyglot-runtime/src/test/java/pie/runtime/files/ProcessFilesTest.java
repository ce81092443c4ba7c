package pie.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;
import pie.runtime.GuestPolicy;

@SuppressWarnings("NullAway.Init")
class ProcessFilesTest {
    private static final Set<StandardOpenOption> WRITE = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    @TempDir
    Path data;

    private FileStore store;
    private ProcessFiles files;

    @BeforeEach
    void open() {
        store = new FileStore(GuestPolicy.DEFAULT
                .withQuotas(new GuestPolicy.FileQuota(1000, 5), new GuestPolicy.FileQuota(1000, 5))
                .withDataFolder(data));
        files = files("ann", "agent");
    }

    private ProcessFiles files(String owner, String program) {
        return new ProcessFiles(
                store,
                ProcessId.random(),
                new OwnerId(owner),
                program,
                Map.of("main.py", "pass", "pkg/a.py", "1"),
                true);
    }

    @AfterEach
    void close() {
        files.close();
        store.close();
    }

    private void write(ProcessFiles to, String path, int bytes) throws IOException {
        try (SeekableByteChannel file = to.open(path, WRITE)) {
            file.write(ByteBuffer.allocate(bytes));
        }
    }

    private Host.FileUsage used() {
        return files.usage().get("scratch");
    }

    @Test
    void aFullQuotaRefusesAndCountsNothing() throws IOException {
        write(files, "/scratch/a", 900);
        assertThatThrownBy(() -> write(files, "/scratch/b", 101))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("No space");
        assertThat(used().used()).isEqualTo(900);
        assertThat(used().files()).isEqualTo(2);
        write(files, "/scratch/b", 100);
        files.delete("/scratch/a");
        assertThat(used().used()).isEqualTo(100);
        for (String name : List.of("c", "d", "e", "f")) {
            files.createDirectory("/scratch/" + name);
        }
        assertThatThrownBy(() -> files.createDirectory("/scratch/g")).hasMessageContaining("No space");
        assertThatThrownBy(() -> write(files, "/scratch/g", 0)).hasMessageContaining("No space");
    }

    @Test
    void whatIsMadeAnewIsMadeOnce() throws IOException {
        Set<StandardOpenOption> anew = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        files.open("/scratch/a", anew).close();
        assertThat(files.list("/scratch")).containsExactly("a");
        assertThatThrownBy(() -> files.open("/scratch/a", anew))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
    }

    @Test
    void holesCountAndTruncationGivesBack() throws IOException {
        try (SeekableByteChannel file = files.open("/scratch/a", WRITE)) {
            file.position(990);
            file.write(ByteBuffer.allocate(10));
            assertThat(used().used()).isEqualTo(1000);
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1))).hasMessageContaining("No space");
            file.truncate(10);
            assertThat(used().used()).isEqualTo(10);
        }
        write(files, "/scratch/a", 5);
        assertThat(used().used()).isEqualTo(10);
        files.open("/scratch/a", Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))
                .close();
        assertThat(used().used()).isZero();
    }

    @Test
    void aFileThatIsOpenCountsUntilItIsClosed() throws IOException {
        SeekableByteChannel file = files.open("/scratch/a", WRITE);
        file.write(ByteBuffer.allocate(100));
        files.delete("/scratch/a");
        file.write(ByteBuffer.allocate(100));
        assertThat(used().used()).isEqualTo(200);
        assertThat(used().files()).isZero();
        file.close();
        assertThat(used().used()).isZero();
    }

    @Test
    void movingReplacesAndKeepsTheCount() throws IOException {
        write(files, "/scratch/a", 100);
        write(files, "/scratch/b", 200);
        SeekableByteChannel file = files.open("/scratch/a", WRITE);
        files.move("/scratch/a", "/scratch/b", true);
        assertThat(used().used()).isEqualTo(100);
        files.delete("/scratch/b");
        file.close();
        assertThat(used().used()).isZero();
        assertThat(used().files()).isZero();
    }

    @Test
    void nothingLeadsOutOfTheRoots() throws IOException {
        for (String path :
                List.of("/etc/passwd", "/scratch/../etc/passwd", "../../etc/passwd", "/", "/scratch/../..")) {
            assertThatThrownBy(() -> files.open(path, WRITE)).as(path).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> files.open("/app/main.py", WRITE)).isInstanceOf(AccessDeniedException.class);
        assertThat(files.list("/app")).containsExactly("main.py", "pkg");
        assertThat(files.list("/app/pkg")).containsExactly("a.py");
        assertThat(files.list("/")).containsExactly("app", "data", "scratch");
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        write(files, "/data/a", 1);
        try (var folders = Files.walk(data)) {
            Path made = folders.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.createSymbolicLink(made.resolveSibling("link"), Path.of("/etc/passwd"));
        }
        assertThatThrownBy(() -> files.open("/data/link", Set.of(StandardOpenOption.READ)))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void dataIsOfAUserAndAProgram() throws IOException {
        write(files, "/data/a", 10);
        ProcessFiles same = files("ann", "agent");
        assertThat(same.status("/data/a").size()).isEqualTo(10);
        assertThat(same.usage().get("data").used()).isEqualTo(10);
        assertThat(files("ann", "other").list("/data")).isEmpty();
        assertThat(files("bob", "agent").list("/data")).isEmpty();
        assertThat(files("../ann", "agent").list("/data")).isEmpty();
        var again = new FileStore(GuestPolicy.DEFAULT.withDataFolder(data));
        var later = new ProcessFiles(again, ProcessId.random(), new OwnerId("ann"), "agent", Map.of(), true);
        assertThat(later.usage().get("data").used()).isEqualTo(10);
        again.close();
    }

    @Test
    void scratchGoesWithItsProcess() throws IOException {
        write(files, "/scratch/a", 10);
        SeekableByteChannel open = files.open("/scratch/a", WRITE);
        files.close();
        assertThat(open.isOpen()).isFalse();
        assertThatThrownBy(() -> write(files, "/scratch/b", 1)).isInstanceOf(IOException.class);
        assertThat(files("ann", "agent").list("/scratch")).isEmpty();
    }
}
