package pie.server.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.Blake3;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Keep programs under a folder, {@code name/version/} each, and in memory. What is not whole on disk is passed over and logged. */
public final class ProgramStore {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramStore.class);
    private static final String MANIFEST = "manifest.toml";
    private static final String UPLOAD = "upload.bin";
    private static final String HASH = "upload.blake3";

    private final Path folder;
    private final Map<String, TreeMap<Version, Stored>> programs = new TreeMap<>();
    private boolean loaded;

    private record Version(int major, int minor, int patch) implements Comparable<Version> {
        static Version of(String text) {
            String[] parts = text.split("\\.");
            return new Version(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        }

        @Override
        public int compareTo(Version other) {
            return Comparator.comparingInt(Version::major)
                    .thenComparingInt(Version::minor)
                    .thenComparingInt(Version::patch)
                    .compare(this, other);
        }
    }

    /** @param folder read when first asked for, made when first written */
    public ProgramStore(Path folder) {
        this.folder = folder;
    }

    public static String hash(byte[] content) {
        return Hex.encodeHexString(Blake3.hash(content));
    }

    /** @throws PieException INVALID_MANIFEST for a bad name or version */
    public synchronized Optional<Stored> find(String name, String version) {
        Manifest.checkName(name);
        Manifest.checkVersion(version);
        load();
        return Optional.ofNullable(versions(name).get(Version.of(version)));
    }

    /**
     * Find {@code name}, {@code name@latest} or {@code name@1.2.3}.
     *
     * @throws PieException INVALID_ARGUMENT for another form, NOT_FOUND
     */
    public synchronized Stored resolve(String id) {
        int at = id.indexOf('@');
        String name = at < 0 ? id : id.substring(0, at);
        String version = at < 0 ? "latest" : id.substring(at + 1);
        try {
            Manifest.checkName(name);
            if (!version.equals("latest")) {
                Manifest.checkVersion(version);
            }
        } catch (PieException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Invalid program identifier '" + id + "': expected 'name@major.minor.patch'",
                    Map.of(),
                    e);
        }
        load();
        TreeMap<Version, Stored> all = versions(name);
        Stored found = version.equals("latest")
                ? all.isEmpty() ? null : all.lastEntry().getValue()
                : all.get(Version.of(version));
        if (found == null) {
            throw new PieException(ErrorCode.NOT_FOUND, "Program '" + id + "' not found", Map.of("kind", "program"));
        }
        return found;
    }

    /** List all, by name and version. */
    public synchronized List<Stored> all() {
        load();
        return programs.values().stream().flatMap(v -> v.values().stream()).toList();
    }

    private TreeMap<Version, Stored> versions(String name) {
        return programs.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new TreeMap<>());
    }

    /**
     * Install a program, durably. The same again is no error.
     *
     * @param force replace other content of the same version
     * @throws PieException INVALID_MANIFEST, UNSUPPORTED for content that does not run here, ALREADY_EXISTS, STORAGE_FULL
     */
    public synchronized Stored add(String manifestText, byte[] content, boolean force) {
        load();
        Manifest manifest = Manifest.parse(manifestText);
        var stored = new Stored(
                manifest,
                Sources.read(manifest, content),
                hash(content),
                hash(manifestText.getBytes(StandardCharsets.UTF_8)));
        TreeMap<Version, Stored> versions = versions(manifest.name());
        Version version = Version.of(manifest.version());
        Stored before = versions.get(version);
        if (before != null
                && before.uploadHash().equals(stored.uploadHash())
                && before.manifestHash().equals(stored.manifestHash())) {
            return before;
        }
        if (before != null && !force) {
            throw new PieException(
                    ErrorCode.ALREADY_EXISTS,
                    "Program '" + manifest.id() + "' already exists with different content",
                    Map.of("kind", "program"));
        }
        write(manifest, manifestText, content, stored.uploadHash());
        versions.put(version, stored);
        return stored;
    }

    private void write(Manifest manifest, String manifestText, byte[] content, String hash) {
        Path target = folder.resolve(manifest.name()).resolve(manifest.version());
        Path staging = folder.resolve(".staging").resolve(UUID.randomUUID().toString());
        try {
            Files.createDirectories(staging);
            Files.writeString(staging.resolve(MANIFEST), manifestText);
            Files.write(staging.resolve(UPLOAD), content);
            Files.writeString(staging.resolve(HASH), hash);
            Files.createDirectories(target.getParent());
            delete(target);
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "program " + manifest.id() + " cannot be kept in " + folder + ": " + e.getMessage(),
                    Map.of(),
                    e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder, 3)) {
            files.filter(f -> f.endsWith(MANIFEST) && !f.toString().contains(".staging"))
                    .sorted()
                    .forEach(this::load);
        } catch (IOException e) {
            LOG.warn("programs in {} cannot be read: {}", folder, e.toString());
        }
    }

    private void load(Path manifestFile) {
        try {
            String text = Files.readString(manifestFile);
            byte[] content = Files.readAllBytes(manifestFile.resolveSibling(UPLOAD));
            String hash = hash(content);
            if (!hash.equals(Files.readString(manifestFile.resolveSibling(HASH)).strip())) {
                LOG.warn("program {} is not what was installed; it is passed over", manifestFile.getParent());
                return;
            }
            Manifest manifest = Manifest.parse(text);
            versions(manifest.name())
                    .put(
                            Version.of(manifest.version()),
                            new Stored(
                                    manifest,
                                    Sources.read(manifest, content),
                                    hash,
                                    hash(text.getBytes(StandardCharsets.UTF_8))));
        } catch (IOException | PieException e) {
            LOG.warn("program {} cannot be read: {}", manifestFile.getParent(), e.toString());
        }
    }
}
