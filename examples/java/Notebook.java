// Files: a notebook that this user's runs share in /data, and scratch paper in /scratch that is gone with the run.
// Files need a permission: `pie run --allow files Notebook.java -- --note "buy milk"`.
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import pie.inferlet.*;

record Input(Optional<String> note, boolean fill) {}

record Refused(boolean refused) {}

record Report(List<String> notes, List<String> left_in_scratch, long used, long allowed, String full, String outside) {}

// Write until the quota is full; say what the system says.
String fill(Path path, int size) throws IOException {
    try {
        while (true) {
            Files.write(path, new byte[size], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    } catch (IOException e) {
        return "ENOSPC";
    } finally {
        Files.delete(path);
    }
}

String outside() throws IOException {
    try {
        return Files.readString(Path.of("/data/../../etc/passwd"));
    } catch (AccessDeniedException e) {
        return "refused";
    }
}

Object main(Input input) throws IOException {
    try {
        List<String> left;
        try (var files = Files.list(Path.of("/scratch"))) {
            left = files.map(Path::toString).toList();
        }
        Path notes = Path.of("/data/notes.txt");
        Files.writeString(
                notes, input.note().orElse("an empty note") + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.writeString(Path.of("/scratch/draft.txt"), "nobody reads this later");
        String full = input.fill() ? fill(Path.of("/scratch/big"), 64 << 10) : null;
        FileSpace.Root data = FileSpace.usage().data();
        return new Report(Files.readAllLines(notes), left, data.used(), data.allowed(), full, outside());
    } catch (AccessDeniedException e) {
        return new Refused(true);
    }
}
