package pie.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;
import pie.server.programs.ProgramTexts;

/** Read a program of several files from a folder. Its {@code Pie.toml} names the file that begins, else the names of the files do. */
final class ProgramFolder {
    private static final long LIMIT = 4L << 20;
    private static final Set<String> PASSED_OVER = Set.of("__pycache__", "target", "venv");

    private final Path folder;
    private final Map<String, String> texts = new TreeMap<>();

    private ProgramFolder(Path folder) {
        this.folder = folder;
    }

    /** @throws PieException INVALID_ARGUMENT where the beginning cannot be told, INVALID_MANIFEST, PAYLOAD_TOO_LARGE above 4 MiB */
    static ProgramSource read(Path folder) throws IOException {
        var read = new ProgramFolder(folder);
        read.collect();
        return read.source();
    }

    /** Return whatever is text; not what is hidden, made by tools, or only for editors. */
    private void collect() throws IOException {
        var open = new ArrayList<Path>(List.of(folder));
        long size = 0;
        while (!open.isEmpty()) {
            List<Path> entries;
            try (Stream<Path> listed = Files.list(open.removeLast())) {
                entries = listed.sorted().toList();
            }
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(".") || PASSED_OVER.contains(name) || ProgramTexts.stub(name)) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    open.add(entry);
                } else if (Files.isRegularFile(entry)) {
                    size += Files.size(entry);
                    check(size);
                    ProgramTexts.text(Files.readAllBytes(entry))
                            .ifPresent(text -> texts.put(
                                    folder.relativize(entry).toString().replace('\\', '/'), text));
                }
            }
        }
    }

    private void check(long size) {
        if (size > LIMIT) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the files in " + folder + " have more than " + LIMIT + " bytes, the most of a program",
                    Map.of("limit", LIMIT));
        }
    }

    private ProgramSource source() {
        Optional<Manifest> manifest =
                Optional.ofNullable(texts.get(ProgramTexts.MANIFEST)).map(Manifest::parse);
        return ProgramTexts.source(texts, manifest, name() + "@0.0.0", folder.toString());
    }

    private String name() {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        String name = String.valueOf(last).replaceAll("[^A-Za-z0-9_-]", "-");
        return name.matches("[A-Za-z0-9].{0,63}") ? name : "program";
    }
}
