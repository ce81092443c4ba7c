package pie.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.Terminal;
import pie.cli.client.PieClient;
import pie.cli.models.ProgressBar;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.server.programs.ProgramStore;
import tools.jackson.databind.JsonNode;

/** Copy files to a process, and those that it sent from it. */
@Command(
        name = "cp",
        description = {
            "Copy files to a process, or from it.%n",
            "What goes to a process arrives at session.receive_file. What it sent with session.send_file is there as long as the"
                    + " server remembers it, also after its end; an ID with nothing behind the colon stands for all of that.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie cp photo.jpg notes.txt 3f2a:",
            "  tar cz data | pie cp - 3f2a:data.tgz",
            "  pie cp 3f2a:report.pdf .",
            "  pie cp 3f2a: results/",
            "  pie cp 3f2a:table.csv - | head",
            "  pie cp --json 3f2a: results/ | jq -r '.[].path'"
        })
public final class CpCommand extends ClientCommand {
    private static final Pattern REMOTE = Pattern.compile("([0-9a-fA-F][0-9a-fA-F-]{3,35}):(.*)", Pattern.DOTALL);
    private static final String STREAM = "-";

    @Parameters(
            arity = "2..*",
            paramLabel = "FILE or ID:NAME",
            description = {
                "What to copy, and last where to.",
                "ID is a process, or the first four or more characters of its id; NAME a name or a hash; - stands for"
                        + " standard input or output."
            })
    private List<String> paths = new ArrayList<>();

    @Option(names = "--json", description = "Print what was copied as one JSON document.")
    private boolean json;

    private final List<Map<String, Object>> copied = new ArrayList<>();

    /** A file of a process; without a name, all that it sent. */
    private record Remote(String id, String name) {
        static Optional<Remote> of(String path) {
            Matcher found = REMOTE.matcher(path);
            return found.matches() ? Optional.of(new Remote(found.group(1), found.group(2))) : Optional.empty();
        }

        String files() {
            return "/v1/processes/" + id + "/files";
        }

        String file(String name) {
            return files() + "/" + ProgramPaths.escape(name);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        List<String> sources = paths.subList(0, paths.size() - 1);
        String target = paths.getLast();
        Optional<Remote> to = Remote.of(target);
        List<Remote> from =
                sources.stream().map(Remote::of).flatMap(Optional::stream).toList();
        if (to.isPresent() ? !from.isEmpty() : from.size() != sources.size()) {
            throw PieException.invalid(
                    "one side is a process and the other this machine: pie cp FILE ID:, or pie cp ID:NAME"
                            + " FOLDER; a file whose name looks like ID:NAME is written ./ID:NAME");
        }
        try (var bar = new ProgressBar(err(), Terminal.CURRENT.err())) {
            if (to.isPresent()) {
                send(sources, to.get(), bar);
            } else {
                for (Remote one : from) {
                    fetch(one, target, from.size() > 1, bar);
                }
            }
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "cp: " + reason(e), Map.of(), e);
        }
        if (json) {
            out().println(Json.pretty(copied));
        }
        return 0;
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    // ---- to a process

    private void send(List<String> sources, Remote to, ProgressBar bar) throws InterruptedException, IOException {
        if (sources.size() > 1 && !to.name().isEmpty()) {
            throw PieException.invalid(
                    "several files cannot all be " + to.name() + ": leave the name behind the colon out");
        }
        for (String source : sources) {
            if (!source.equals(STREAM)) {
                checkReadable(Path.of(source));
            } else if (to.name().isEmpty()) {
                throw PieException.invalid("name what standard input is to be: pie cp - " + to.id() + ":NAME");
            }
        }
        for (String source : sources) {
            send(source, to, bar);
        }
    }

