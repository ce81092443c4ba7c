package pie.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Give access to where an adapter is kept: a folder of files, or one file. */
public interface AdapterFolder {
    /** Names the one file, where there is no folder. */
    String ITSELF = "";

    /** Return what errors call it. */
    Path path();

    /** Return what a file holds, for as long as an arena lives; empty if there is no such file. */
    Optional<MemorySegment> read(String file, Arena arena) throws IOException;

    /** Write a file anew; the folder is made first. */
    WritableByteChannel write(String file) throws IOException;

    /** Return a place on the disk of the host. */
    static AdapterFolder of(Path path) {
        return new AdapterFolder() {
            @Override
            public Path path() {
                return path;
            }

            @Override
            public Optional<MemorySegment> read(String file, Arena arena) {
                Path at = path.resolve(file);
                return Files.isRegularFile(at) ? Optional.of(MappedFile.map(at, arena)) : Optional.empty();
            }

            @Override
            public WritableByteChannel write(String file) throws IOException {
                Files.createDirectories(path);
                return FileChannel.open(
                        path.resolve(file),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            }
        };
    }
}
