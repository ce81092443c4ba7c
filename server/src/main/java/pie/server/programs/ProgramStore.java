package pie.server.programs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.Blake3;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.runtime.ProgramSource;
import pie.runtime.files.Trees;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Keep programs under a folder, {@code name/version/} each, and in memory. What is not whole on disk is passed over and logged. */
public final class ProgramStore {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramStore.class);
    private static final String MANIFEST = "manifest.toml";
    private static final String UPLOAD = "upload.bin";
    private static final String META = "meta.json";

    private static final String STAGING = ".staging";
    private static final String TRASH = ".trash";

    private final Path folder;
    private final Map<String, TreeMap<Version, Stored>> programs = new TreeMap<>();
    private boolean loaded;

    /** Say which program is there now, and whether it is another than before. */
    public record Added(Stored stored, boolean changed) {}

    /** @param folder read when first asked for, made when first written */
    public ProgramStore(Path folder) {
        this.folder = folder;
    }

    public static String hash(byte[] content) {
        return Hex.encodeHexString(Blake3.hash(content));
    }

    /** Return the BLAKE3 of what is left of a content, in hex. */
    public static String hash(InputStream content) throws IOException {
        var digest = Blake3.initHash();
        byte[] piece = new byte[1 << 16];
        for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
            digest.update(piece, 0, n);
        }
        return Hex.encodeHexString(digest.doFinalize(32));
    }

    /** Find what is there for a user. @throws PieException INVALID_MANIFEST for a bad name or version */
    public synchronized Optional<Stored> find(OwnerId user, String name, String version) {
        Manifest.checkName(name);
        Manifest.checkVersion(version);
        load();
        return Version.of(version).map(versions(name)::get).filter(stored -> stored.visible(user));
    }

    /**
     * Find the highest version for a user that fits: {@code name}, {@code name@latest}, {@code name@1.2.3} or a range such as
     * {@code name@^1.2}.
     *
     * @throws PieException INVALID_ARGUMENT for another form, NOT_FOUND
     */
    public synchronized Stored resolve(OwnerId user, String id) {
        int at = id.indexOf('@');
        String name = at < 0 ? id : id.substring(0, at);
        VersionRange range = VersionRange.of(at < 0 ? "latest" : id.substring(at + 1))
                .filter(r -> Manifest.isName(name))
                .orElseThrow(() -> PieException.invalid(
                        "Invalid program identifier '" + id + "': expected 'name@major.minor.patch'"));
        load();
        return versions(name).descendingMap().entrySet().stream()
                .filter(v -> range.contains(v.getKey()) && v.getValue().visible(user))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND, "Program '" + id + "' not found", Map.of("kind", "program")))
                .getValue();
    }

    /** List the versions of a program that are there for a user, newest first. */
    public synchronized List<Stored> all(OwnerId user, String name) {
        load();
        return versions(name).descendingMap().values().stream()
                .filter(stored -> stored.visible(user))
                .toList();
    }

    /**
     * Pack a program and its manifest into a zip, which can be uploaded again.
     *
     * @throws PieException NOT_FOUND where it has been removed meanwhile
     */
    public synchronized byte[] archive(Stored stored) {
        try {
            return Sources.zip(
                    stored, Files.readAllBytes(target(stored.manifest()).resolve(UPLOAD)));
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.NOT_FOUND, "Program '" + stored.id() + "' not found", Map.of("kind", "program"), e);
        }
    }

    /** Return the text of the manifest that an upload brings along. @throws PieException as {@link #add} */
    public static Optional<String> manifest(byte[] content) {
        return Sources.manifest(content);
    }

    /**
     * Remove one version. Processes that run it go on.
     *
     * @throws PieException NOT_FOUND, PERMISSION_DENIED for another's, STORAGE_FULL where its files cannot be moved away
     */
    public synchronized void remove(OwnerId user, String name, String version) {
        load();
        Stored stored = find(user, name, version)
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "Program '" + name + "@" + version + "' not found",
                        Map.of("kind", "program")));
        checkMayChange(user, stored.owner(), name);
        try {
            discard(target(stored.manifest()));
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "program " + stored.id() + " cannot be removed from " + folder + ": " + e.getMessage(),
                    Map.of(),
                    e);
        }
        Version.of(version).ifPresent(versions(name)::remove);
    }

    /** List all that is there for a user, by name and version. */
    public synchronized List<Stored> all(OwnerId user) {
        load();
        return programs.values().stream()
                .flatMap(v -> v.values().stream())
                .filter(stored -> stored.visible(user))
                .toList();
    }

    private TreeMap<Version, Stored> versions(String name) {
        return programs.getOrDefault(name.toLowerCase(Locale.ROOT), new TreeMap<>());
    }

    private void keep(Stored stored) {
        Manifest manifest = stored.manifest();
        programs.computeIfAbsent(manifest.name().toLowerCase(Locale.ROOT), key -> new TreeMap<>())
                .put(Version.of(manifest.version()).orElseThrow(), stored);
    }

    /**
     * Install a program, durably. The same again is no error. A name belongs to who used it first, so that nobody else but the operator
     * adds versions to it or replaces them; what the operator adds belongs to the same user.
     *
     * @param force replace other content of the same version
     * @param hidden keep it for its owner alone
     * @param check refuses, before anything is kept, what cannot run
     * @throws PieException INVALID_MANIFEST, UNSUPPORTED for content that does not run here, PERMISSION_DENIED for a name of another
     *     user, ALREADY_EXISTS, STORAGE_FULL
     */
    public Added add(
            OwnerId owner,
            String manifestText,
            byte[] content,
            boolean force,
            boolean hidden,
            Consumer<? super ProgramSource> check) {
        Manifest manifest = Manifest.parse(manifestText);
        ProgramSource source = Sources.read(manifest, content);
        check.accept(source);
        var stored = new Stored(
                manifest,
                manifestText,
                source,
                hash(content),
                hash(manifestText.getBytes(StandardCharsets.UTF_8)),
                content.length,
                owner,
                hidden,
                Instant.now().truncatedTo(ChronoUnit.MILLIS));
        return add(stored, content, force);
    }

    private synchronized Added add(Stored asked, byte[] content, boolean force) {
        load();
        Manifest manifest = asked.manifest();
        TreeMap<Version, Stored> versions = versions(manifest.name());
        versions.values().stream()
                .filter(v -> !v.manifest().name().equals(manifest.name()))
                .findFirst()
                .ifPresent(other -> {
                    throw exists("Program '" + other.id() + "' has this name in other letters");
                });
        Version version = Version.of(manifest.version()).orElseThrow();
        Stored before = versions.get(version);
        boolean same = before != null
                && before.uploadHash().equals(asked.uploadHash())
                && before.manifestHash().equals(asked.manifestHash());
        if (before != null && same && before.hidden() == asked.hidden() && before.visible(asked.owner())) {
            return new Added(before, false);
        }
        OwnerId owner = versions.isEmpty()
                ? asked.owner()
                : versions.firstEntry().getValue().owner();
        checkMayChange(asked.owner(), owner, manifest.name());
        if (before != null && !force && !same) {
            throw exists("Program '" + manifest.id() + "' already exists with different content");
        }
        Stored stored = asked.of(owner);
        write(stored, content);
        keep(stored);
        return new Added(stored, true);
    }

    private static void checkMayChange(OwnerId user, OwnerId owner, String name) {
        if (!user.equals(owner) && !user.equals(OwnerId.LOCAL)) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    "the program name '" + name + "' belongs to another user; choose another name",
                    Map.of("kind", "program"));
        }
    }

    private static PieException exists(String message) {
        return new PieException(ErrorCode.ALREADY_EXISTS, message, Map.of("kind", "program"));
    }

    private Path target(Manifest manifest) {
        return folder.resolve(manifest.name()).resolve(manifest.version());
    }

    private void write(Stored stored, byte[] content) {
        Path target = target(stored.manifest());
        Path staging = folder.resolve(STAGING).resolve(UUID.randomUUID().toString());
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        meta.put("owner", stored.owner().value());
        meta.put("private", stored.hidden());
        meta.put("created", stored.created().toString());
        meta.put("upload_blake3", stored.uploadHash());
        try {
            Files.createDirectories(staging);
            Files.writeString(staging.resolve(MANIFEST), stored.manifestText());
            Files.write(staging.resolve(UPLOAD), content);
            Files.writeString(staging.resolve(META), meta.toString());
            Files.createDirectories(target.getParent());
            if (Files.exists(target)) {
                discard(target);
            }
            Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "program " + stored.id() + " cannot be kept in " + folder + ": " + e.getMessage(),
                    Map.of(),
                    e);
        }
    }

    /** Take a folder away in one step, so that half of it is never found at a start, and delete it then. */
    private void discard(Path place) throws IOException {
        Path trash = folder.resolve(TRASH).resolve(UUID.randomUUID().toString());
        Files.createDirectories(trash.getParent());
        Files.move(place, trash, StandardCopyOption.ATOMIC_MOVE);
        Trees.delete(trash);
    }

    private void load() {
        if (loaded) {
            return;
        }
        loaded = true;
        if (!Files.isDirectory(folder)) {
            return;
        }
        sweep(folder.resolve(STAGING));
        sweep(folder.resolve(TRASH));
        try (Stream<Path> files = Files.walk(folder, 3)) {
            files.filter(f -> f.endsWith(MANIFEST)
                            && !folder.relativize(f).toString().startsWith("."))
                    .sorted()
                    .forEach(this::load);
        } catch (IOException e) {
            LOG.warn("programs in {} cannot be read: {}", folder, e.toString());
        }
    }

    /** Delete what was left half done; what is younger than an hour may be another server's of the same home. */
    private static void sweep(Path place) {
        if (!Files.isDirectory(place)) {
            return;
        }
        Instant old = Instant.now().minus(1, ChronoUnit.HOURS);
        try (Stream<Path> left = Files.list(place)) {
            for (Path each : left.toList()) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(old)) {
                    Trees.delete(each);
                }
            }
        } catch (IOException e) {
            LOG.warn("what was left half done in {} cannot be deleted: {}", place, e.toString());
        }
    }

    private void load(Path manifestFile) {
        try {
            String text = Files.readString(manifestFile);
            byte[] content = Files.readAllBytes(manifestFile.resolveSibling(UPLOAD));
            JsonNode meta = JsonMapper.shared().readTree(Files.readString(manifestFile.resolveSibling(META)));
            String hash = hash(content);
            if (!hash.equals(meta.path("upload_blake3").asString(""))) {
                LOG.warn("program {} is not what was installed; it is passed over", manifestFile.getParent());
                return;
            }
            Manifest manifest = Manifest.parse(text);
            keep(new Stored(
                    manifest,
                    text,
                    Sources.read(manifest, content),
                    hash,
                    hash(text.getBytes(StandardCharsets.UTF_8)),
                    content.length,
                    new OwnerId(meta.path("owner").asString(OwnerId.LOCAL.value())),
                    meta.path("private").asBoolean(false),
                    Instant.parse(meta.path("created").asString(""))));
        } catch (IOException | PieException | JacksonException | DateTimeParseException e) {
            LOG.warn("program {} cannot be read: {}", manifestFile.getParent(), e.toString());
        }
    }
}
