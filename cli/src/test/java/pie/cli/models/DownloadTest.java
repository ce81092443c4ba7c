package pie.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;

class DownloadTest {
    private final byte[] bytes = new byte[400_000];
    private FileServer server;

    @TempDir
    Path directory;

    private Path target;
    private Path part;

    @BeforeEach
    void start() {
        new Random(1).nextBytes(bytes);
        server = new FileServer().put("/model.gguf", bytes);
        target = directory.resolve("models/model.gguf");
        part = directory.resolve("models/model.gguf.part");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Download download(int attempts) {
        Environment environment = new Environment(Map.of(), List.of(), attempts, Duration.ZERO);
        return new Download(new Http(environment), environment, ProgressListener.SILENT);
    }

    private Download.Request request(String sha256) {
        return new Download.Request("model.gguf", server.address("/model.gguf"), Map.of(), sha256, -1);
    }

    private String sha256() {
        return Sha256.hex(bytes);
    }

    @Test
    void aWholeFileArrives() {
        download(1).fetch(request(sha256()), target);
        assertThat(target).hasBinaryContent(bytes);
        assertThat(part).doesNotExist();
    }

    @Test
    void aWrongHashLeavesNothing() {
        assertThatThrownBy(() -> download(1).fetch(request("00".repeat(32)), target))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILURE);
                    assertThat(e.message()).contains("wrong SHA-256", sha256(), "again");
                });
        assertThat(directory.resolve("models")).isEmptyDirectory();
    }

    @Test
    void aCutConnectionIsGoneOnWith() {
        server.cuts = 2;
        server.cutAfter = 150_000;
        download(3).fetch(request(sha256()), target);
        assertThat(target).hasBinaryContent(bytes);
        assertThat(server.requests).hasSize(3);
        assertThat(server.requests.get(1)).contains("bytes=");
    }

    @Test
    void aConnectionThatStaysBrokenLeavesAPartThatTheNextPullGoesOnWith() throws IOException {
        server.cuts = 1;
        server.cutAfter = 150_000;
        assertThatThrownBy(() -> download(1).fetch(request(sha256()), target))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UPSTREAM_FAILURE);
                    assertThat(e.message()).contains("goes on where it stopped");
                });
        assertThat(target).doesNotExist();
        long have = Files.size(part);
        assertThat(have).isBetween(1L, 150_000L);

        download(1).fetch(request(sha256()), target);
        assertThat(target).hasBinaryContent(bytes);
        assertThat(server.requests.getLast()).endsWith("bytes=" + have + "-");
    }

    @Test
    void aServerWithoutRangesIsReadFromTheStart() throws IOException {
        server.ranges = false;
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[1000]);
        download(1).fetch(request(sha256()), target);
        assertThat(target).hasBinaryContent(bytes);
    }

    @Test
    void aPartThatIsLongerThanTheFileIsStartedAnew() throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[bytes.length + 5]);
        download(2).fetch(request(sha256()), target);
        assertThat(target).hasBinaryContent(bytes);
    }

    @Test
    void proxiesOfTheEnvironmentAreUsedButForTheirExceptions() {
        Map<String, String> proxied =
                Map.of("http_proxy", server.address("").toString(), "NO_PROXY", "other, .direct.invalid");
        Environment environment = new Environment(proxied, List.of(), 1, Duration.ZERO);
        Download download = new Download(new Http(environment), environment, ProgressListener.SILENT);
        download.fetch(at("http://files.invalid/model.gguf"), target);
        assertThat(target).hasBinaryContent(bytes);
        Path second = target.resolveSibling("second.gguf");
        assertThatThrownBy(() -> download.fetch(at("http://a.direct.invalid/model.gguf"), second))
                .hasMessageContaining("no connection");
        assertThat(server.requests).hasSize(1);
    }

    private Download.Request at(String address) {
        return new Download.Request("model.gguf", URI.create(address), Map.of(), sha256(), -1);
    }

    @Test
    void aUserNameInAnAddressIsSentAndNeverTold() {
        URI address = URI.create(server.address("/absent").toString().replace("//", "//me:secret@"));
        Download.Request request = new Download.Request("absent", address, Map.of(), sha256(), -1);
        assertThatThrownBy(() -> download(1).fetch(request, target))
                .hasMessageContaining("404")
                .hasMessageNotContaining("secret");
        assertThat(server.authorizations).containsExactly("Basic bWU6c2VjcmV0");
    }

    @Test
    void aFileThatIsNotThereSaysSo() {
        Download.Request request = new Download.Request("other", server.address("/other"), Map.of(), sha256(), -1);
        assertThatThrownBy(() -> download(3).fetch(request, target)).hasMessageContaining("the server answers 404");
        assertThat(server.requests).hasSize(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskKeepsTheFileInvisible() throws IOException {
        Files.createDirectories(part.getParent());
        Files.createSymbolicLink(part, Path.of("/dev/full"));
        assertThatThrownBy(() -> download(3).fetch(request(sha256()), target))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL);
                    assertThat(e.message()).contains("is full", "Make room", "PIE_HOME");
                });
        assertThat(target).doesNotExist();
        assertThat(server.requests).as("a full disk is no reason to try again").hasSize(1);
    }

    @Test
    void tooLittleRoomIsSeenBeforeAnyByte() {
        Download.Request huge = new Download.Request(
                "model.gguf", server.address("/model.gguf"), Map.of(), sha256(), Long.MAX_VALUE / 2);
        assertThatThrownBy(() -> download(1).fetch(huge, target)).isInstanceOfSatisfying(PieException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL);
            assertThat(e.details()).containsKeys("needed_bytes", "free_bytes");
        });
        assertThat(server.requests).isEmpty();
    }
}
