package pie.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Map whole files into memory, read-only, for as long as an arena lives. */
final class MappedFile {
    private MappedFile() {}

    static MemorySegment map(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw ModelErrors.missing(file);
        } catch (IOException e) {
            throw ModelErrors.unreadable(file, e);
        }
    }
}
