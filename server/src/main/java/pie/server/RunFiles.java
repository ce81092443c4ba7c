package pie.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keep {@code run/server.json} and {@code run/internal.token} of a pie home, so that commands on this machine find the server and
 * are let in. The newest server of a home wins the file; servers of one home that live at once share the token.
 */
final class RunFiles {
    private static final int TOKEN_BYTES = 48;

    private final Path folder;
    private final Path server;
    private final Path tokenFile;

    RunFiles(Path home) {
        folder = home.resolve("run");
        server = folder.resolve("server.json");
        tokenFile = folder.resolve("internal.token");
    }

    /** Make the token of this start, or take that of a server of the same home that lives. */
    String token() {
        try {
            if (living().isPresent() && Files.exists(tokenFile)) {
                return Files.readString(tokenFile).strip();
            }
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            write(tokenFile, token + "\n");
            return token;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void announce(URI uri, Instant started) {
        ObjectNode json = Json.object();
        json.put("url", uri.toString());
        json.put("pid", ProcessHandle.current().pid());
        json.put("started", started.toString());
        try {
            write(server, Json.text(json) + "\n");
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Remove the files, if they are still those of this server. */
    void withdraw(URI uri) {
        try {
            Optional<JsonNode> now = read();
            if (now.isPresent() && uri.toString().equals(now.get().path("url").asString(""))) {
                Files.deleteIfExists(server);
                Files.deleteIfExists(tokenFile);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Return the announcement of another process's server that lives; one whose process is gone is stale. */
    private Optional<JsonNode> living() throws IOException {
        return read().filter(json -> {
            long pid = json.path("pid").asLong(-1);
            return pid != ProcessHandle.current().pid()
                    && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        });
    }

    private Optional<JsonNode> read() throws IOException {
        try {
            return Optional.of(JsonMapper.shared().readTree(Files.readString(server)));
        } catch (NoSuchFileException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** Write a file that only this user can read, so that a reader sees all of it or none. */
    private void write(Path target, String text) throws IOException {
        Files.createDirectories(folder);
        boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
        Path part = posix
                ? Files.createTempFile(
                        folder,
                        "." + target.getFileName(),
                        ".part",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, "." + target.getFileName(), ".part");
        try {
            Files.write(part, text.getBytes(StandardCharsets.UTF_8));
            move(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void move(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private PieException failed(IOException e) {
        return new PieException(
                ErrorCode.STORAGE_FULL,
                "cannot write to " + folder + ": " + e.getMessage() + "; set PIE_HOME to a folder that can be written",
                java.util.Map.of("path", folder.toString()),
                new UncheckedIOException(e));
    }
}
