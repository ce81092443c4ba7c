package pie.runtime.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.runtime.GuestPolicy;

/** Make the roots of processes: scratch folders under the system's temporary one, data folders shared by user and program. */
public final class FileStore implements AutoCloseable {
    private static final String PREFIX = "pie-scratch-";

    private final GuestPolicy policy;
    private final Map<Path, DiskRoot> data = new HashMap<>();
    private @org.jspecify.annotations.Nullable Path scratch;

    public FileStore(GuestPolicy policy) {
        this.policy = policy;
    }

    synchronized DiskRoot scratch(ProcessId id) throws IOException {
        Path parent = scratch;
        if (parent == null) {
            removeLeftOvers();
            parent = Files.createTempDirectory(
                    PREFIX + ProcessHandle.current().pid() + "-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            scratch = parent;
        }
        return new DiskRoot(parent.resolve(id.toString()), policy.scratch());
    }

    /** Return the data of a user and program, empty where the server keeps none. */
    synchronized Optional<DiskRoot> data(OwnerId owner, String program) throws IOException {
        if (policy.dataFolder().isEmpty()) {
            return Optional.empty();
        }
        Path folder = policy.dataFolder().get().resolve(safe(owner.value())).resolve(safe(program));
        DiskRoot known = data.get(folder);
        if (known == null) {
            known = new DiskRoot(folder, policy.data());
            data.put(folder, known);
        }
        return Optional.of(known);
    }

    /** Return a text as the name of a folder, another one for each text. */
    private static String safe(String text) {
        var name = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 255);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
            name.append(plain ? String.valueOf(c) : String.format("%%%02x", (int) c));
        }
        return name.toString();
    }

    /** Remove what servers left that were killed. */
    private static void removeLeftOvers() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> found = Files.list(temporary)) {
            for (Path folder : found.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .toList()) {
                String[] words = folder.getFileName()
                        .toString()
                        .substring(PREFIX.length())
                        .split("-");
                boolean alive = !words[0].matches("[0-9]{1,18}")
                        || ProcessHandle.of(Long.parseLong(words[0])).isPresent();
                if (!alive && Files.isWritable(folder)) {
                    Trees.delete(folder);
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (scratch != null) {
                Trees.delete(scratch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