    private static void checkReadable(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    Files.isDirectory(file)
                            ? file + " is a folder: send its files, or an archive: tar cz " + file
                                    + " | pie cp - ID:NAME"
                            : "there is no file " + file + " that can be read",
                    Map.of("kind", "file"));
        }
    }

    private void send(String source, Remote to, ProgressBar bar) throws InterruptedException, IOException {
        Path file = Path.of(source);
        boolean stream = source.equals(STREAM);
        String name = to.name().isEmpty() ? String.valueOf(file.getFileName()) : to.name();
        long size = stream ? -1 : Files.size(file);
        checkSize(file, size);
        JsonNode kept = client().upload(
                        to.file(name),
                        () -> stream ? System.in : open(file),
                        size,
                        done -> show(bar, name, done, size));
        note(kept, to, stream ? null : file);
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new PieException(ErrorCode.NOT_FOUND, reason(e), Map.of("kind", "file"), e);
        }
    }

    /** Refuse what the server would refuse after most of it has been sent. */
    private void checkSize(Path file, long size) throws InterruptedException {
        if (size <= PieClient.SMALL) {
            return;
        }
        long most = client().get("/v1/info").path("limits").path("file").asLong(Long.MAX_VALUE);
        if (size > most) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    file + " has " + size + " bytes; this server takes files of at most " + most,
                    Map.of("limit", most, "size", size));
        }
    }

    // ---- from a process

    private void fetch(Remote from, String target, boolean several, ProgressBar bar)
            throws InterruptedException, IOException {
        boolean stream = target.equals(STREAM);
        Path place = Path.of(target);
        boolean folder = !stream && (Files.isDirectory(place) || target.endsWith("/"));
        if (!folder && (several || from.name().isEmpty())) {
            throw PieException.invalid(
                    target + " is no folder: several files need one; write " + target + "/ to make it");
        }
        List<JsonNode> wanted = find(from);
        if (folder) {
            Files.createDirectories(place);
        }
        for (JsonNode file : wanted) {
            String name = called(file);
            Path to = folder ? place.resolve(name) : place.toAbsolutePath();
            fetch(file, from, stream ? null : to, bar);
        }
    }

    /** Return the newest file of the name or hash; without a name all that the process sent, of one name the newest. */
    private List<JsonNode> find(Remote from) throws InterruptedException {
        var newest = new LinkedHashMap<String, JsonNode>();
        for (JsonNode file : client().get(from.files()).path("items")) {
            boolean sent = file.path("direction").asString("").equals("out");
            boolean meant = from.name().isEmpty()
                    ? sent
                    : from.name().equals(file.path("name").asString(""))
                            || from.name().equalsIgnoreCase(file.path("hash").asString(""));
            if (meant) {
                newest.put(from.name().isEmpty() ? called(file) : from.name(), file);
            }
        }
        if (newest.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "process " + from.id() + " has "
                            + (from.name().isEmpty() ? "sent no files" : "no file \"" + from.name() + "\""),
                    Map.of("kind", "file"));
        }
        return List.copyOf(newest.values());
    }

    private static String called(JsonNode file) {
        String name = file.path("name").asString("");
        return name.isEmpty() ? file.path("hash").asString("") : name;
    }

    private void fetch(JsonNode file, Remote from, @Nullable Path to, ProgressBar bar)
            throws InterruptedException, IOException {
        String hash = file.path("hash").asString("");
        long size = file.path("size").asLong(0);
        Path folder =
                to == null ? Path.of(System.getProperty("java.io.tmpdir")) : Objects.requireNonNull(to.getParent());
        Path part = Files.createFile(folder.resolve(".pie-" + UUID.randomUUID() + ".part"));
        try {
            client().download(from.file(hash), part, done -> show(bar, called(file), done, size));
            try (InputStream content = Files.newInputStream(part)) {
                String found = ProgramStore.hash(content);
                if (!found.equals(hash)) {
                    throw new PieException(
                            ErrorCode.UPSTREAM_FAILURE,
                            called(file) + " came with hash " + found + ", and should have " + hash
                                    + ": copy it again");
                }
            }
            if (to == null) {
                bar.close();
                Files.copy(part, System.out);
                System.out.flush();
            } else {
                Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
                if (!json && !quiet) {
                    bar.close();
                    out().println(to);
                }
            }
            note(file, from, to);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void show(ProgressBar bar, String name, long done, long size) {
        if (!quiet && (size < 0 || size > PieClient.SMALL)) {
            bar.progress(name, done, size);
        }
    }

    private void note(JsonNode file, Remote process, @Nullable Path path) {
        var one = new LinkedHashMap<String, Object>();
        one.put("process", process.id());
        one.put("name", file.path("name").asString(""));
        one.put("hash", file.path("hash").asString(""));
        one.put("size", file.path("size").asLong(0));
        one.put("direction", file.path("direction").asString(""));
        if (path != null) {
            one.put("path", path.toString());
        }
        copied.add(one);
    }
}
