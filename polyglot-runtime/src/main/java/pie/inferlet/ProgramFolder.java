package pie.inferlet;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import pie.engine.PieException;
import pie.engine.adapter.AdapterShelf;
import pie.engine.model.AdapterFolder;

/** Let the engine read and write adapters among a program's files. What is read is copied first: the program may change it meanwhile. */
final class ProgramFolder implements AdapterFolder {
    private final Host.Files files;
    private final String path;

    ProgramFolder(Host.Files files, String path) {
        this.files = files;
        this.path = path;
    }

    @Override
    public Path path() {
        return Path.of(path);
    }

    private String at(String file) {
        return file.isEmpty() ? path : path + "/" + file;
    }

    @Override
    public Optional<MemorySegment> read(String file, Arena arena) throws IOException {
        try {
            if (files.status(at(file)).directory()) {
                return Optional.empty();
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try (SeekableByteChannel in = files.open(at(file), Set.of(StandardOpenOption.READ))) {
            if (in.size() > AdapterShelf.MOST_BYTES) {
                throw PieException.invalid(at(file) + " has " + in.size() + " bytes: adapters have at most "
                        + AdapterShelf.MOST_BYTES + " together");
            }
            MemorySegment bytes = arena.allocate(Math.max(1, in.size()), 64);
            long read = 0;
            while (read < bytes.byteSize()) {
                ByteBuffer rest = bytes.asSlice(read, Math.min(bytes.byteSize() - read, 1 << 20))
                        .asByteBuffer();
                int n = in.read(rest);
                if (n < 0) {
                    break;
                }
                read += n;
            }
            return Optional.of(bytes.asSlice(0, read));
        }
    }

    @Override
    public WritableByteChannel write(String file) throws IOException {
        try {
            files.status(path);
        } catch (NoSuchFileException e) {
            files.createDirectory(path);
        }
        return files.open(
                at(file),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
    }
}
